import { EdictError } from '#errors/edict-error.js';
import { fragmentOf, type Location } from '#errors/fault.js';

/** Bytes of the largest file that Edict reads, unless its caller says otherwise. */
export const FILE_LIMIT = 4 * 1024 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `bytes` as text. Throws FileTooLarge above `limit` bytes, and TextNotUTF8 with the line of the first bad byte. */
export function decodeText(bytes: Uint8Array, location: Location, limit: number = FILE_LIMIT): string {
  if (bytes.length > limit) throw fileTooLarge(bytes.length, location, limit);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const offset = validLength(bytes);
    const line = countLines(bytes, offset);
    const byte = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
    throw new EdictError(
      {
        code: 'TextNotUTF8',
        message: `Byte ${offset} (0x${byte}) is not UTF-8 text.`,
        location: { ...location, line },
        fragment: lineAround(bytes, offset),
        remedy: 'Save the file as UTF-8.',
      },
      { cause },
    );
  }
}

/** The error for a file of `size` bytes where only `limit` are read. */
export function fileTooLarge(size: number, location: Location, limit: number = FILE_LIMIT): EdictError {
  return new EdictError({
    code: 'FileTooLarge',
    message: `The file has ${size} bytes; Edict reads up to ${limit}.`,
    location,
    remedy: 'Split the file, or move what is not configuration out of it.',
  });
}

/** Whether `text` can be written as UTF-8 without loss. A lone surrogate cannot. */
export function isEncodable(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** The line that holds the byte at `offset`; what is no text in it shows as �. */
function lineAround(bytes: Uint8Array, offset: number): string {
  const start = offset === 0 ? 0 : bytes.lastIndexOf(0x0a, offset - 1) + 1;
  const end = bytes.indexOf(0x0a, offset);
  return fragmentOf(new TextDecoder().decode(bytes.subarray(start, end === -1 ? bytes.length : end)));
}

/** How many of the first bytes are UTF-8: halves the range until the first bad sequence is found. */
function validLength(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isPrefixValid(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  // What is bad is the whole sequence: its first bytes are those of a character that never ends.
  while (low > 0 && isContinued(bytes.subarray(0, low))) low--;
  return low;
}

/** Whether a valid prefix ends inside a character. */
function isContinued(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return false;
  } catch {
    return true;
  }
}

/** Whether `bytes` are UTF-8 apart from a last character that is cut off. */
function isPrefixValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function countLines(bytes: Uint8Array, end: number): number {
  let lines = 1;
  for (let index = 0; index < end; index++) if (bytes[index] === 0x0a) lines++;
  return lines;
}
