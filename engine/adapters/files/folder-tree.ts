import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALLATION_FILE } from '#catalog/layout.js';
import type { SourceTree } from '#catalog/source-tree.js';
import { compareText } from '#model/json.js';
import { readText } from './file-access.js';

/** The folders of a rule set that Edict reads. */
const TREES = ['rules', 'crds', 'templates', 'policies'];

/** A folder as a rule set. */
export class FolderTree implements SourceTree {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async list(): Promise<readonly string[]> {
    const top = readdirSync(this.#root, { withFileTypes: true });
    const files = top.filter((entry) => entry.isFile() && entry.name === INSTALLATION_FILE).map(({ name }) => name);
    const folders = top.filter((entry) => entry.isDirectory() && TREES.includes(entry.name)).map(({ name }) => name);
    return [...files, ...folders.flatMap((folder) => this.#below(folder))].sort(compareText);
  }

  async read(path: string): Promise<string> {
    return readText(join(this.#root, path), path);
  }

  #below(folder: string): readonly string[] {
    return readdirSync(join(this.#root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.name.startsWith('.')) return [];
      return entry.isDirectory() ? this.#below(path) : [path];
    });
  }
}
