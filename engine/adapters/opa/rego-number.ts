/**
 * A number whose decimal text JavaScript would change, such as `1.0`, `1e3` or an integer beyond 2^53.
 * OPA keeps numbers as text; numbers that survive the way through a double are plain `number`s here.
 */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A number of Rego. */
export type RegoNumber = number | ExactNumber;

/** The decimal number `digits * 10^exponent`. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Beyond this exponent numbers are compared and computed with as doubles: 10^308 is the end of those anyway. */
const LARGEST_EXPONENT = 5000;

/** The number that a decimal text stands for. */
export function numberOf(text: string): RegoNumber {
  const value = Number(text);
  return String(value) === text ? value : new ExactNumber(text);
}

/** The text that OPA keeps for a number. */
export function numberText(value: RegoNumber): string {
  return typeof value === 'number' ? String(value) : value.text;
}

/** The nearest double. */
export function doubleOf(value: RegoNumber): number {
  return typeof value === 'number' ? value : Number(value.text);
}

/** Exact decimal of `text`; undefined where it is none or its exponent is beyond any use. */
export function decimalOf(text: string): Decimal | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const exponent = Number(power) - fraction.length;
  if (whole + fraction === '' || Math.abs(exponent) > LARGEST_EXPONENT) return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: sign === '-' ? -digits : digits, exponent };
}

/** The value as an integer, where it is one, however it is written; the integer test of OPA's arithmetic. */
export function integerOf(value: RegoNumber): bigint | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  const decimal = decimalOf(value.text);
  if (decimal === undefined) return undefined;
  if (decimal.exponent >= 0) return decimal.digits * 10n ** BigInt(decimal.exponent);
  const scale = 10n ** BigInt(-decimal.exponent);
  return decimal.digits % scale === 0n ? decimal.digits / scale : undefined;
}

/** The number that an integer is. */
export function numberOfInteger(value: bigint): RegoNumber {
  return numberOf(value.toString());
}

/** Negative, zero or positive as `left` is less than, equal to or greater than `right`, exactly. */
export function compareNumbers(left: RegoNumber, right: RegoNumber): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [first, second] = [decimalOf(numberText(left)), decimalOf(numberText(right))];
  if (first === undefined || second === undefined) return doubleOf(left) - doubleOf(right);
  const exponent = Math.min(first.exponent, second.exponent);
  const difference =
    first.digits * 10n ** BigInt(first.exponent - exponent) - second.digits * 10n ** BigInt(second.exponent - exponent);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}
