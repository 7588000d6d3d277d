import { fail } from '../failure.js';

/** What a directive does with its value; `i` and `u` are `d`, and capitals are told apart by `capitals`. */
type Conversion = 'd' | 'o' | 'x' | 'e' | 'f' | 'g' | 'c' | 's' | '%';

/** One `%` directive. */
export interface Directive {
  readonly conversion: Conversion;
  readonly capitals: boolean;
  /** The name of a field, from `%(name)s`. */
  readonly key: string | undefined;
  readonly alternative: boolean;
  readonly zero: boolean;
  readonly left: boolean;
  readonly blank: boolean;
  readonly plus: boolean;
  readonly width: number | '*';
  readonly precision: number | '*' | undefined;
}

/** A parsed format: literal texts and directives in order. */
export type Format = readonly (string | Directive)[];

const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map([
  ...['d', 'i', 'u'].map((letter): [string, Conversion] => [letter, 'd']),
  ...(['o', 'x', 'e', 'f', 'g', 'c', 's', '%'] as const).map((letter): [string, Conversion] => [letter, letter]),
  ...(['x', 'e', 'f', 'g'] as const).map((letter): [string, Conversion] => [letter.toUpperCase(), letter]),
]);

const DIRECTIVE = /%(?:\(([^)]*)\))?([#0\- +]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?/y;

/** Reads the format language of std.format. */
export function parseFormat(text: string): Format {
  const parts: (string | Directive)[] = [];
  let end = 0;
  for (let start = text.indexOf('%'); start >= 0; start = text.indexOf('%', end)) {
    if (start > end) parts.push(text.slice(end, start));
    DIRECTIVE.lastIndex = start;
    const match = DIRECTIVE.exec(text) ?? fail('Truncated format code.');
    const letter = String.fromCodePoint(text.codePointAt(DIRECTIVE.lastIndex) ?? fail('Truncated format code.'));
    end = DIRECTIVE.lastIndex + letter.length;
    parts.push(directive(match, letter, text));
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

function directive(match: RegExpExecArray, letter: string, text: string): Directive {
  const [, key, flags = '', width = '', precision] = match;
  // A parenthesis that is never closed is not taken for a letter.
  if (letter === '(' && text.indexOf('%(', match.index) === match.index) fail('Truncated format code.');
  return {
    conversion: CONVERSIONS.get(letter) ?? fail(`Unrecognised conversion type: ${letter}`),
    capitals: letter >= 'A' && letter <= 'Z',
    key,
    alternative: flags.includes('#'),
    zero: flags.includes('0'),
    left: flags.includes('-'),
    blank: flags.includes(' '),
    plus: flags.includes('+'),
    width: extent(width),
    precision: precision === undefined ? undefined : extent(precision),
  };
}

function extent(digits: string): number | '*' {
  if (digits === '*') return digits;
  const value = Number(digits);
  return Number.isFinite(value) ? value : fail('Overflow');
}
