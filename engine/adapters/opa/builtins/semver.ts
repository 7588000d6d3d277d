import { compareByCodePoint } from '../rego-value.js';
import { BuiltinError, type Builtins, textAt } from './builtin.js';

interface Version {
  readonly numbers: readonly bigint[];
  readonly preRelease: string;
}

const IDENTIFIERS = /^[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*$/;
const NUMERIC = /^(0|[1-9]\d*)$/;
const LARGEST = 2n ** 63n - 1n;

function cut(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function versionOf(text: string): Version | undefined {
  const [withoutMetadata, metadata] = cut(text.startsWith('v') ? text.slice(1) : text, '+');
  if (metadata !== undefined && !IDENTIFIERS.test(metadata)) return undefined;
  const [core, preRelease] = cut(withoutMetadata, '-');
  if (preRelease !== undefined && !isPreRelease(preRelease)) return undefined;
  const parts = core.split('.');
  if (parts.length !== 3 || !parts.every((part) => NUMERIC.test(part))) return undefined;
  const numbers = parts.map(BigInt);
  if (numbers.some((number) => number > LARGEST)) return undefined;
  return { numbers, preRelease: preRelease ?? '' };
}

function isPreRelease(text: string): boolean {
  return IDENTIFIERS.test(text) && text.split('.').every((part) => !/^0\d+$/.test(part));
}

function compareIdentifiers(left: string, right: string): number {
  const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1;
  if (!leftIsNumber) return compareByCodePoint(left, right);
  const [first, second] = [BigInt(left), BigInt(right)];
  return Number(first > second) - Number(first < second);
}

function compareVersions(left: Version, right: Version): number {
  for (const [index, number] of left.numbers.entries()) {
    const other = right.numbers[index]!;
    if (number !== other) return number > other ? 1 : -1;
  }
  if (left.preRelease === right.preRelease) return 0;
  if (left.preRelease === '') return 1;
  if (right.preRelease === '') return -1;
  const [first, second] = [left.preRelease.split('.'), right.preRelease.split('.')];
  for (let index = 0; index < Math.min(first.length, second.length); index += 1) {
    const order = compareIdentifiers(first[index]!, second[index]!);
    if (order !== 0) return Math.sign(order);
  }
  return Math.sign(first.length - second.length);
}

/** @see v1/topdown/semver.go and internal/semver of OPA 1.22: a leading `v` is allowed. */
export const semverBuiltins: Builtins = {
  'semver.compare': (operands) => {
    const [left, right] = [versionOf(textAt(operands, 0)), versionOf(textAt(operands, 1))];
    if (left === undefined || right === undefined) throw new BuiltinError('an operand is not a valid SemVer');
    return compareVersions(left, right);
  },
  'semver.is_valid': ([text]) => typeof text === 'string' && versionOf(text) !== undefined,
};
