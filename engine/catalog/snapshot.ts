import { EdictError, faultsOf } from '#errors/edict-error.js';
import { digestOf } from '#model/digest.js';
import type { SourceTree } from './source-tree.js';

/** A rule set as it was at one moment: what becomes of its files afterwards changes nothing. */
export class Snapshot implements SourceTree {
  /** Equal for equal files. */
  readonly digest: string;
  readonly #files: ReadonlyMap<string, string | EdictError>;

  private constructor(files: ReadonlyMap<string, string | EdictError>) {
    this.#files = files;
    const texts = [...files].map(([path, text]) => [path, text instanceof EdictError ? { fault: text.code } : text]);
    this.digest = digestOf(JSON.stringify(texts));
  }

  /** Reads every file. One that cannot be read is a fault when it is asked for. Throws what the tree throws when it cannot be listed. */
  static async of(tree: SourceTree): Promise<Snapshot> {
    const paths = await tree.list();
    const files = await Promise.all(paths.map(async (path) => [path, await textOf(tree, path)] as const));
    return new Snapshot(new Map(files));
  }

  async list(): Promise<readonly string[]> {
    return [...this.#files.keys()];
  }

  async read(path: string): Promise<string> {
    const text = this.#files.get(path);
    if (typeof text === 'string') return text;
    throw text ?? new Error(`${path} is not in the snapshot`);
  }
}

async function textOf(tree: SourceTree, path: string): Promise<string | EdictError> {
  try {
    return await tree.read(path);
  } catch (error) {
    return error instanceof EdictError ? error : new EdictError(faultsOf(error));
  }
}
