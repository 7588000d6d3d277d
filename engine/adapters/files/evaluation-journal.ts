import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Json } from '#model/json.js';
import type { EvaluationStore } from '#reconcile/memoise.js';
import { makeFolder } from '#wasm/make-folder.js';

/** A journal larger than this is begun anew: it is only a cache. */
const MAXIMUM_SIZE = 256 * 1024 * 1024;
/** Results are written in groups of this many. */
const GROUP = 64;

/**
 * Results of evaluations in one file, a line each, appended; the first line says which version of Edict made them. Two
 * processes may append at once, and one may be killed: a line that does not read as its result is left out. What cannot
 * be read or written is as if it were not there: losing any of it only costs time.
 */
export class EvaluationJournal implements EvaluationStore {
  readonly #path: string;
  readonly #version: string;
  readonly #unwritten: string[] = [];
  #results: Map<string, string> | undefined;

  constructor(path: string, version: string) {
    this.#path = path;
    this.#version = version;
  }

  get(key: string): Json | undefined {
    const text = this.#load().get(key);
    try {
      return text === undefined ? undefined : (JSON.parse(text) as Json);
    } catch {
      this.#load().delete(key);
      return undefined;
    }
  }

  /** Keeps a list or an object: of other values half a line would read as a whole one. */
  put(key: string, value: Json): void {
    if (typeof value !== 'object' || value === null) return;
    const text = JSON.stringify(value);
    this.#load().set(key, text);
    this.#unwritten.push(`${key} ${text}\n`);
    if (this.#unwritten.length >= GROUP) this.flush();
  }

  /** Writes what was not written yet. */
  flush(): void {
    if (this.#unwritten.length === 0) return;
    try {
      makeFolder(dirname(this.#path));
      const heading = sizeOf(this.#path) === 0 ? `${this.#version}\n` : '';
      appendFileSync(this.#path, heading + this.#unwritten.splice(0).join(''));
    } catch {
      this.#unwritten.splice(0);
    }
  }

  #load(): Map<string, string> {
    this.#results ??= this.#read();
    return this.#results;
  }

  #read(): Map<string, string> {
    try {
      const size = sizeOf(this.#path);
      const [version, ...lines] = size > 0 && size <= MAXIMUM_SIZE ? readFileSync(this.#path, 'utf8').split('\n') : [];
      if (version === this.#version) {
        // The last line of a killed process is not whole: what is appended next must not become part of it.
        if (lines.at(-1) !== '') this.#unwritten.push('\n');
        return new Map(lines.flatMap((line) => (LINE.test(line) ? [[line.slice(0, 64), line.slice(65)]] : [])));
      }
      rmSync(this.#path, { force: true });
    } catch {
      // A cache that cannot be read is empty.
    }
    return new Map();
  }
}

const LINE = /^[0-9a-f]{64} [[{]/;

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
