import { Buffer } from 'node:buffer';
import { fail } from '../failure.js';
import { bytesOf, decodeUtf8, encodeUtf8 } from './utf8.js';

const ENCODED = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** std.base64 of bytes, or of the UTF-8 of a text without characters above U+00FF. */
export function base64(input: string | readonly number[]): string {
  if (typeof input !== 'string') return Buffer.from(bytesOf(input)).toString('base64');
  const wide = /[^\u0000-\u00ff]/u.exec(input)?.[0].codePointAt(0);
  if (wide !== undefined) fail(`base64 takes code points from 0 to 255 only, got ${wide}`);
  return Buffer.from(input, 'utf8').toString('base64');
}

/** std.base64DecodeBytes. Line breaks do not matter, though they count for the length. */
export function base64DecodeBytes(text: string): Uint8Array {
  const { length } = encodeUtf8(text);
  if (length % 4 !== 0) fail(`not a base64 encoded string: its length, ${length}, is not divisible by 4`);
  return decodeBase64(text) ?? fail('failed to decode: illegal base64 data');
}

/** The bytes, if it is padded base64; line breaks do not matter. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const joined = text.replace(/[\r\n]/g, '');
  return ENCODED.test(joined) ? Buffer.from(joined, 'base64') : undefined;
}

/** std.base64Decode. */
export function base64Decode(text: string): string {
  return decodeUtf8(base64DecodeBytes(text));
}
