import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckCache } from '#catalog/check-cache.js';
import type { Json } from '#model/json.js';
import { makeFolder } from '#wasm/make-folder.js';

/** JSON values by a hash of what they were made from, one file each. Losing any of it only costs time. */
export class ContentCache implements CheckCache {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async get(key: string): Promise<Json | undefined> {
    try {
      return JSON.parse(await readFile(this.#path(key), 'utf8')) as Json;
    } catch {
      // Absent and damaged are the same for a cache: it is made again.
      return undefined;
    }
  }

  async put(key: string, value: Json): Promise<void> {
    const path = this.#path(key);
    const unfinished = `${path}.${randomUUID()}`;
    try {
      makeFolder(dirname(path));
      await writeFile(unfinished, JSON.stringify(value));
      await rename(unfinished, path);
    } catch {
      // Where nothing can be kept, it is made again.
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  #path(key: string): string {
    return join(this.#root, key.slice(0, 2), `${key}.json`);
  }
}
