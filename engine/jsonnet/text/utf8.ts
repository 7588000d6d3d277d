import { Buffer } from 'node:buffer';
import { fail } from '../failure.js';
import { numberText } from './number-text.js';

/** The bytes of a text in UTF-8; half a surrogate pair is U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

/** Text from UTF-8; every single byte that is not part of a character becomes U+FFFD, as in Go. */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  // JavaScript may take several such bytes for one.
  return text.includes('\ufffd') ? decodeSlowly(bytes) : text;
}

/** Numbers as bytes, each an integer from 0 to 255. */
export function bytesOf(values: readonly number[]): Uint8Array {
  const wrong = values.find((value) => !Number.isInteger(value) || value < 0 || value > 255);
  if (wrong !== undefined) fail(`Bytes must be integers in range [0, 255], got ${numberText(wrong)}`);
  return Uint8Array.from(values);
}

function decodeSlowly(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const length = characterLength(bytes, index);
    text += length === 0 ? '\ufffd' : Buffer.from(bytes.subarray(index, index + length)).toString('utf8');
    index += Math.max(1, length);
  }
  return text;
}

/** Bytes of the valid character that begins here, or 0. */
function characterLength(bytes: Uint8Array, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = lengthOf(first);
  const second = bytes[index + 1] ?? 0;
  const [least, most] = secondRange(first);
  if (second < least || second > most) return 0;
  for (let next = index + 2; next < index + length; next++) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function lengthOf(first: number): number {
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** Neither overlong, nor a surrogate, nor beyond U+10FFFF. */
function secondRange(first: number): readonly [least: number, most: number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  return first === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf];
}
