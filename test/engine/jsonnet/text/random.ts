import type { Plain } from '#jsonnet/text/plain.js';

/** A repeatable source of odd values. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  list<Item>(longest: number, make: () => Item): Item[] {
    return Array.from({ length: this.below(longest + 1) }, make);
  }

  /** Integers, fractions, ties, all magnitudes, both signs. */
  number(): number {
    const sign = this.next() < 0.3 ? -1 : 1;
    switch (this.below(8)) {
      case 0:
        return sign * this.below(1000);
      case 1:
        return sign * (this.below(2 ** 30) / 2 ** this.below(60));
      case 2:
        return (sign * Math.round(this.next() * 1e6)) / 10 ** this.below(12);
      case 3:
        return sign * (2 ** 50 + this.below(2 ** 30) / 8);
      case 4:
        return sign * 10 ** (this.below(600) - 300) * this.next();
      case 5:
        return sign * Math.floor(this.next() * 2 ** 53) * 2 ** this.below(100);
      case 6:
        return sign * this.next();
      default:
        return this.pick([0, -0, 1e21, 1e300, 5e-324, 1.7976931348623157e308, 1e-5, 0.0001, 123456789012345680, 1e15]);
    }
  }

  /** Texts with what escapes, separates, and needs two units. */
  text(longest = 8): string {
    return this.list(longest, () => this.pick(CHARACTERS)).join('');
  }

  word(): string {
    return this.next() < 0.5 ? this.pick(WORDS) : this.text(4);
  }

  plain(depth: number): Plain {
    switch (this.below(depth > 0 ? 8 : 5)) {
      case 0:
        return this.pick([true, false]);
      case 1:
        return this.number();
      case 2:
        return this.text();
      case 3:
        return this.word();
      case 4:
        return null;
      case 5:
        return this.list(4, () => this.plain(depth - 1));
      default:
        return this.object(depth);
    }
  }

  object(depth: number): { [key: string]: Plain } {
    return Object.fromEntries(this.list(4, (): [string, Plain] => [this.word(), this.plain(depth - 1)]));
  }
}

/** A Jsonnet expression for a plain value: JSON, but for negative zero. */
export function literal(value: Plain): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, field]) => `${JSON.stringify(key)}: ${literal(field as Plain)}`)
    .join(', ')}}`;
}

const CHARACTERS = [
  ...'abzAZ019 _-.,:;#%$&<>\'"\\/|=!?*@`~^(){}[]+',
  ...'\n\n\r\t\b\f\u0000\u0001\u001f\u007f\u0080\u0085\u009f\u00a0\u00e9\u00df',
  ...'\u2028\u2029\u200b\ufeff\ufffd\ue000\uffff\u0130\u017f\u212a\u03c3',
  '\u{1f600}',
  '\u{10ffff}',
  '\n\n',
];

const WORDS = [
  ...['true', 'FALSE', 'yes', 'No', 'on', 'off', 'y', 'N', 'null', 'Null', '~', '.nan', '.inf', '-.inf', '+.Inf'],
  ...['-', '---', '--', "''", '.', '..', '_', '/', 'a-b', 'a.b', 'a/b', '1-2-3', '--', '2020-01-01', '1-1', '-1-'],
  ...['0b01', '-0b1_', '0x1f', 'a0x1', '0xg', '0o7', '0o17', '1', '-1', '01', '1_000', '1.5', '.5', '5.', '1e5', '1e'],
  ...[
    '1e999',
    '-1e-999',
    'inf',
    'Infinity',
    '-inf',
    'nan',
    'NaN',
    '0x1p4',
    '0x_1',
    '1_0.5',
    'e1',
    '123456789012345678901',
  ],
  ...['', 'a', 'b', 'key', 'a b', 'a\n', 'line\nline\n', '\n', 'x: y', '- x', '# no', '__proto__', 'constructor', 'é'],
];
