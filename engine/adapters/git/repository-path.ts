import { EdictError } from '#errors/edict-error.js';

/**
 * Folder of the bare repository for `url`, relative to the root of all: `<host[_port]>/<path>.git`. User, scheme and a
 * trailing `.git` make no difference. Throws PathForbidden for a URL with `..`, empty or `.git` segments.
 */
export function repositoryFolder(url: string): string {
  const { host, path } = splitUrl(url);
  const segments = path
    .replace(/\/$/, '')
    .replace(/\.git$/i, '')
    .split('/');
  for (const [index, segment] of segments.entries()) {
    const inner = index < segments.length - 1 && /\.git$/i.test(segment);
    if (segment === '' || /^\.+$/.test(segment) || isGitName(segment) || inner) throw repositoryForbidden(url, segment);
  }
  return [encodeSegment(host), ...segments.map(encodeSegment)].join('/').concat('.git');
}

/**
 * Throws PathForbidden unless `path` names a file inside a work tree: relative, no empty, `.` or `..` segment,
 * no control character, and no segment that Git on any system takes for `.git`.
 */
export function assertFilePath(path: string): void {
  const problem = problemOf(path);
  if (problem === undefined) return;
  throw new EdictError({
    code: 'PathForbidden',
    message: `The path ${JSON.stringify(path)} ${problem}.`,
    location: { path },
    fragment: path,
    remedy: 'Name a file inside the repository.',
  });
}

/** Throws PathForbidden unless `branch` is a plain branch name (git check-ref-format, without its exotic characters). */
export function assertBranch(branch: string): void {
  const plain = /^[A-Za-z0-9_][\w.+@-]*(\/[A-Za-z0-9_][\w.+@-]*)*$/.test(branch);
  if (plain && !/\.\.|\.(\/|$)|\.lock(\/|$)/.test(branch)) return;
  throw new EdictError({
    code: 'PathForbidden',
    message: `${JSON.stringify(branch)} is not a branch name that Edict accepts.`,
    location: {},
    fragment: branch,
    remedy: 'Use letters, digits, dots, dashes and slashes.',
  });
}

function problemOf(path: string): string | undefined {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute';
  if (/\p{Cc}|\p{Surrogate}|\\/u.test(path)) return 'holds a control character, a backslash or a broken character';
  for (const segment of path.split('/')) {
    if (segment === '') return 'has an empty segment';
    if (segment === '.' || segment === '..') return 'has a segment of dots';
    if (isGitName(segment)) return 'names what Git owns';
  }
  return undefined;
}

/**
 * Whether a file system may take `segment` for `.git`: other case, NTFS short names and streams, trailing dots and
 * spaces, characters that HFS+ ignores (git's own verify_path, CVE-2014-9390 and CVE-2019-1352).
 */
function isGitName(segment: string): boolean {
  const plain = segment
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
  return plain === '.git' || /^git~\d+$/.test(plain);
}

function splitUrl(url: string): { host: string; path: string } {
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(url);
  if (scp?.[1] !== undefined && scp[2] !== undefined)
    return { host: scp[1].toLowerCase(), path: scp[2].replace(/^\//, '') };
  const match = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/]*@)?([^/]*)\/([^?#]*)$/i.exec(url);
  if (match === null) throw repositoryForbidden(url, url);
  const [, , host = '', path = ''] = match;
  return { host: host === '' ? 'localhost' : host.toLowerCase().replace(':', '_'), path };
}

/** A segment as a file name: everything but letters, digits, dot, dash and underscore becomes `%XX`. */
function encodeSegment(segment: string): string {
  return Array.from(Buffer.from(segment), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

function repositoryForbidden(url: string, fragment: string): EdictError {
  const shown = url.replace(/\/\/[^@/]*@/, '//');
  return new EdictError({
    code: 'PathForbidden',
    message: `${JSON.stringify(shown)} is not a repository URL that Edict accepts.`,
    location: {},
    fragment: fragment === url ? shown : fragment,
    remedy: 'Use a URL such as https://host/owner/repository, without empty, dotted or .git segments.',
  });
}
