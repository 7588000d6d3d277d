import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import type { ImportedFile, Importer } from '#jsonnet/importer.js';

/**
 * Imports of files in a folder, and in library folders beside it: as the importing file names them, from where it is,
 * else from the libraries, the last one first. Paths are those from `root`.
 */
export function folderImporter(root: string, libraries: readonly string[] = []): Importer {
  return (from, path) => {
    const places = [join(root, from, '..'), ...[...libraries].reverse()];
    const candidates = isAbsolute(path)
      ? [path]
      : places.map((place) => join(from === '' && place === join(root, '..') ? root : place, path));
    const file = candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true);
    return file === undefined ? undefined : fileAt(root, file);
  };
}

function fileAt(root: string, file: string): ImportedFile {
  const path = relative(root, normalize(file)).split(sep).join('/');
  return { path, text: () => readFileSync(file, 'utf8'), bytes: () => readFileSync(file) };
}
