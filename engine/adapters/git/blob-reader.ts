import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { EdictError } from '#errors/edict-error.js';
import { fragmentOf } from '#errors/fault.js';
import { type GitEnvironment, ignoreClosedInput, startGit } from './git-process.js';

/** What Git answers for a blob: its bytes, or its size where it is larger than the limit. */
export type Blob = { readonly bytes: Buffer } | { readonly tooLarge: number };

type GitProcess = ChildProcessByStdio<Writable, Readable, Readable>;

interface Waiting {
  resolve(blob: Blob): void;
  reject(error: Error): void;
}

interface BlobSource {
  readonly environment: GitEnvironment;
  /** The bare repository. */
  readonly folder: string;
  /** Bytes of the largest blob that is read. */
  readonly limit: number;
}

/**
 * Reads blobs of one repository through one `git cat-file --batch` process, which starts with the first read and keeps
 * the program alive only while something is being read.
 */
export class BlobReader {
  readonly #source: BlobSource;
  readonly #waiting: Waiting[] = [];
  #process: GitProcess | undefined;
  #received: Buffer = Buffer.alloc(0);
  /** Bytes of an oversized blob that are still to be thrown away. */
  #skipping = 0;

  constructor(source: BlobSource) {
    this.#source = source;
  }

  /** The blob of an id that the repository has. Throws RepositoryUnavailable. */
  read(id: string): Promise<Blob> {
    return new Promise((resolve, reject) => {
      this.#process ??= this.#start();
      if (this.#waiting.length === 0) keepAlive(this.#process, true);
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${id}\n`);
    });
  }

  /** Ends the process; a later read starts another. */
  close(): void {
    this.#process?.kill();
    this.#fail('the reader was closed');
  }

  #start(): GitProcess {
    const started = startGit(this.#source.environment, this.#source.folder, ['cat-file', '--batch']);
    let complaint = '';
    const end = (message: string): void => {
      if (this.#process === started) this.#fail(message);
    };
    started.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-1000);
    });
    started.stdin.on('error', ignoreClosedInput);
    started.on('error', (error) => end(error.message));
    started.on('close', () => end(complaint));
    started.stdout.on('data', (chunk: Buffer) => {
      if (this.#process === started) this.#receive(chunk);
    });
    keepAlive(started, false);
    return started;
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#answerOne());
    if (this.#waiting.length === 0 && this.#skipping === 0 && this.#process !== undefined)
      keepAlive(this.#process, false);
  }

  /** Takes one answer, `<id> blob <size>\n<bytes>\n` or `<id> missing\n`, off the received bytes, if one is there. */
  #answerOne(): boolean {
    const skipped = Math.min(this.#skipping, this.#received.length);
    this.#skipping -= skipped;
    this.#received = this.#received.subarray(skipped);
    const headerEnd = this.#received.indexOf(0x0a);
    if (headerEnd < 0) return false;
    const [, , size] = this.#received.toString('latin1', 0, headerEnd).split(' ');
    const bytes = Number(size);
    if (size === undefined || Number.isNaN(bytes)) {
      this.#fail(this.#received.toString('latin1', 0, headerEnd));
      return false;
    }
    const start = headerEnd + 1;
    if (bytes > this.#source.limit) {
      this.#skipping = bytes + 1;
      this.#received = this.#received.subarray(start);
      this.#waiting.shift()?.resolve({ tooLarge: bytes });
      return true;
    }
    if (this.#received.length < start + bytes + 1) return false;
    this.#waiting.shift()?.resolve({ bytes: this.#received.subarray(start, start + bytes) });
    this.#received = this.#received.subarray(start + bytes + 1);
    return true;
  }

  #fail(reason: string): void {
    this.#process?.kill();
    this.#process = undefined;
    this.#received = Buffer.alloc(0);
    this.#skipping = 0;
    const error = new EdictError({
      code: 'RepositoryUnavailable',
      message: 'git cat-file ended before it had answered.',
      location: { file: this.#source.folder },
      fragment: fragmentOf(reason),
      remedy: 'See whether the folder is a sound bare repository (git fsck).',
    });
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** Child processes and their pipes hold the event loop unless they are told not to. */
function keepAlive(process: GitProcess, wanted: boolean): void {
  const pipes = [process.stdin, process.stdout, process.stderr] as unknown as readonly { ref(): void; unref(): void }[];
  for (const handle of [process, ...pipes]) {
    if (wanted) handle.ref();
    else handle.unref();
  }
}
