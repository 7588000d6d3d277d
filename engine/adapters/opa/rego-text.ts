import { numberOf, numberText } from './rego-number.js';
import { isRegoArray, isRegoNumber, type RegoEntry, RegoObject, RegoSet, type RegoValue } from './rego-value.js';

/** Text that is no value of Rego, or no JSON. */
export class RegoTextError extends Error {}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;
const MAXIMAL_DEPTH = 2000;

/**
 * Reads a value as `opa_value_dump` writes it: JSON, and sets as `{1, 2}` and `set()`, and keys of any type.
 * With `sets: false` it reads JSON alone, keeping the text of numbers. Throws RegoTextError.
 */
export function parseValue(text: string, { sets = true }: { readonly sets?: boolean } = {}): RegoValue {
  const parser = new Parser(text, sets);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  #at = 0;

  readonly text: string;
  readonly sets: boolean;

  constructor(text: string, sets: boolean) {
    this.text = text;
    this.sets = sets;
  }

  value(depth: number): RegoValue {
    if (depth > MAXIMAL_DEPTH) throw new RegoTextError('the value nests too deep');
    switch (this.#next()) {
      case '"':
        return this.#string();
      case '[':
        return this.#list(']', () => this.value(depth + 1));
      case '{':
        return this.#braces(depth + 1);
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      case 's':
        if (this.sets) return this.#word('set()', RegoSet.of([]));
        throw this.#unexpected();
      default:
        return this.#number();
    }
  }

  end(): void {
    if (this.#next() !== undefined) throw this.#unexpected();
  }

  #next(): string | undefined {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.text);
    this.#at = SPACE.lastIndex;
    return this.text[this.#at];
  }

  #unexpected(): RegoTextError {
    return new RegoTextError(`unexpected text at offset ${this.#at}`);
  }

  #word<Value>(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.#at)) throw this.#unexpected();
    this.#at += word.length;
    return value;
  }

  #number(): RegoValue {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.text);
    if (match === null) throw this.#unexpected();
    this.#at = NUMBER.lastIndex;
    return numberOf(match[0]);
  }

  #string(): string {
    let end = this.text.indexOf('"', this.#at + 1);
    while (end !== -1 && this.#escaped(end)) end = this.text.indexOf('"', end + 1);
    if (end === -1) throw this.#unexpected();
    const literal = this.text.slice(this.#at, end + 1);
    this.#at = end + 1;
    try {
      return JSON.parse(literal) as string;
    } catch (cause) {
      throw new RegoTextError('a string is not well formed', { cause });
    }
  }

  #escaped(quote: number): boolean {
    let slashes = 0;
    while (this.text[quote - slashes - 1] === '\\') slashes += 1;
    return slashes % 2 === 1;
  }

  #list<Item>(close: string, item: () => Item): Item[] {
    this.#at += 1;
    const items: Item[] = [];
    if (this.#next() === close) {
      this.#at += 1;
      return items;
    }
    for (;;) {
      items.push(item());
      const separator = this.#next();
      this.#at += 1;
      if (separator === close) return items;
      if (separator !== ',') throw this.#unexpected();
    }
  }

  #braces(depth: number): RegoValue {
    let isSet = false;
    const members = this.#list('}', (): RegoEntry => {
      const key = this.value(depth);
      if (!this.sets && typeof key !== 'string') throw this.#unexpected();
      if (this.#next() !== ':') {
        if (!this.sets) throw this.#unexpected();
        isSet = true;
        return [key, key];
      }
      this.#at += 1;
      return [key, this.value(depth)];
    });
    return isSet ? RegoSet.of(members.map(([key]) => key)) : RegoObject.of(members);
  }
}

/** Writes a value for `opa_value_parse`, which is also the inverse of `parseValue`. */
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
