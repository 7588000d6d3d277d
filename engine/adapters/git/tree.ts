import { EdictError } from '#errors/edict-error.js';

/** The files of one commit. */
export interface Tree {
  /** Blob id of every regular file, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Mode of whatever is not a plain file: executables, symbolic links, submodules. */
  readonly modes: ReadonlyMap<string, string>;
}

const PLAIN = '100644';
const EXECUTABLE = '100755';

/** The tree of a branch that does not exist. */
export const emptyTree: Tree = { files: new Map(), modes: new Map() };

/** Reads the output of `git ls-tree -r -z --full-tree`. Paths that are not UTF-8 cannot be named and are left out. */
export function parseTree(output: Buffer): Tree {
  const files = new Map<string, string>();
  const modes = new Map<string, string>();
  for (const entry of output.toString('utf8').split('\0')) {
    const tab = entry.indexOf('\t');
    const path = entry.slice(tab + 1);
    if (tab < 0 || path.includes('\ufffd')) continue;
    const [mode = '', , id = ''] = entry.slice(0, tab).split(' ');
    if (mode === PLAIN || mode === EXECUTABLE) files.set(path, id);
    if (mode !== PLAIN) modes.set(path, mode);
  }
  return { files, modes };
}

/** The mode with which the file at `path` is written: an executable stays one. */
export function modeOf(tree: Tree, path: string): string {
  return tree.modes.get(path) === EXECUTABLE ? EXECUTABLE : PLAIN;
}

/** The tree after `changes`: a blob id sets a file, undefined removes it. */
export function changeTree(tree: Tree, changes: ReadonlyMap<string, string | undefined>): Tree {
  const files = new Map(tree.files);
  const modes = new Map(tree.modes);
  for (const [path, id] of changes) {
    if (modeOf(tree, path) === PLAIN || id === undefined) modes.delete(path);
    if (id === undefined) files.delete(path);
    else files.set(path, id);
  }
  return { files, modes };
}

/**
 * Throws PathTaken where `changes` would put a file below a file or in the place of a folder: Git would silently drop
 * what was there.
 */
export function assertNoFolderReplaced(tree: Tree, changes: ReadonlyMap<string, string | undefined>): void {
  const exists = (path: string): boolean => {
    if (changes.has(path)) return changes.get(path) !== undefined;
    return tree.files.has(path) || tree.modes.has(path);
  };
  const added = [...changes].flatMap(([path, id]) => (id !== undefined && !tree.files.has(path) ? [path] : []));
  if (added.length === 0) return;
  const folders = new Set(
    [...tree.files.keys(), ...tree.modes.keys(), ...changes.keys()].filter(exists).flatMap(foldersOf),
  );
  for (const path of added) {
    const file = foldersOf(path).find(exists);
    if (file !== undefined) throw pathTaken(path, `${file} is a file`);
    if (folders.has(path)) throw pathTaken(path, 'it is a folder');
  }
}

/** Every folder above `path`. */
function foldersOf(path: string): readonly string[] {
  const folders: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    folders.push(path.slice(0, slash));
  return folders;
}

function pathTaken(path: string, why: string): EdictError {
  return new EdictError({
    code: 'PathTaken',
    message: `${path} cannot be written: ${why} in the repository.`,
    location: { path },
    fragment: path,
    remedy: 'Choose another path, or remove what stands in its way.',
  });
}
