import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Json } from '#model/json.js';
import type { EvaluationStore } from '#reconcile/memoise.js';

/** A journal larger than this is begun anew: it is only a cache. */
const MAXIMUM_SIZE = 256 * 1024 * 1024;
/** Results are written in groups of this many. */
const GROUP = 64;

/** Results of evaluations in one file, a line each, appended: a killed process leaves at most one unfinished line, which is left out. */
export class EvaluationJournal implements EvaluationStore {
  readonly #path: string;
  readonly #unwritten: string[] = [];
  #results: Map<string, string> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get(key: string): Json | undefined {
    const text = this.#load().get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  put(key: string, value: Json): void {
    const text = JSON.stringify(value);
    this.#load().set(key, text);
    this.#unwritten.push(`${key} ${text}\n`);
    if (this.#unwritten.length >= GROUP) this.flush();
  }

  /** Writes what was not written yet. */
  flush(): void {
    if (this.#unwritten.length === 0) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    appendFileSync(this.#path, this.#unwritten.splice(0).join(''));
  }

  #load(): Map<string, string> {
    this.#results ??= readJournal(this.#path);
    return this.#results;
  }
}

function readJournal(path: string): Map<string, string> {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return new Map();
  if (size > MAXIMUM_SIZE) {
    rmSync(path, { force: true });
    return new Map();
  }
  const results = new Map<string, string>();
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n');
  // Two processes may append at once, and one may be killed: a line that is not whole is worth nothing.
  if (!text.endsWith('\n')) {
    lines.pop();
    appendFileSync(path, '\n');
  }
  for (const line of lines) {
    if (/^[0-9a-f]{64} [[{"\-0-9tfn]/.test(line) && isWhole(line)) results.set(line.slice(0, 64), line.slice(65));
  }
  return results;
}

function isWhole(line: string): boolean {
  const first = line[65];
  const last = line.at(-1);
  return first === '{' ? last === '}' : first === '[' ? last === ']' : true;
}
