import { decimalOf, numberText, type RegoNumber } from '../rego-number.js';
import { type Digits, formatDigits, rounded } from './format-float.js';

/** Bits that Go's `big.Float` has at least, and the digits that so many bits always tell apart. */
const [LEAST_BITS, EXACT_DIGITS] = [64, 18];

/** A number `mantissa * 2^exponent`. */
interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function greatestDivisor(first: bigint, second: bigint): bigint {
  let [left, right] = [first, second];
  while (right !== 0n) [left, right] = [right, left % right];
  return left;
}

/** With just so many bits: an integer may have fewer, and rounding may bring one more. */
function normalized({ mantissa, exponent }: Binary, bits: number): Binary {
  const missing = bits - bitLength(mantissa);
  if (missing < 0) return { mantissa: mantissa >> BigInt(-missing), exponent: exponent - missing };
  return { mantissa: mantissa << BigInt(missing), exponent: exponent - missing };
}

/** Go's `Float.SetRat`: as many bits as the longer part of the fraction has, the last one rounded half to even. */
function nearest(numerator: bigint, denominator: bigint): Binary {
  const divisor = greatestDivisor(numerator, denominator);
  const [over, under] = [numerator / divisor, denominator / divisor];
  if (under === 1n) return normalized({ mantissa: over, exponent: 0 }, Math.max(LEAST_BITS, bitLength(over)));
  const bits = Math.max(LEAST_BITS, bitLength(over), bitLength(under));
  // The quotient gets two bits more than are kept, and one that tells whether anything is left.
  const shift = bits + 2 + bitLength(under) - bitLength(over);
  const scaled = shift < 0 ? [over, under << BigInt(-shift)] : [over << BigInt(shift), under];
  const quotient = ((scaled[0]! / scaled[1]!) << 1n) | (scaled[0]! % scaled[1]! === 0n ? 0n : 1n);
  const extra = BigInt(bitLength(quotient) - bits);
  const rest = quotient & ((1n << extra) - 1n);
  const half = 1n << (extra - 1n);
  const kept = quotient >> extra;
  const isUp = rest > half || (rest === half && (kept & 1n) === 1n);
  return normalized({ mantissa: isUp ? kept + 1n : kept, exponent: Number(extra) - shift - 1 }, bits);
}

function digitsOf({ mantissa, exponent }: Binary): Digits {
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const text = scaled.toString();
  return { digits: text.replace(/0+$/, ''), point: text.length + Math.min(exponent, 0) };
}

/** Whether digits are nearer to a number than half of its last bit. */
function isWithin({ digits, point }: Digits, { mantissa, exponent }: Binary): boolean {
  const power = point - digits.length;
  let [candidate, value, half] = [BigInt(digits) * 2n, mantissa * 2n, 1n];
  if (power >= 0) candidate *= 10n ** BigInt(power);
  else [value, half] = [value * 10n ** BigInt(-power), half * 10n ** BigInt(-power)];
  if (exponent >= 0) [value, half] = [value << BigInt(exponent), half << BigInt(exponent)];
  else candidate <<= BigInt(-exponent);
  const distance = candidate > value ? candidate - value : value - candidate;
  return distance < half || (distance === half && (mantissa & 1n) === 0n);
}

function shortest(binary: Binary): Digits {
  const exact = digitsOf(binary);
  let [low, high] = [1, exact.digits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isWithin(rounded(exact, middle), binary)) high = middle;
    else low = middle + 1;
  }
  return rounded(exact, low);
}

/** A number as Go shows a `big.Float` of it. */
export function bigFloatText(value: RegoNumber): string {
  const decimal = decimalOf(numberText(value));
  if (decimal === undefined || decimal.digits === 0n) return '0';
  const isNegative = decimal.digits < 0n;
  const magnitude = isNegative ? -decimal.digits : decimal.digits;
  const text = magnitude.toString();
  const plain = { digits: text.replace(/0+$/, ''), point: text.length + decimal.exponent };
  const scale = 10n ** BigInt(Math.abs(decimal.exponent));
  const binary = () => (decimal.exponent >= 0 ? nearest(magnitude * scale, 1n) : nearest(magnitude, scale));
  return (isNegative ? '-' : '') + formatDigits(plain.digits.length <= EXACT_DIGITS ? plain : shortest(binary()));
}
