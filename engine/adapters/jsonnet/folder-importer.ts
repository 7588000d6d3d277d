import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { ImportedFile, Importer } from '#jsonnet/importer.js';

/**
 * Imports of files, as the jsonnet command finds them: as the importing file names them, from where it is, else from
 * the library folders, the last one first. Paths are from `root`, or absolute where the program says so; what is no
 * file, such as a program of the command line, is in `root`.
 */
export function folderImporter(root: string, libraries: readonly string[] = []): Importer {
  return (from, path) => {
    const here = from === '' || from.startsWith('<') ? '' : join(from, '..');
    const places = isAbsolute(path) ? [''] : [here, ...[...libraries].reverse()];
    const candidates = places.map((place) => join(place, path));
    const found = candidates.find((candidate) => isFile(resolve(root, candidate)));
    return found === undefined ? undefined : fileAt(root, found);
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function fileAt(root: string, path: string): ImportedFile {
  const file = resolve(root, path);
  return { path, text: () => readFileSync(file, 'utf8'), bytes: () => readFileSync(file) };
}
