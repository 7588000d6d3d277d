import type { Environment } from '@marcbachmann/cel-js';

/** A URL that an expression holds, in the parts that Go's `url.ParseRequestURI` gives. */
class URLValue {
  readonly scheme: string;
  /** With the port. */
  readonly host: string;
  readonly path: string;
  readonly query: string;

  constructor(parts: {
    readonly scheme: string;
    readonly host: string;
    readonly path: string;
    readonly query: string;
  }) {
    this.scheme = parts.scheme;
    this.host = parts.host;
    this.path = parts.path;
    this.query = parts.query;
  }

  valueOf(): string {
    return `${this.scheme}://${this.host}${this.path}?${this.query}`;
  }
}

/** Registers Kubernetes' URL library: absolute URLs and absolute paths. */
export function registerURLs(environment: Environment): Environment {
  return environment
    .registerType('kubernetes.URL', URLValue)
    .registerOperator(
      'kubernetes.URL == kubernetes.URL',
      (left: URLValue, right: URLValue) => left.valueOf() === right.valueOf(),
    )
    .registerFunction('url(string): kubernetes.URL', (text: string) => {
      const url = parseURL(text);
      if (url === undefined) throw new Error('the text is no URL');
      return url;
    })
    .registerFunction('isURL(string): bool', (text: string) => parseURL(text) !== undefined)
    .registerFunction('kubernetes.URL.getScheme(): string', ({ scheme }: URLValue) => scheme)
    .registerFunction('kubernetes.URL.getHost(): string', ({ host }: URLValue) => host)
    .registerFunction('kubernetes.URL.getHostname(): string', ({ host }: URLValue) =>
      host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'),
    )
    .registerFunction('kubernetes.URL.getPort(): string', ({ host }: URLValue) => /:(\d+)$/.exec(host)?.[1] ?? '')
    .registerFunction('kubernetes.URL.getEscapedPath(): string', ({ path }: URLValue) => encodeURI(safeDecode(path)))
    .registerFunction('kubernetes.URL.getQuery(): map<string, list<string>>', ({ query }: URLValue) => {
      const values = new Map<string, string[]>();
      for (const [key, value] of new URLSearchParams(query)) values.set(key, [...(values.get(key) ?? []), value]);
      return values;
    });
}

function parseURL(text: string): URLValue | undefined {
  if (/[\u0000-\u001f\u007f]/.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const match = /^(?:([A-Za-z][-A-Za-z0-9+.]*):(?:\/\/([^/?]*))?|(?=\/))([^?]*)(?:\?(.*))?$/s.exec(text);
  if (match === null) return undefined;
  const [, scheme = '', authority = '', path = '', query = ''] = match;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!/^(\[[0-9a-fA-F:.%]+\]|[^ :[\]<>"\\^`{|}]*)(:\d*)?$/.test(host)) return undefined;
  return new URLValue({ scheme: scheme.toLowerCase(), host, path, query });
}

function safeDecode(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
