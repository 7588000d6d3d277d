import { RegoObject, type RegoValue } from '../rego-value.js';
import { BuiltinError, type Builtins, textAt } from './builtin.js';
import { textOf, UrlError } from './url-escape.js';
import { hostAndPort, parseUrl, type Url } from './url-parse.js';

function parsed(text: string, spend: (steps: number) => void): Url | undefined {
  spend(text.length);
  try {
    return parseUrl(text);
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    return undefined;
  }
}

function componentsOf(url: Url): RegoValue {
  const [hostname, port] = hostAndPort(url);
  const components = {
    scheme: url.scheme,
    hostname,
    port,
    path: url.path,
    raw_path: url.rawPath || url.path,
    raw_query: url.query,
    fragment: url.fragment,
  };
  const present = Object.entries(components).filter(([, value]) => value !== '');
  return RegoObject.of(present.map(([name, value]) => [name, textOf(value)]));
}

/** @see v1/topdown/uri.go of OPA 1.22 */
export const uriBuiltins: Builtins = {
  'uri.parse': (operands, { spend }) => {
    const url = parsed(textAt(operands, 0), spend);
    if (url === undefined) throw new BuiltinError('the text is not a URI');
    return componentsOf(url);
  },
  'uri.is_valid': ([text], { spend }) => typeof text === 'string' && text !== '' && parsed(text, spend) !== undefined,
};
