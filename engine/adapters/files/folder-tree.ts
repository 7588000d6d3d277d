import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALLATION_FILE } from '#catalog/layout.js';
import type { SourceTree } from '#catalog/source-tree.js';
import { digestOf } from '#model/digest.js';
import { compareText } from '#model/json.js';
import { readText, unreadable } from './file-access.js';

/** The folders of a rule set that Edict reads. */
const TREES = ['rules', 'crds', 'templates', 'policies'];
/** What a file of a kind ends with: a folder that is named so is a mistake to tell of. */
const FILE_NAME = /\.(ya?ml|jsonnet|libsonnet|rego)$/;

/**
 * A folder as a rule set. Links are followed, as a volume of a cluster has them: what a link stands for would be missing
 * without a word, and a policy that is missing forbids nothing.
 */
export class FolderTree implements SourceTree {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async list(): Promise<readonly string[]> {
    const top = this.#entries('').map(({ name }) => name);
    const files = top.filter((name) => name === INSTALLATION_FILE);
    const folders = top.filter((name) => TREES.includes(name));
    return [...files, ...folders.flatMap((folder) => this.#below(folder, []))].sort(compareText);
  }

  async read(path: string): Promise<string> {
    return readText(join(this.#root, path), path);
  }

  /** Another text than before whenever a file or a link was changed, added or removed: without reading any. Throws as `list`. */
  async fingerprint(): Promise<string> {
    const paths = await this.list();
    return digestOf(paths.map((path) => `${path} ${this.#stamp(path)}`).join('\n'));
  }

  #stamp(path: string): string {
    try {
      const { ino, size, mtimeMs, ctimeMs } = statSync(join(this.#root, path));
      return [ino, size, mtimeMs, ctimeMs].join(' ');
    } catch {
      return 'unreadable';
    }
  }

  /** Files below a folder; `above` are the real places of the folders it is in, so that a loop of links ends. */
  #below(folder: string, above: readonly string[]): readonly string[] {
    const place = this.#realPath(folder);
    if (above.includes(place)) return [];
    return this.#entries(folder).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.name.startsWith('.')) return [];
      const isFolder = this.#isFolder(path, entry);
      if (isFolder && !FILE_NAME.test(entry.name)) return this.#below(path, [...above, place]);
      return [path];
    });
  }

  #isFolder(path: string, entry: Dirent): boolean {
    if (!entry.isSymbolicLink()) return entry.isDirectory();
    try {
      return statSync(join(this.#root, path)).isDirectory();
    } catch {
      // A link that leads nowhere is told of when it is read.
      return false;
    }
  }

  #realPath(folder: string): string {
    try {
      return realpathSync(join(this.#root, folder));
    } catch (cause) {
      throw unreadable(folder, cause);
    }
  }

  #entries(folder: string): readonly Dirent[] {
    try {
      return readdirSync(join(this.#root, folder), { withFileTypes: true });
    } catch (cause) {
      throw unreadable(folder === '' ? this.#root : folder, cause);
    }
  }
}
