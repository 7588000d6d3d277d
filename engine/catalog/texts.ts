import { faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import type { SourceTree } from './source-tree.js';

/** Texts of files, each read once; a file that cannot be read is a fault. */
export class Texts {
  readonly #faults = new Map<string, readonly Fault[]>();
  readonly #tree: SourceTree;
  readonly #texts = new Map<string, string>();

  constructor(tree: SourceTree) {
    this.#tree = tree;
  }

  /** The texts of those files that can be read, by path. */
  async readAll(paths: readonly string[]): Promise<{ readonly [path: string]: string }> {
    await Promise.all(paths.map((path) => this.#read(path)));
    return Object.fromEntries(paths.flatMap((path) => (this.#texts.has(path) ? [[path, this.get(path)]] : [])));
  }

  /** The text of a file that was read. */
  get(path: string): string {
    return this.#texts.get(path) ?? '';
  }

  /** Why files could not be read. */
  get faults(): readonly Fault[] {
    return [...this.#faults.values()].flat();
  }

  /** Why a file could not be read; nothing where it could. */
  faultsOf(path: string): readonly Fault[] {
    return this.#faults.get(path) ?? [];
  }

  async #read(path: string): Promise<void> {
    if (this.#texts.has(path)) return;
    try {
      this.#texts.set(path, await this.#tree.read(path));
    } catch (error) {
      this.#faults.set(path, faultsOf(error));
    }
  }
}
