import { readdirSync, type Stats, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readText, unreadable } from '#adapters/files/file-access.js';
import { EdictError, faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { compareText, isJsonObject, type Json } from '#model/json.js';
import type { Path } from '#model/path.js';
import { parseYaml, type YamlDocument } from '#model/yaml.js';

/** What stands in a file where an object is expected. */
export interface Manifest {
  /** As the user would name it: relative to where they are. */
  readonly file: string;
  readonly value: Json;
  readonly document: YamlDocument;
  /** Where `value` stands in its document. */
  readonly path: Path;
}

/** A file or folder that gave nothing, and why. */
export interface Unreadable {
  readonly file: string;
  readonly faults: readonly Fault[];
}

/**
 * Every manifest in the files and folders that a user names, each file once, in the order of their paths. What cannot be
 * read keeps nothing else from being read. Throws UsageInvalid where a path is not there: `-` is not standard input.
 */
export function readManifests(paths: readonly string[], directory: string): readonly (Manifest | Unreadable)[] {
  for (const path of paths) assertThere(path, directory);
  const seen = new Set<string>();
  return paths.flatMap((name) => {
    const path = resolve(directory, name);
    const found = filesBelow(path, directory);
    if (found.length === 0)
      return [nothingIn(relative(directory, path) || '.', 'no file ends with .yaml, .yml or .json')];
    return found.flatMap((each) => {
      if (each instanceof EdictError) return [{ file: relative(directory, path), faults: each.faults }];
      if (seen.has(each)) return [];
      seen.add(each);
      return manifestsIn(each, relative(directory, each), each === path);
    });
  });
}

function assertThere(name: string, directory: string): void {
  const path = resolve(directory, name);
  if (name !== '' && look(path, directory) !== undefined) return;
  throw new EdictError({
    code: 'UsageInvalid',
    // Of an unset variable in a script the whole folder would be taken.
    message: name === '' ? 'a path is empty' : `there is no ${path}`,
    location: {},
    remedy: 'Give files or folders of custom resources.',
  });
}

/** What is at a path: undefined where nothing is, an error where that cannot be told. */
function look(path: string, directory: string): Stats | EdictError | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    return unreadable(relative(directory, path), cause);
  }
}

/** The manifests at or below a path, and errors of what cannot be listed. */
function filesBelow(path: string, directory: string): readonly (string | EdictError)[] {
  const stat = look(path, directory);
  if (stat instanceof EdictError) return [stat];
  return stat?.isDirectory() === true ? filesIn(path, directory) : [path];
}

/** Links to folders are not followed: they could lead back. */
function filesIn(folder: string, directory: string): readonly (string | EdictError)[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .sort((left, right) => compareText(left.name, right.name))
      .flatMap((entry) => {
        if (entry.name.startsWith('.')) return [];
        const below = join(folder, entry.name);
        if (entry.isDirectory()) return filesIn(below, directory);
        return /\.(ya?ml|json)$/.test(entry.name) ? [below] : [];
      });
  } catch (cause) {
    return [unreadable(relative(directory, folder), cause)];
  }
}

/** The manifests in a file. One that the user names must hold some; below a folder it may hold comments only. */
function manifestsIn(path: string, file: string, named: boolean): readonly (Manifest | Unreadable)[] {
  try {
    const documents = parseYaml(readText(path, file, named), { file });
    if (named && documents.length === 0) return [nothingIn(file, 'it holds nothing, or comments only')];
    return documents.flatMap((document) => itemsOf(document).map((item) => ({ file, document, ...item })));
  } catch (error) {
    if (error instanceof EdictError) return [{ file, faults: faultsOf(error) }];
    throw error;
  }
}

/** The items of a list, such as `kubectl get` prints, or the document itself. */
function itemsOf({ value }: YamlDocument): readonly Pick<Manifest, 'value' | 'path'>[] {
  if (!isJsonObject(value) || !Array.isArray(value.items)) return [{ value, path: [] }];
  const { kind, metadata, items } = value;
  const named = isJsonObject(metadata) && metadata.name !== undefined;
  if (typeof kind !== 'string' || !kind.endsWith('List') || named) return [{ value, path: [] }];
  return (items as readonly Json[]).map((item, index) => ({ value: item, path: ['items', index] }));
}

function nothingIn(file: string, why: string): Unreadable {
  const fault = { code: 'ObjectNotFound', message: `no object is in ${file}: ${why}`, location: { file } } as const;
  return { file, faults: [{ ...fault, remedy: 'Give files or folders of custom resources.' }] };
}
