import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { EdictError } from '#errors/edict-error.js';
import { type Fault, fragmentOf } from '#errors/fault.js';
import { decodeText, FILE_LIMIT, fileTooLarge } from '#model/text.js';
import { makeFolder } from '#wasm/make-folder.js';

/** Ending of a file that is being written. One that is found later was left by a killed process. */
export const UNFINISHED = '.edict-tmp';

/**
 * The text of the file at `path`, named `name` in faults. Throws FileUnreadable, FileTooLarge (before reading) and
 * TextNotUTF8. A byte order mark is not part of the text. A pipe or a device is read only where `stream` says so, for
 * what a user names: anywhere else it would wait for ever for a writer.
 */
export function readText(path: string, name: string = path, stream = false): string {
  let bytes: Buffer;
  try {
    const stat = statSync(path);
    if (stat.size > FILE_LIMIT) throw fileTooLarge(stat.size, { file: name });
    if (!stat.isFile() && (stat.isDirectory() || !stream)) throw noPlainFile(name, stat);
    bytes = stat.isFile() ? readFileSync(path) : readStream(path);
  } catch (cause) {
    if (cause instanceof EdictError) throw cause;
    throw unreadable(name, cause);
  }
  return decodeText(bytes, { file: name }).replace(/^\ufeff/, '');
}

/** What a pipe or a device gives, but no more than shows that it is too much. */
function readStream(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; size <= FILE_LIMIT; ) {
      const chunk = Buffer.alloc(65_536);
      const length = readSync(descriptor, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      size += length;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a file whole or not at all: a reader, or the next process after a kill, finds the old text or the new one.
 * `durable` waits until the disk has it, which only a power failure can tell. Throws FileUnwritable.
 */
export function writeText(path: string, text: string, durable = false): void {
  const unfinished = `${path}${UNFINISHED}`;
  try {
    makeFolder(dirname(path));
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
    removeQuietly(unfinished);
    throw unwritable(path, cause);
  }
}

function noPlainFile(file: string, stat: Stats): EdictError {
  return unreadable(file, new Error(stat.isDirectory() ? 'it is a folder' : 'it is no plain file'));
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Why the file could not be written says more.
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
