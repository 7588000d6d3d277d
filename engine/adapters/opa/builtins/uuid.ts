import { numberOfInteger } from '../rego-number.js';
import { RegoObject, type RegoValue } from '../rego-value.js';
import { type Builtins, textAt } from './builtin.js';

const BARE = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';
const FORMS = new RegExp(`^(?:(?:urn:uuid:)?(${BARE})|.(${BARE}).|([0-9a-fA-F]{32}))$`, 'i');
/** Hundreds of nanoseconds from 1582-10-15 to 1970. */
const GREGORIAN_OFFSET = 122_192_928_000_000_000n;
const DOMAINS = ['Person', 'Group', 'Org'];

function variantOf(byte: number): string {
  if ((byte & 0xc0) === 0x80) return 'RFC4122';
  if ((byte & 0xe0) === 0xc0) return 'Microsoft';
  return (byte & 0xe0) === 0xe0 ? 'Future' : 'Reserved';
}

function addressKind(byte: number): string {
  return `${(byte & 2) === 0 ? 'global' : 'local'}:${(byte & 1) === 0 ? 'unicast' : 'multicast'}`;
}

/** @see internal/uuid of OPA 1.22, fillMap */
function describe(bytes: Buffer): RegoObject {
  const version = bytes[6]! >> 4;
  const fields: Record<string, RegoValue> = { version, variant: variantOf(bytes[8]!) };
  if (version !== 1 && version !== 2) return RegoObject.from(fields);
  const ticks =
    BigInt(bytes.readUInt32BE(0)) |
    (BigInt(bytes.readUInt16BE(4)) << 32n) |
    (BigInt(bytes.readUInt16BE(6) & 0xfff) << 48n);
  fields.time = numberOfInteger(BigInt.asIntN(64, (ticks - GREGORIAN_OFFSET) * 100n));
  fields.nodeid = [...bytes.subarray(10)].map((byte) => byte.toString(16).padStart(2, '0')).join('-');
  fields.macvariables = addressKind(bytes[10]!);
  fields.clocksequence = bytes.readUInt16BE(8) & 0x3fff;
  if (version === 2) {
    fields.id = bytes.readUInt32BE(0);
    fields.domain = DOMAINS[bytes[9]!] ?? `Domain${bytes[9]}`;
  }
  return RegoObject.from(fields);
}

/** @see v1/topdown/uuid.go of OPA 1.22: what is no UUID has no result, without being an error. */
export const uuidBuiltins: Builtins = {
  'uuid.parse': (operands) => {
    const match = FORMS.exec(textAt(operands, 0));
    const digits = match?.[1] ?? match?.[2] ?? match?.[3];
    return digits === undefined ? undefined : describe(Buffer.from(digits.replaceAll('-', ''), 'hex'));
  },
};
