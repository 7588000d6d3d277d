import { booleanOf, compare, finite, numberOf, remainder } from '../runtime/operators.js';
import { force, type Lazy, type Value } from '../runtime/value.js';
import { exponential, logarithm, power } from '../text/powers.js';
import { angleOf, arccosine, arcsine, arctangent, cosine, distance, sine, tangent } from '../text/trigonometry.js';
import { type Builtin, type Builtins, builtin } from './builtin.js';

function numeric(name: string, code: (number: number) => number): Builtin {
  return builtin(name, (value: Value) => finite(code(numberOf(value))), 'number');
}

function numericPair(names: string, code: (first: number, second: number) => number): Builtin {
  return builtin(names, (first: Value, second: Value) => finite(code(numberOf(first), numberOf(second))), 'number');
}

function asks(code: (number: number) => boolean): Builtin {
  return builtin('x', (value: Value) => code(numberOf(value)), 'boolean');
}

/** That of 0 is -0, and is written so. */
function absolute(value: Value): number {
  const number = numberOf(value);
  return number > 0 ? number : -number;
}

/** Halves go away from zero. */
function round(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

/** A number as a fraction of at least a half and less than one, and a power of two. */
function fractionAndExponent(value: number): readonly [fraction: number, exponent: number] {
  if (value === 0) return [value, 0];
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  let exponent = (bits.getUint16(0) >> 4) & 0x7ff;
  let scaled = 0;
  if (exponent === 0) {
    bits.setFloat64(0, value * 2 ** 54);
    exponent = (bits.getUint16(0) >> 4) & 0x7ff;
    scaled = 54;
  }
  bits.setUint16(0, (bits.getUint16(0) & 0x800f) | (1022 << 4));
  return [bits.getFloat64(0), exponent - 1022 - scaled];
}

function clamp(value: Value, least: Value, most: Lazy): Value {
  if (compare(value, least) < 0) return least;
  return compare(value, force(most)) > 0 ? force(most) : value;
}

/** Functions about numbers, and about true and false. */
export const NUMBERS: Builtins = {
  abs: builtin('n', absolute, 'number'),
  sign: builtin('n', (value: Value) => Math.sign(numberOf(value)) + 0, 'number'),
  max: builtin('a b', (a: Value, b: Value) => (numberOf(a) > numberOf(b) ? a : b), 'number'),
  min: builtin('a b', (a: Value, b: Value) => (numberOf(a) < numberOf(b) ? a : b), 'number'),
  clamp: builtin('x minVal ~maxVal', clamp),
  pow: numericPair('x n', power),
  hypot: numericPair('x y', distance),
  modulo: builtin('x y', remainder, 'number'),
  exp: numeric('x', exponential),
  log: numeric('x', logarithm),
  log2: numeric('x', (value) => logarithm(value) / logarithm(2)),
  log10: numeric('x', (value) => logarithm(value) / logarithm(10)),
  sqrt: numeric('x', Math.sqrt),
  sin: numeric('x', sine),
  cos: numeric('x', cosine),
  tan: numeric('x', tangent),
  asin: numeric('x', arcsine),
  acos: numeric('x', arccosine),
  atan: numeric('x', arctangent),
  atan2: numericPair('y x', angleOf),
  deg2rad: numeric('x', (value) => (value * Math.PI) / 180),
  rad2deg: numeric('x', (value) => (value * 180) / Math.PI),
  ceil: numeric('x', Math.ceil),
  floor: numeric('x', Math.floor),
  round: numeric('x', round),
  mantissa: numeric('x', (value) => fractionAndExponent(value)[0]),
  exponent: numeric('x', (value) => fractionAndExponent(value)[1]),
  isEven: asks((value) => Math.trunc(value) % 2 === 0),
  isOdd: asks((value) => Math.trunc(value) % 2 !== 0),
  isInteger: asks(Number.isInteger),
  isDecimal: asks((value) => !Number.isInteger(value)),
  xor: builtin('x y', (x: Value, y: Value) => booleanOf(x) !== booleanOf(y), 'boolean'),
  xnor: builtin('x y', (x: Value, y: Value) => booleanOf(x) === booleanOf(y), 'boolean'),
};
