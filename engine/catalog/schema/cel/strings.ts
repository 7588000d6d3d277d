import type { Environment } from '@marcbachmann/cel-js';
import { keepRecent } from '#model/keep-recent.js';
import { compilePattern, type Pattern } from '../pattern.js';
import { formatScalar, formatText } from './format-text.js';

/**
 * Methods of the library that behave unlike Kubernetes', and the names that replace them in a syntax tree: `matches` is a
 * JavaScript RegExp there, `string` writes numbers otherwise, and the rest count UTF-16 units or change the case of all
 * of Unicode.
 */
export const renamedMethods: ReadonlyMap<string, string> = new Map([
  ['matches', 're2Matches'],
  ['lowerAscii', 'toLowerAscii'],
  ['upperAscii', 'toUpperAscii'],
  ['substring', 'codePointSubstring'],
  ['indexOf', 'codePointIndexOf'],
  ['lastIndexOf', 'codePointLastIndexOf'],
  ['string', 'formatScalar'],
]);

/** The methods whose first argument is a regular expression. */
export const patternMethods: ReadonlySet<string> = new Set(['matches', 're2Matches', 'find', 'findAll']);

/** Methods of the library that Kubernetes does not have. */
export const foreignMethods: ReadonlySet<string> = new Set(['at', 'base64', 'bind', 'hex', 'json', 'string']);

const SCALAR_TYPES = [
  'string',
  'bool',
  'int',
  'uint',
  'double',
  'bytes',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
];
const MAXIMUM_PATTERNS = 256;

/** Registers Kubernetes' regex library and the strings extension of cel-go. */
export function registerStrings(environment: Environment): Environment {
  const pattern = patternCache();
  for (const type of SCALAR_TYPES) environment.registerFunction(`formatScalar(${type}): string`, formatScalar);
  return environment
    .registerFunction('string.re2Matches(string): bool', (text: string, source: string) =>
      pattern(source).matches(text),
    )
    .registerFunction('re2Matches(string, string): bool', (text: string, source: string) =>
      pattern(source).matches(text),
    )
    .registerFunction(
      'string.find(string): string',
      (text: string, source: string) => pattern(source).findAll(text, 1)[0] ?? '',
    )
    .registerFunction('string.findAll(string): list<string>', (text: string, source: string) =>
      pattern(source).findAll(text, Number.POSITIVE_INFINITY),
    )
    .registerFunction('string.findAll(string, int): list<string>', (text: string, source: string, limit: bigint) => {
      return pattern(source).findAll(text, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit));
    })
    .registerFunction('string.toLowerAscii(): string', (text: string) =>
      text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    )
    .registerFunction('string.toUpperAscii(): string', (text: string) =>
      text.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
    )
    .registerFunction('string.charAt(int): string', (text: string, index: bigint) =>
      slice(text, index, index + 1n, true),
    )
    .registerFunction('string.codePointSubstring(int): string', (text: string, start: bigint) => slice(text, start))
    .registerFunction('string.codePointSubstring(int, int): string', (text: string, start: bigint, end: bigint) =>
      slice(text, start, end),
    )
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction('string.replace(string, string, int): string', replaceSome)
    .registerFunction('string.codePointIndexOf(string): int', (text: string, part: string) =>
      position(text, text.indexOf(part)),
    )
    .registerFunction('string.codePointIndexOf(string, int): int', (text: string, part: string, start: bigint) => {
      return position(text, text.indexOf(part, slice(text, 0n, start).length));
    })
    .registerFunction('string.codePointLastIndexOf(string): int', (text: string, part: string) =>
      position(text, text.lastIndexOf(part)),
    )
    .registerFunction('string.codePointLastIndexOf(string, int): int', (text: string, part: string, end: bigint) => {
      return position(text, text.lastIndexOf(part, slice(text, 0n, end).length));
    })
    .registerFunction('string.format(list<dyn>): string', formatText)
    .registerType('StringsNamespace', StringsNamespace)
    .registerConstant('strings', 'StringsNamespace', new StringsNamespace())
    .registerFunction('StringsNamespace.quote(string): string', (_strings: unknown, text: string) =>
      JSON.stringify(text),
    );
}

/** Compiled patterns that expressions build while they run; the oldest go first. */
function patternCache(): (source: string) => Pattern {
  const patterns = new Map<string, Pattern>();
  return (source) => {
    const known = patterns.get(source);
    if (known !== undefined) return known;
    const compiled = compilePattern(source);
    keepRecent(patterns, source, compiled, MAXIMUM_PATTERNS);
    return compiled;
  };
}

/** What the name `strings` stands for. */
class StringsNamespace {}

/** The position in code points of a position in UTF-16 units; -1 stays. */
function position(text: string, units: number): bigint {
  return units < 0 ? -1n : BigInt([...text.slice(0, units)].length);
}

function slice(text: string, start: bigint, end?: bigint, allowEnd = false): string {
  const characters = [...text];
  const length = BigInt(characters.length);
  const last = end ?? length;
  if (start < 0n || start > last || (last > length && !(allowEnd && start === length)))
    throw new Error(`index out of range: ${start}`);
  return characters.slice(Number(start), Number(last)).join('');
}

function replaceSome(text: string, from: string, to: string, limit: bigint): string {
  if (limit < 0n) return text.replaceAll(from, () => to);
  let left = Number(limit);
  return text.replaceAll(from, (match) => (left-- > 0 ? to : match));
}
