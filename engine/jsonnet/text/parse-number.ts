import { fail } from '../failure.js';

const LARGEST = 2n ** 63n - 1n;
const ZERO = 48;
const UPPER_A = 65;
const LOWER_A = 97;

/** std.parseInt: an integer of 64 bits, rounded to a number. */
export function parseInteger(text: string): number {
  const value = /^[-+]?[0-9]+$/.test(text) ? BigInt(text.replace('+', '')) : LARGEST + 1n;
  return value > LARGEST || value < -LARGEST - 1n ? fail(`${text} is not a base 10 integer`) : Number(value);
}

/** std.parseOctal. */
export function parseOctal(text: string): number {
  return text === '' ? fail('Not an octal number: ""') : parseNatural(text, 8);
}

/** std.parseHex. */
export function parseHexadecimal(text: string): number {
  return text === '' ? fail('Not hexadecimal: ""') : parseNatural(text, 16);
}

/** The reference tells digits by their distance from 0, A and a, so that it takes `:` for ten. */
function parseNatural(text: string, base: number): number {
  let value = 0;
  for (const character of text) {
    const digit = digitOf(character.codePointAt(0) ?? 0);
    if (digit < 0 || digit >= base) fail(`${text} is not a base ${base} integer`);
    value = base * value + digit;
  }
  return Number.isFinite(value) ? value : fail('Overflow');
}

function digitOf(code: number): number {
  if (code >= LOWER_A) return code - LOWER_A + 10;
  return code >= UPPER_A ? code - UPPER_A + 10 : code - ZERO;
}
