import { parseAddress } from './net-address.js';
import { bytesOf, escapePart, quoteBytes, UrlError, unescapePart } from './url-escape.js';

/** A URL or a relative reference as Go's package net/url holds it: texts of bytes, a character for each. */
export interface Url {
  readonly scheme: string;
  /** What follows the scheme where that is no path. */
  readonly opaque: string;
  /** Name and, where there is one, password. */
  readonly user: readonly string[] | undefined;
  /** With the port. */
  readonly host: string;
  readonly path: string;
  /** The path as it was written, where it would not be written so again. */
  readonly rawPath: string;
  readonly query: string;
  /** Whether a question mark stands at the end. */
  readonly isQueryEmpty: boolean;
  readonly fragment: string;
  readonly rawFragment: string;
  /** Whether the host is left out, although there is a scheme. */
  readonly isHostOmitted: boolean;
}

const EMPTY: Url = {
  scheme: '',
  opaque: '',
  user: undefined,
  host: '',
  path: '',
  rawPath: '',
  query: '',
  isQueryEmpty: false,
  fragment: '',
  rawFragment: '',
  isHostOmitted: false,
};
const SCHEME = /^([A-Za-z][A-Za-z0-9+\-.]*):/;
const CONTROL = /[\0-\x1f\x7f]/;
const PORT = /^(?::\d*)?$/;
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;

/** What stands before and after the first `separator`. */
export function cut(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)];
}

/** Go's `url.Parse`. Throws UrlError. */
export function parseUrl(text: string): Url {
  const bytes = bytesOf(text);
  const [rest, fragment] = cut(bytes, '#');
  const url = named(rest, () => parseRest(rest));
  return fragment === '' ? url : { ...url, ...named(bytes, () => fragmentOf(fragment)) };
}

function named<Result>(bytes: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof UrlError)) throw cause;
    throw new UrlError(`parse ${quoteBytes(bytes)}: ${cause.message}`, { cause });
  }
}

/** The path, and how it was written. */
export function pathOf(written: string): Pick<Url, 'path' | 'rawPath'> {
  const path = unescapePart(written, 'path');
  return { path, rawPath: escapePart(path, 'path') === written ? '' : written };
}

function fragmentOf(written: string): Pick<Url, 'fragment' | 'rawFragment'> {
  const fragment = unescapePart(written, 'fragment');
  return { fragment, rawFragment: escapePart(fragment, 'fragment') === written ? '' : written };
}

function parseRest(bytes: string): Url {
  if (CONTROL.test(bytes)) throw new UrlError('net/url: invalid control character in URL');
  if (bytes === '*') return { ...EMPTY, path: '*' };
  if (bytes.startsWith(':')) throw new UrlError('missing protocol scheme');
  const [prefix = '', name = ''] = SCHEME.exec(bytes) ?? [];
  const scheme = name.toLowerCase();
  const afterScheme = bytes.slice(prefix.length);
  const isQueryEmpty = afterScheme.indexOf('?') === afterScheme.length - 1 && afterScheme !== '';
  const [rest, query] = cut(afterScheme, '?');
  const url = { ...EMPTY, scheme, query, isQueryEmpty };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...url, opaque: rest };
    if (cut(rest, '/')[0].includes(':')) throw new UrlError('first path segment in URL cannot contain colon');
  }
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///')))
    return { ...url, isHostOmitted: scheme !== '', ...pathOf(rest) };
  const end = rest.indexOf('/', 2);
  const authority = end === -1 ? rest.slice(2) : rest.slice(2, end);
  return { ...url, ...authorityOf(scheme, authority), ...pathOf(end === -1 ? '' : rest.slice(end)) };
}

function authorityOf(scheme: string, authority: string): Pick<Url, 'user' | 'host'> {
  const at = authority.lastIndexOf('@');
  const host = hostOf(scheme, authority.slice(at + 1));
  if (at === -1) return { user: undefined, host };
  const user = authority.slice(0, at);
  if (!USER.test(user)) throw new UrlError('net/url: invalid userinfo');
  const parts = user.includes(':') ? cut(user, ':') : [user];
  return { user: parts.map((part) => unescapePart(part, 'user')), host };
}

function hostOf(scheme: string, host: string): string {
  const open = host.lastIndexOf('[');
  if (open > 0) throw new UrlError('invalid IP-literal');
  if (open === 0) return literalOf(host);
  const first = host.indexOf(':');
  // Several hosts in a row are an extension of databases; what is meant for HTTP must have none.
  const colon = scheme === 'http' || scheme === 'https' ? first : host.lastIndexOf(':');
  if (colon !== -1) checkPort(host.slice(colon));
  return unescapePart(host, 'host');
}

function checkPort(port: string): void {
  if (!PORT.test(port)) throw new UrlError(`invalid port ${quoteBytes(port)} after host`);
}

/** An IPv6 address in brackets, perhaps with a zone, and a port. */
function literalOf(host: string): string {
  const close = host.lastIndexOf(']');
  if (close === -1) throw new UrlError("missing ']' in host");
  const port = host.slice(close + 1);
  checkPort(port);
  const written = host.slice(1, close);
  const zoneAt = written.indexOf('%25');
  const address = unescapePart(zoneAt === -1 ? written : written.slice(0, zoneAt), 'host');
  const zone = zoneAt === -1 ? '' : unescapePart(written.slice(zoneAt), 'zone');
  checkAddress(address + zone);
  return `[${address}${zone}]${port}`;
}

function checkAddress(text: string): void {
  const [address, zone] = cut(text, '%');
  const isAddress = parseAddress(address) !== undefined && !(text.includes('%') && zone === '');
  if (!isAddress) throw new UrlError(`invalid host: ParseAddr(${quoteBytes(text)}): unable to parse IP`);
  if (!address.includes(':')) throw new UrlError('invalid IP-literal');
}

/** Host name, without the brackets of an address, and port. */
export function hostAndPort({ host }: Url): readonly [string, string] {
  const colon = host.lastIndexOf(':');
  const hasPort = colon !== -1 && PORT.test(host.slice(colon));
  const name = hasPort ? host.slice(0, colon) : host;
  const isLiteral = name.startsWith('[') && name.endsWith(']');
  return [isLiteral ? name.slice(1, -1) : name, hasPort ? host.slice(colon + 1) : ''];
}
