import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyCompilation } from '#catalog/policy-compiler.js';
import { makeFolder } from '#wasm/make-folder.js';

/** Stands first in every file; another one is a file of another format. */
const FORMAT = 'edict-policies-1';
const SEPARATOR = 0x0a;

/**
 * Compiled policies by the digest of what they were made from. A file is `format, digest of the rest, JSON, module`,
 * each but the last on a line of its own; one that is not whole, or not ours, is as good as absent.
 */
export class PolicyCache {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  async read(key: string): Promise<PolicyCompilation | undefined> {
    const content = await readFile(this.#pathOf(key)).catch(() => undefined);
    if (content === undefined) return undefined;
    const [format, digest, rest] = splitLines(content);
    if (format !== FORMAT || rest === undefined || digest !== digestOf([rest])) return undefined;
    const end = rest.indexOf(SEPARATOR);
    const { packages, faults } = JSON.parse(rest.subarray(0, end).toString('utf8')) as Stored;
    const module = rest.subarray(end + 1);
    return { policies: { module: module.length === 0 ? undefined : new Uint8Array(module), packages }, faults };
  }

  /** Writes a file whole or not at all. A cache that cannot be written costs time, never a result. */
  async write(key: string, { policies, faults }: PolicyCompilation): Promise<void> {
    const stored: Stored = { packages: policies.packages, faults };
    const rest = Buffer.concat([Buffer.from(`${JSON.stringify(stored)}\n`), policies.module ?? new Uint8Array()]);
    const content = Buffer.concat([Buffer.from(`${FORMAT}\n${digestOf([rest])}\n`), rest]);
    const temporary = `${this.#pathOf(key)}.${randomUUID()}`;
    try {
      makeFolder(this.directory);
      await writeFile(temporary, content);
      await rename(temporary, this.#pathOf(key));
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  #pathOf(key: string): string {
    return join(this.directory, `${key}.policies`);
  }
}

type Stored = Pick<PolicyCompilation, 'faults'> & Pick<PolicyCompilation['policies'], 'packages'>;

function splitLines(content: Buffer): [string | undefined, string | undefined, Buffer | undefined] {
  const first = content.indexOf(SEPARATOR);
  const second = content.indexOf(SEPARATOR, first + 1);
  if (first === -1 || second === -1) return [undefined, undefined, undefined];
  const text = (start: number, end: number) => content.subarray(start, end).toString('latin1');
  return [text(0, first), text(first + 1, second), content.subarray(second + 1)];
}

/** SHA-256 of parts, each with its length, as hexadecimal text. */
export function digestOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}
