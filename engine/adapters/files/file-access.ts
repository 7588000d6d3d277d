import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { EdictError } from '#errors/edict-error.js';
import { type Fault, fragmentOf } from '#errors/fault.js';
import { decodeText, FILE_LIMIT, fileTooLarge } from '#model/text.js';

/** Ending of a file that is being written. One that is found later was left by a killed process. */
export const UNFINISHED = '.edict-tmp';

/**
 * The text of the file at `path`, named `name` in faults. Throws FileUnreadable, FileTooLarge (before reading) and
 * TextNotUTF8. A byte order mark is not part of the text.
 */
export function readText(path: string, name: string = path): string {
  let bytes: Buffer;
  try {
    const { size } = statSync(path);
    if (size > FILE_LIMIT) throw fileTooLarge(size, { file: name });
    bytes = readFileSync(path);
  } catch (cause) {
    if (cause instanceof EdictError) throw cause;
    throw unreadable(name, cause);
  }
  return decodeText(bytes, { file: name }).replace(/^\ufeff/, '');
}

/**
 * Writes a file whole or not at all: a reader, or the next process after a kill, finds the old text or the new one.
 * `durable` waits until the disk has it, which only a power failure can tell. Throws FileUnwritable.
 */
export function writeText(path: string, text: string, durable = false): void {
  const unfinished = `${path}${UNFINISHED}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(unfinished, 'w');
    try {
      const bytes = Buffer.from(text, 'utf8');
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
      if (durable) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** The error for a file or folder that cannot be read. */
export function unreadable(file: string, cause: unknown): EdictError {
  const remedy = 'See whether it exists and may be read.';
  return refused({ code: 'FileUnreadable', message: 'The file could not be read.', file, remedy }, cause);
}

/** The error for a file that cannot be written or removed. */
export function unwritable(file: string, cause: unknown): EdictError {
  const remedy = 'See whether the folder may be written to and the disk has room.';
  return refused({ code: 'FileUnwritable', message: 'The file could not be written.', file, remedy }, cause);
}

function refused(
  { file, ...fault }: Pick<Fault, 'code' | 'message'> & { readonly file: string; readonly remedy: string },
  cause: unknown,
): EdictError {
  const fragment = fragmentOf(cause instanceof Error ? cause.message : String(cause));
  return new EdictError({ ...fault, location: { file }, fragment }, { cause });
}
