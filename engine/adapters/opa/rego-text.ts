import { numberText } from './rego-number.js';
import { isRegoArray, isRegoNumber, RegoSet, type RegoValue } from './rego-value.js';

/** Writes a value for `opa_value_parse`: JSON, and sets as `{1,2}` and `set()`, and keys of any type. */
export function printValue(value: RegoValue): string {
  return print(value, { separator: ',', colon: ':', quote: JSON.stringify });
}

/** Writes a value as OPA prints terms, which is what `%v` of a composite value gives: `{"a": [1, 2]}`. */
export function formatTerm(value: RegoValue): string {
  return print(value, { separator: ', ', colon: ': ', quote: quoteAsGo });
}

interface Notation {
  readonly separator: string;
  readonly colon: string;
  readonly quote: (text: string) => string;
}

function print(value: RegoValue, notation: Notation): string {
  if (typeof value === 'string') return notation.quote(value);
  if (isRegoNumber(value)) return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isRegoArray(value)) return `[${value.map((item) => print(item, notation)).join(notation.separator)}]`;
  if (value instanceof RegoSet) {
    if (value.items.length === 0) return 'set()';
    return `{${value.items.map((item) => print(item, notation)).join(notation.separator)}}`;
  }
  const entries = value.entries.map(([key, item]) => print(key, notation) + notation.colon + print(item, notation));
  return `{${entries.join(notation.separator)}}`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};
/** What Go's strconv.IsPrint refuses, apart from the plain space. */
const UNPRINTABLE = /[\p{C}\p{Z}]/u;

/** A string literal as Go's `strconv.Quote` writes it; with `ascii`, as `strconv.QuoteToASCII`. */
export function quoteAsGo(text: string, ascii = false): string {
  let quoted = '"';
  for (const character of text) quoted += escapeAsGo(character, { quote: '"', ascii });
  return `${quoted}"`;
}

/** One code point as it stands in a Go literal between `quote`s. */
export function escapeAsGo(
  character: string,
  { quote, ascii }: { readonly quote: string; readonly ascii: boolean },
): string {
  const point = character.codePointAt(0)!;
  if (character === quote || character === '\\') return `\\${character}`;
  if (point >= 0x20 && point < 0x7f) return character;
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  if (!ascii && !UNPRINTABLE.test(character)) return character;
  if (point < 0x20 || point === 0x7f) return `\\x${point.toString(16).padStart(2, '0')}`;
  if (point >= 0xd800 && point <= 0xdfff) return ascii ? '\\ufffd' : '\ufffd';
  return point < 0x10000 ? `\\u${point.toString(16).padStart(4, '0')}` : `\\U${point.toString(16).padStart(8, '0')}`;
}
