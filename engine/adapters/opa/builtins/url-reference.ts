import { escapePart, isKept, textOf, UrlError, unescapePart } from './url-escape.js';
import { cut, parseUrl, pathOf, type Url } from './url-parse.js';

/** A path or fragment as it was written, where that stands for it, and else escaped anew. */
function written(value: string, raw: string, part: 'path' | 'fragment'): string {
  if (raw !== '' && isKept(raw, part) && unescapePart(raw, part) === value) return raw;
  return escapePart(value, part);
}

function escapedPath(url: Url): string {
  return url.path === '*' ? '*' : written(url.path, url.rawPath, 'path');
}

function authorityText({ host, user, path, scheme, isHostOmitted }: Url): string {
  if (scheme === '' && host === '' && user === undefined) return '';
  if (isHostOmitted && host === '' && user === undefined) return '';
  const name = user === undefined ? '' : `${user.map((part) => escapePart(part, 'user')).join(':')}@`;
  const start = host !== '' || path !== '' || user !== undefined ? '//' : '';
  return start + name + escapePart(host, 'host');
}

function placeText(url: Url): string {
  if (url.opaque !== '') return url.opaque;
  const authority = authorityText(url);
  const path = escapedPath(url);
  if (path !== '' && !path.startsWith('/') && url.host !== '') return `${authority}/${path}`;
  const looksLikeScheme = url.scheme === '' && authority === '' && cut(path, '/')[0].includes(':');
  return authority + (looksLikeScheme ? './' : '') + path;
}

/** Go's `URL.String`. */
export function urlText(url: Url): string {
  const scheme = url.scheme === '' ? '' : `${url.scheme}:`;
  const query = url.isQueryEmpty || url.query !== '' ? `?${url.query}` : '';
  const fragment = url.fragment === '' ? '' : `#${written(url.fragment, url.rawFragment, 'fragment')}`;
  return textOf(scheme + placeText(url) + query + fragment);
}

/** A path without `.` and `..`, read from where the base ends. */
function resolvedPath(base: string, reference: string): string {
  let full = reference === '' ? base : base.slice(0, base.lastIndexOf('/') + 1) + reference;
  if (reference.startsWith('/')) full = reference;
  if (full === '') return '';
  const segments = full.split('/');
  let path = '/';
  let isFirst = true;
  for (const segment of segments) {
    if (segment === '..') {
      const parent = path.lastIndexOf('/');
      path = parent < 1 ? '/' : path.slice(0, parent);
      isFirst = path.length === 1;
      continue;
    }
    if (segment !== '.') path += isFirst ? segment : `/${segment}`;
    isFirst = false;
  }
  if (segments.at(-1) === '.' || segments.at(-1) === '..') path += '/';
  return path.startsWith('//') ? path.slice(1) : path;
}

/** Go's `URL.ResolveReference`. */
function resolved(base: Url, reference: Url): Url {
  const scheme = reference.scheme || base.scheme;
  if (reference.scheme !== '' || reference.host !== '' || reference.user !== undefined)
    return { ...reference, scheme, ...pathOf(resolvedPath(escapedPath(reference), '')) };
  const noPlace = { user: undefined, host: '', path: '' } as const;
  if (reference.opaque !== '') return { ...reference, scheme, ...noPlace };
  const isBare = reference.path === '' && !reference.isQueryEmpty && reference.query === '';
  const url = { ...reference, scheme, query: isBare ? base.query : reference.query };
  if (reference.path === '' && base.opaque !== '') return { ...url, opaque: base.opaque, ...noPlace };
  const { host, user } = base;
  return { ...url, host, user, ...pathOf(resolvedPath(escapedPath(base), escapedPath(reference))) };
}

/** What a reference within a document at `base` refers to; undefined where it is none. The fragment of the base is no part. */
export function inherited(base: Url, reference: string): Url | undefined {
  try {
    return parseUrl(urlText(resolved({ ...base, fragment: '', rawFragment: '' }, parseUrl(reference))));
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    return undefined;
  }
}
