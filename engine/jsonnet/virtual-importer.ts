import { posix } from 'node:path';
import { Failure } from './failure.js';
import type { ImportedFile, Importer } from './importer.js';

/**
 * Imports among texts by path: as the importing file names them, from where it is, else from the library folders, in
 * their order. Nothing outside the tree can be named: absolute paths and those that climb above it throw a Failure.
 */
export function virtualImporter(
  files: { readonly [path: string]: string },
  libraries: readonly string[] = [],
): Importer {
  return (from, path) => {
    const places = [posix.dirname(from), ...libraries].map((place) => posix.join(place, path));
    if (path.startsWith('/') || places.every((place) => place === '..' || place.startsWith('../'))) {
      throw new Failure(`${path} is outside the tree that files are imported from`, 'ImportFailed');
    }
    const found = places.find((place) => Object.hasOwn(files, place));
    return found === undefined ? undefined : fileAt(found, files[found] as string);
  };
}

function fileAt(path: string, text: string): ImportedFile {
  return { path, text: () => text, bytes: () => Buffer.from(text) };
}
