import { numberOf } from '#adapters/opa/rego-number.js';
import { type RegoEntry, RegoObject, RegoSet, type RegoValue } from '#adapters/opa/rego-value.js';

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;
const MAXIMAL_DEPTH = 2000;

/** Reads a value as `printValue` and `formatTerm` write it. Throws Error. */
export function parseValue(text: string): RegoValue {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  #at = 0;

  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): RegoValue {
    if (depth > MAXIMAL_DEPTH) throw new Error('the value nests too deep');
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
        return this.#word('set()', RegoSet.of([]));
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

  #unexpected(): Error {
    return new Error(`unexpected text at offset ${this.#at}`);
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
      throw new Error('a string is not well formed', { cause });
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
      if (this.#next() !== ':') {
        isSet = true;
        return [key, key];
      }
      this.#at += 1;
      return [key, this.value(depth)];
    });
    return isSet ? RegoSet.of(members.map(([key]) => key)) : RegoObject.of(members);
  }
}
