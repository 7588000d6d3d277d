import { type FormatState, pad, signOf } from './format-state.js';

/** Decimal digits `0.digits * 10^point` of a number that is not negative. */
export interface Digits {
  readonly digits: string;
  readonly point: number;
}

/** The exponent from which on `%g` shows one. */
const SHORTEST_LIMIT = 6;
const MANTISSA_BITS = 52;
const EXPONENT_BIAS = 1075;

/** A double as `mantissa * 2^exponent`. */
function binaryParts(value: number): { readonly mantissa: bigint; readonly exponent: number } {
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0]!;
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: 1 - EXPONENT_BIAS }
    : { mantissa: fraction | (1n << 52n), exponent: biased - EXPONENT_BIAS };
}

function exactDigits(value: number): Digits {
  const { mantissa, exponent } = binaryParts(value);
  if (mantissa === 0n) return { digits: '', point: 0 };
  // m * 2^-e is m * 5^e * 10^-e
  const text = (exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits: text.replace(/0+$/, ''), point: text.length + Math.min(exponent, 0) };
}

function shortestDigits(value: number): Digits {
  if (value === 0) return { digits: '', point: 0 };
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

/** Keeps `count` digits, rounding half to even. */
export function rounded(number: Digits, count: number): Digits {
  const { digits, point } = number;
  if (count >= digits.length) return number;
  if (count < 0) return { digits: '', point: 0 };
  const rest = digits.slice(count);
  const isHalf = /^50*$/.test(rest);
  const isOdd = count > 0 && Number(digits[count - 1]) % 2 === 1;
  const up = isHalf ? isOdd : rest[0]! >= '5';
  const kept = digits.slice(0, count);
  if (!up) return trimmed(kept, point);
  const next = (BigInt(kept === '' ? '0' : kept) + 1n).toString().padStart(count, '0');
  return next.length > count ? trimmed(next, point + 1) : trimmed(next, point);
}

function trimmed(digits: string, point: number): Digits {
  const kept = digits.replace(/0+$/, '');
  return { digits: kept, point: kept === '' ? 0 : point };
}

function fixed({ digits, point }: Digits, precision: number): string {
  const padded = '0'.repeat(Math.max(0, -point)) + digits;
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const fraction = (point > 0 ? digits.slice(point) : padded).padEnd(precision, '0').slice(0, precision);
  return precision > 0 ? `${whole}.${fraction}` : whole;
}

function scientific({ digits, point }: Digits, precision: number, letter: string): string {
  const exponent = digits === '' ? 0 : point - 1;
  const fraction = digits.slice(1).padEnd(precision, '0').slice(0, precision);
  const mantissa = (digits[0] ?? '0') + (precision > 0 ? `.${fraction}` : '');
  return mantissa + letter + (exponent < 0 ? '-' : '+') + String(Math.abs(exponent)).padStart(2, '0');
}

function general(value: number, precision: number | undefined, letter: string): string {
  const count = precision === 0 ? 1 : precision;
  const digits = count === undefined ? shortestDigits(value) : rounded(exactDigits(value), count);
  const length = digits.digits.length;
  let limit = count ?? SHORTEST_LIMIT;
  if (count !== undefined && limit > length && length >= digits.point) limit = length;
  return withLimit(digits, limit, letter);
}

/** With an exponent where it would be below -4 or reach the limit. */
function withLimit(digits: Digits, limit: number, letter: string): string {
  const { length } = digits.digits;
  const exponent = digits.point - 1;
  if (length > 0 && (exponent < -4 || exponent >= limit)) return scientific(digits, Math.max(length - 1, 0), letter);
  return fixed(digits, Math.max(length - digits.point, 0));
}

/** A number of just these digits in Go's format `%g`, without its sign. */
export function formatDigits(digits: Digits): string {
  return withLimit(digits, SHORTEST_LIMIT, 'e');
}

function hexadecimal(value: number, precision: number | undefined): string {
  if (value === 0) return `0x0${precision === undefined || precision === 0 ? '' : `.${'0'.repeat(precision)}`}p+00`;
  let { mantissa, exponent } = binaryParts(value);
  while (mantissa < 1n << BigInt(MANTISSA_BITS)) {
    mantissa <<= 1n;
    exponent -= 1;
  }
  let digits = mantissa;
  let count = MANTISSA_BITS / 4;
  if (precision !== undefined && precision < count) {
    const shift = BigInt((count - precision) * 4);
    const half = 1n << (shift - 1n);
    const rest = digits & ((1n << shift) - 1n);
    digits >>= shift;
    if (rest > half || (rest === half && (digits & 1n) === 1n)) digits += 1n;
    count = precision;
    if (digits >> BigInt(count * 4) === 2n) {
      digits >>= 1n;
      exponent += 1;
    }
  }
  const fraction = (digits & ((1n << BigInt(count * 4)) - 1n)).toString(16).padStart(count, '0').slice(0, count);
  const shown = precision === undefined ? fraction.replace(/0+$/, '') : fraction.padEnd(precision, '0');
  const power = exponent + MANTISSA_BITS;
  const sign = power < 0 ? '-' : '+';
  return `0x1${shown === '' ? '' : `.${shown}`}p${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** What Go's `strconv.FormatFloat(value, 'g', -1, 64)` gives, for a finite value. */
export function shortestFloat(value: number): string {
  return (value < 0 || Object.is(value, -0) ? '-' : '') + general(Math.abs(value), undefined, 'e');
}

/** What Go's `strconv.FormatFloat(value, verb, precision, 64)` gives, for a finite value, without its sign. */
function formatMagnitude(value: number, verb: string, precision: number | undefined): string {
  switch (verb) {
    case 'e':
    case 'E': {
      const digits = precision === undefined ? shortestDigits(value) : rounded(exactDigits(value), precision + 1);
      return scientific(digits, precision ?? Math.max(digits.digits.length - 1, 0), verb);
    }
    case 'f': {
      const exact = precision === undefined ? shortestDigits(value) : exactDigits(value);
      if (precision === undefined) return fixed(exact, Math.max(exact.digits.length - exact.point, 0));
      return fixed(rounded(exact, exact.point + precision), precision);
    }
    case 'g':
      return general(value, precision, 'e');
    case 'G':
      return general(value, precision, 'E');
    case 'x':
      return hexadecimal(value, precision);
    case 'X':
      return hexadecimal(value, precision).toUpperCase();
    default: {
      const { mantissa, exponent } = binaryParts(value);
      return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
    }
  }
}

/** `%#g` and its like: always a point, and trailing zeros kept. */
function withPoint(magnitude: string, verb: string, precision: number | undefined): string {
  const tailAt = magnitude.search(verb === 'x' || verb === 'X' ? /[pP]/ : /[eEpP]/);
  const tail = tailAt === -1 ? '' : magnitude.slice(tailAt);
  let number = tailAt === -1 ? magnitude : magnitude.slice(0, tailAt);
  let missing = ['g', 'G', 'x'].includes(verb) ? (precision ?? 6) : 0;
  missing -= number.replace('.', '').replace(/^0+/, '').length;
  if (!number.includes('.')) {
    if (number === '0') missing -= 1;
    number += '.';
  }
  return number + '0'.repeat(Math.max(missing, 0)) + tail;
}

/** One of the verbs `beEfFgGxXv` for a double. @see fmt/format.go, fmtFloat */
export function formatFloat(value: number, verb: string, state: FormatState): string {
  const plain = { v: 'g', F: 'f' }[verb] ?? verb;
  const precision = state.precision ?? (['e', 'E', 'f'].includes(plain) ? 6 : undefined);
  const isNegative = value < 0 || Object.is(value, -0);
  let magnitude = formatMagnitude(Math.abs(value), plain, precision);
  if (state.sharp && plain !== 'b') magnitude = withPoint(magnitude, plain, precision);
  const sign = signOf(isNegative, { ...state, plusValue: false });
  const missing = (state.width ?? 0) - magnitude.length - sign.length;
  if (sign !== '' && state.zero && !state.minus && missing > 0) return sign + '0'.repeat(missing) + magnitude;
  return pad(sign + magnitude, state);
}
