import { type Dirent, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EdictError, faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { compareText } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import { makeFolder } from '#wasm/make-folder.js';
import { readText, UNFINISHED, unreadable, unwritable, writeText } from './file-access.js';
import { objectPath } from './object-path.js';
import { formatObject, parseObject, type StoredObject } from './object-text.js';

const VERSION_FILE = '.resource-version';

/** What a folder holds: objects, and faults of the files that hold none, both by path and sorted by it. */
export interface FolderContent {
  readonly objects: ReadonlyMap<string, StoredObject>;
  readonly faults: ReadonlyMap<string, readonly Fault[]>;
}

/** The files of a folder cluster: one per object, each always whole. */
export class ObjectFiles {
  readonly #root: string;
  readonly #durable: boolean;
  readonly #texts = new Map<string, string>();

  constructor(root: string, durable: boolean) {
    this.#root = root;
    this.#durable = durable;
  }

  /** Creates the folder, and removes what a killed process left. */
  prepare(): void {
    makeFolder(this.#root);
    for (const path of this.#paths(UNFINISHED)) rmSync(join(this.#root, path), { force: true });
  }

  /** The objects whose text is not the one last read or written here, and the paths whose file is gone. */
  readChanged(): FolderContent & { readonly gone: readonly string[] } {
    const objects = new Map<string, StoredObject>();
    const faults = new Map<string, readonly Fault[]>();
    const paths = this.#paths('.yaml');
    for (const path of paths) {
      try {
        const file = join(this.#root, path);
        const text = readText(file);
        if (this.#texts.get(path) === text) continue;
        const stored = parseObject(text, file);
        this.#assertPlace(stored.object, path);
        objects.set(path, stored);
        this.#texts.set(path, text);
      } catch (error) {
        // What a cluster holds may be secret: the place says enough.
        faults.set(
          path,
          faultsOf(error).map(({ fragment: _secret, ...fault }) => fault),
        );
      }
    }
    const present = new Set(paths);
    const gone = [...this.#texts.keys()].filter((path) => !present.has(path));
    for (const path of gone) this.#texts.delete(path);
    return { objects, faults, gone };
  }

  /** The highest resource version that a deleted object had, or 0. */
  readVersion(): number {
    try {
      return Number(readText(join(this.#root, VERSION_FILE)).trim()) || 0;
    } catch {
      return 0;
    }
  }

  write(object: KubernetesObject): void {
    const path = objectPath(keyOf(object));
    const text = formatObject(object);
    writeText(join(this.#root, path), text, this.#durable);
    this.#texts.set(path, text);
  }

  /** Removes an object's file. The version is written first, so that it is never given out again. */
  remove(object: KubernetesObject, version: number): void {
    writeText(join(this.#root, VERSION_FILE), `${version}\n`, this.#durable);
    const path = objectPath(keyOf(object));
    try {
      rmSync(join(this.#root, path), { force: true });
    } catch (cause) {
      throw unwritable(join(this.#root, path), cause);
    }
    this.#texts.delete(path);
  }

  /** The path says which object a file holds; a file that holds another one would be lost with the next write. */
  #assertPlace(object: KubernetesObject, path: string): void {
    const place = objectPath(keyOf(object));
    if (place === path) return;
    const same = dirname(place) === dirname(path) ? 'name' : 'kind or namespace';
    throw new EdictError({
      code: 'ObjectInvalid',
      message: `The file holds ${formatKey(keyOf(object))}, an object of another ${same}.`,
      location: { file: join(this.#root, path) },
      remedy: `Move it to ${join(this.#root, place)}.`,
    });
  }

  /** `<scope>/<kind>/<file>` of every file with this ending, sorted. Links are not followed. */
  #paths(ending: string): readonly string[] {
    const below = (folder: string): readonly string[] =>
      list(join(this.#root, folder)).flatMap((entry) =>
        entry.isDirectory() && !entry.name.startsWith('.') ? [join(folder, entry.name)] : [],
      );
    return below('')
      .flatMap(below)
      .flatMap((folder) =>
        list(join(this.#root, folder)).flatMap((entry) =>
          entry.isFile() && entry.name.endsWith(ending) ? [join(folder, entry.name)] : [],
        ),
      )
      .sort(compareText);
  }
}

function list(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return [];
    throw unreadable(folder, cause);
  }
}
