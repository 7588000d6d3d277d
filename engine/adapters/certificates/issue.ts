import { webcrypto } from 'node:crypto';
import { BitString, Integer, OctetString, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  type RelativeDistinguishedNames,
  Time,
  TimeType,
} from 'pkijs';
import { bitsOf, parseAddress } from '#catalog/schema/ip-address.js';

/** A certificate and its private key, as PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** For how long a certificate holds. Milliseconds since 1970. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const HASH = 'SHA-256';
/** Extensions (RFC 5280, 4.2.1). */
const OID = {
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  alternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
} as const;
/** Bits of keyUsage: keyCertSign and cRLSign; digitalSignature. */
const [SIGNS_CERTIFICATES, SIGNS] = [0x06, 0x80];

/** A new authority, which signs itself. */
export async function issueAuthority(name: string, validity: Validity): Promise<Issued> {
  const { certificate, keys } = await prepare(name, validity);
  named(certificate.issuer, name);
  certificate.extensions = [
    extension(OID.basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema()),
    keyUsage(SIGNS_CERTIFICATES),
  ];
  await certificate.sign(keys.privateKey, HASH);
  return issued(certificate, keys);
}

/** A certificate of a server that is reached by these DNS names and IP addresses, signed by an authority. */
export async function issueServing(names: readonly string[], validity: Validity, authority: Issued): Promise<Issued> {
  const { certificate, keys } = await prepare(names[0] ?? '', validity);
  const issuer = Certificate.fromBER(decodePem(authority.certificate));
  certificate.issuer = issuer.subject;
  certificate.extensions = [
    extension(OID.basicConstraints, true, new BasicConstraints({ cA: false }).toSchema()),
    keyUsage(SIGNS),
    extension(OID.extendedKeyUsage, false, new ExtKeyUsage({ keyPurposes: [OID.serverAuthentication] }).toSchema()),
    extension(OID.alternativeName, false, new GeneralNames({ names: names.map(alternativeName) }).toSchema()),
  ];
  const key = await webcrypto.subtle.importKey('pkcs8', decodePem(authority.key), CURVE, false, ['sign']);
  await certificate.sign(key, HASH);
  return issued(certificate, keys);
}

async function prepare(name: string, { from, until }: Validity) {
  const keys = (await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = new Certificate();
  certificate.version = 2;
  const serial = webcrypto.getRandomValues(new Uint8Array(16));
  // Positive, and of no fewer bytes than it seems (RFC 5280, 4.1.2.2).
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  certificate.serialNumber = new Integer({ valueHex: serial.buffer });
  certificate.notBefore = timeOf(from);
  certificate.notAfter = timeOf(until);
  named(certificate.subject, name);
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  return { certificate, keys };
}

/** UTCTime has two digits for the year (RFC 5280, 4.1.2.5). */
function timeOf(milliseconds: number): Time {
  const value = new Date(milliseconds);
  return new Time({ type: value.getUTCFullYear() < 2050 ? TimeType.UTCTime : TimeType.GeneralizedTime, value });
}

/** A common name has at most 64 characters, and means nothing where there are alternative names. */
function named({ typesAndValues }: RelativeDistinguishedNames, name: string): void {
  const value = new Utf8String({ value: name.slice(0, 64) });
  typesAndValues.push(new AttributeTypeAndValue({ type: OID.commonName, value }));
}

function extension(extnID: string, critical: boolean, schema: { toBER(): ArrayBuffer }): Extension {
  return new Extension({ extnID, critical, extnValue: schema.toBER() });
}

function keyUsage(bits: number): Extension {
  const unusedBits = Math.log2(bits & -bits);
  return extension(OID.keyUsage, true, new BitString({ valueHex: new Uint8Array([bits]).buffer, unusedBits }));
}

function alternativeName(name: string): GeneralName {
  const address = parseAddress(name);
  if (address === undefined) return new GeneralName({ type: 2, value: name });
  const { family, bits } = address;
  const bytes = Buffer.from(bits.toString(16).padStart(bitsOf(family) / 4, '0'), 'hex');
  return new GeneralName({ type: 7, value: new OctetString({ valueHex: new Uint8Array(bytes).buffer }) });
}

async function issued(certificate: Certificate, { privateKey }: webcrypto.CryptoKeyPair): Promise<Issued> {
  const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return {
    certificate: encodePem('CERTIFICATE', certificate.toSchema(true).toBER()),
    key: encodePem('PRIVATE KEY', key),
  };
}

function encodePem(label: string, bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** The bytes of the first block. */
function decodePem(text: string): ArrayBuffer {
  const [, base64 = ''] = /-----BEGIN [^-]+-----([^-]*)-----END/.exec(text) ?? [];
  return new Uint8Array(Buffer.from(base64, 'base64')).buffer;
}
