import { numberOf, numberOfInteger } from '../rego-number.js';
import { BuiltinError, type Builtins, textAt } from './builtin.js';

/** A rational number, for amounts such as `0.1Gi`. */
interface Ratio {
  readonly top: bigint;
  readonly bottom: bigint;
}

const BINARY = ['ki', 'mi', 'gi', 'ti', 'pi', 'ei'].map((unit, index): [string, bigint] => [
  unit,
  1024n ** BigInt(index + 1),
]);
const DECIMAL = ['k', 'm', 'g', 't', 'p', 'e'].map((unit, index): [string, bigint] => [
  unit,
  1000n ** BigInt(index + 1),
]);

const BYTE_UNITS = new Map<string, bigint>([
  ['', 1n],
  ...[...BINARY, ...DECIMAL].flatMap(([unit, factor]): [string, bigint][] => [
    [unit, factor],
    [`${unit}b`, factor],
  ]),
]);

/** In `units.parse`, `m` is a thousandth and `M` a million; it is OPA's way that `k` and `K`, `g` and `G` are one. */
const UNITS = new Map<string, Ratio>([
  ['', { top: 1n, bottom: 1n }],
  ['M', { top: 1_000_000n, bottom: 1n }],
  ...[...BINARY, ...DECIMAL.filter(([unit]) => unit !== 'm')].flatMap(([unit, top]): [string, Ratio][] => [
    [unit, { top, bottom: 1n }],
    [unit[0]!.toUpperCase() + unit.slice(1), { top, bottom: 1n }],
  ]),
  ['m', exactRatio(0.001)],
]);

/** OPA multiplies by the double nearest to a thousandth, exactly. */
function exactRatio(value: number): Ratio {
  let [top, bottom] = [value, 1n];
  while (!Number.isInteger(top)) {
    top *= 2;
    bottom *= 2n;
  }
  return { top: BigInt(top), bottom };
}

const LONGEST_EXPONENT = 6;

/** @see v1/topdown/parse_bytes.go of OPA 1.22, extractNumAndUnit */
function splitAmount(text: string): { readonly amount: string; readonly unit: string } {
  let index = 0;
  for (; index < text.length; index += 1) {
    const character = text[index]!;
    if (!/[\d.eE+-]/.test(character)) break;
    if (character !== 'e' && character !== 'E') continue;
    const next = text[index + 1];
    if (next === undefined || !/[\d+-]/.test(next)) break;
    if (next === '+' || next === '-') index += 1;
    if (/^\d*/.exec(text.slice(index + 1))![0].length > LONGEST_EXPONENT) throw new BuiltinError('exponent too large');
  }
  if (index === 0 && text !== '') throw new BuiltinError('no amount provided');
  return { amount: text.slice(0, index), unit: text.slice(index) };
}

function amountOf(operands: Parameters<typeof textAt>[0], lower: boolean): { amount: string; unit: string } {
  const given = textAt(operands, 0).replaceAll('"', '');
  const text = lower ? given.toLowerCase() : given;
  if (text.includes(' ')) throw new BuiltinError('spaces not allowed in resource strings');
  const parts = splitAmount(text);
  if (parts.amount === '') throw new BuiltinError('no amount provided');
  return parts;
}

const AMOUNT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

function ratioOf(amount: string): Ratio {
  const match = AMOUNT.exec(amount);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (match === null || whole + fraction === '') throw new BuiltinError('could not parse amount to a number');
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const exponent = Number(power) - fraction.length;
  return exponent >= 0
    ? { top: digits * 10n ** BigInt(exponent), bottom: 1n }
    : { top: digits, bottom: 10n ** BigInt(-exponent) };
}

const FRACTION_DIGITS = 10n;

/** Ten digits after the point, rounding half away from zero, as Go's `big.Rat.FloatString(10)`. */
function fixedText({ top, bottom }: Ratio): string {
  const scale = 10n ** FRACTION_DIGITS;
  const magnitude = ((top < 0n ? -top : top) * scale * 2n + bottom) / (bottom * 2n);
  const digits = magnitude.toString().padStart(Number(FRACTION_DIGITS) + 1, '0');
  return `${top < 0n ? '-' : ''}${digits.slice(0, -Number(FRACTION_DIGITS))}.${digits.slice(-Number(FRACTION_DIGITS))}`;
}

const MANTISSA_BITS = 64;

/** The nearest number with 64 significant bits, half to even: the precision of Go's `big.Float`. */
function roundedTo64Bits({ top, bottom }: Ratio): Ratio {
  if (top === 0n) return { top, bottom: 1n };
  const magnitude = top < 0n ? -top : top;
  let shift = MANTISSA_BITS - (magnitude.toString(2).length - bottom.toString(2).length);
  const scaled = (by: number): [bigint, bigint] =>
    by >= 0 ? [magnitude << BigInt(by), bottom] : [magnitude, bottom << BigInt(-by)];
  if (scaled(shift)[0] / scaled(shift)[1] >= 1n << BigInt(MANTISSA_BITS)) shift -= 1;
  const [numerator, denominator] = scaled(shift);
  let mantissa = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && (mantissa & 1n) === 1n)) mantissa += 1n;
  const signed = top < 0n ? -mantissa : mantissa;
  return shift >= 0 ? { top: signed, bottom: 1n << BigInt(shift) } : { top: signed << BigInt(-shift), bottom: 1n };
}

/** @see v1/topdown/parse_units.go and v1/topdown/parse_bytes.go of OPA 1.22 */
export const unitBuiltins: Builtins = {
  'units.parse': (operands, { spend }) => {
    const { amount, unit } = amountOf(operands, false);
    const name = unit.slice(0, 1) + unit.slice(1).toLowerCase();
    const factor = UNITS.get(name);
    if (factor === undefined) throw new BuiltinError('unit not recognized');
    spend(expense(amount));
    const { top, bottom } = ratioOf(amount);
    const product = { top: top * factor.top, bottom: bottom * factor.bottom };
    if (product.top % product.bottom === 0n) return numberOfInteger(product.top / product.bottom);
    return numberOf(fixedText(product));
  },
  'units.parse_bytes': (operands, { spend }) => {
    const { amount, unit } = amountOf(operands, true);
    const factor = BYTE_UNITS.get(unit);
    if (factor === undefined) throw new BuiltinError('byte unit not recognized');
    spend(expense(amount));
    const { top, bottom } = roundedTo64Bits(ratioOf(amount));
    const total = roundedTo64Bits({ top: top * factor, bottom });
    return numberOfInteger(total.top / total.bottom);
  },
};

/** An exponent makes numbers of many digits from a short text. */
function expense(amount: string): number {
  const power = /[eE][+-]?(\d+)/.exec(amount)?.[1];
  return power === undefined ? 0 : Number(power) * 10;
}
