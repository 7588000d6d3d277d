import { fail } from '../failure.js';
import { numberText } from './number-text.js';
import { logarithm, power } from './powers.js';
import type { TextBudget } from './text-budget.js';

/** How a number is to look. */
export interface NumberStyle {
  /** Width to fill up with zeros. */
  readonly zeros: number;
  readonly blank: boolean;
  readonly plus: boolean;
  /** Prefixes of octal and hexadecimal numbers; a point even without decimals. */
  readonly alternative: boolean;
  readonly capitals: boolean;
  readonly budget: TextBudget;
}

/** `%d` and, with radix 8, `%o`: the part before the point with at least so many digits. */
export function renderInteger(value: number, digits: number, radix: 8 | 10, style: NumberStyle): string {
  const magnitude = Math.floor(Math.abs(value));
  const prefix = radix === 8 && style.alternative ? '0' : '';
  return signed(value <= -1, digitsOf(magnitude, radix, prefix), digits, style);
}

/** `%x`: rounded down. */
export function renderHexadecimal(value: number, digits: number, style: NumberStyle): string {
  const whole = Math.floor(value);
  const text = hexadecimalDigits(Math.abs(whole));
  const hasSign = whole < 0 || style.blank || style.plus;
  const prefix = style.alternative ? '0x' : '';
  const width = Math.max(style.zeros - (hasSign ? 1 : 0) - prefix.length, digits);
  const padded = prefix + style.budget.padLeft(text, width, '0');
  return signOf(whole < 0, style) + (style.capitals ? padded.toUpperCase() : padded);
}

/** `%f`. Without `trailing`, zeros at the end of the decimals are left out. */
export function renderDecimal(value: number, precision: number, trailing: boolean, style: NumberStyle): string {
  const magnitude = Math.abs(value);
  const denominator = finite(power(10, precision));
  const numerator = finite(finite(magnitude * denominator) + 0.5);
  const whole = Math.sign(magnitude) * Math.floor(divide(numerator, denominator));
  const fraction = modulo(Math.floor(numerator), denominator);
  const point = precision === 0 && !style.alternative ? 0 : 1;
  const zeros = style.zeros - precision - point;
  const text = signed(value < 0, digitsOf(whole, 10, ''), 0, { ...style, zeros });
  if (precision === 0) return style.alternative ? `${text}.` : text;
  if (!trailing && fraction <= 0) return text;
  const decimals = style.budget.padLeft(digitsOf(fraction, 10, ''), precision, '0');
  return `${text}.${trailing ? decimals : decimals.replace(/0+$/, '')}`;
}

/** `%e`. */
export function renderScientific(value: number, precision: number, trailing: boolean, style: NumberStyle): string {
  const exponent = decimalExponent(value);
  const digits = digitsOf(Math.abs(exponent), 10, '').padStart(2, '0');
  const suffix = `${style.capitals ? 'E' : 'e'}${exponent < 0 ? '-' : '+'}${digits}`;
  // The smallest exponent would make the power zero.
  const mantissa = exponent === -324 ? (value * 10) / power(10, -323) : value / power(10, exponent);
  const zeros = style.zeros - suffix.length;
  return renderDecimal(finite(mantissa), precision, trailing, { ...style, zeros }) + suffix;
}

/** `%g`: whichever of the two is shorter. */
export function renderGeneral(value: number, precision: number, style: NumberStyle): string {
  const exponent = decimalExponent(value);
  if (exponent < -4 || exponent >= precision) {
    return renderScientific(value, precision - 1, style.alternative, style);
  }
  const before = Math.max(1, exponent + 1);
  return renderDecimal(value, precision - before, style.alternative, style);
}

function decimalExponent(value: number): number {
  return value === 0 ? 0 : Math.floor(logarithm(Math.abs(value)) / logarithm(10));
}

function signed(isNegative: boolean, text: string, digits: number, style: NumberStyle): string {
  const width = style.zeros - (isNegative || style.blank || style.plus ? 1 : 0);
  return signOf(isNegative, style) + style.budget.padLeft(text, Math.max(width, digits), '0');
}

function signOf(isNegative: boolean, { plus, blank }: NumberStyle): string {
  if (isNegative) return '-';
  if (plus) return '+';
  return blank ? ' ' : '';
}

/** Digit by digit in floating point as the reference does it: beyond 2 ** 53 that is not what is exact. */
function digitsOf(magnitude: number, radix: 8 | 10, prefix: string): string {
  if (magnitude === 0) return '0';
  if (Number.isSafeInteger(magnitude)) return prefix + magnitude.toString(radix);
  let text = '';
  for (let left = magnitude; left !== 0; left = Math.floor(left / radix)) text = numberText(left % radix) + text;
  return prefix + text;
}

/** Sixteen is a power of two, so that every digit is exact. */
function hexadecimalDigits(magnitude: number): string {
  return BigInt(magnitude).toString(16);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : fail(Number.isNaN(value) ? 'Not a number' : 'Overflow');
}

function divide(left: number, right: number): number {
  return right === 0 ? fail('Division by zero.') : finite(left / right);
}

function modulo(left: number, right: number): number {
  return right === 0 ? fail('Division by zero.') : finite(left % right);
}
