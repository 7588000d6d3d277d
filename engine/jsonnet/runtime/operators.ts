import { fail } from '../failure.js';
import { compareCodePoints } from '../text/code-points.js';
import { refuseLongText, spend, spendText } from './budget.js';
import { toText } from './manifest.js';
import { fieldAt, laidOver, shapeOf } from './read-object.js';
import { elementAt, FunctionValue, type Lazy, ObjectValue, typeName, type Value } from './value.js';

/** Throws a Failure about a value that is of another type than is needed. */
export function mistyped(value: Value, expected: string): never {
  return fail(`expected ${expected}, got ${typeName(value)}`);
}

/** A number that came of arithmetic: it must be one that JSON can write. */
export function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  return fail(Number.isNaN(value) ? 'the result is not a number' : 'the result is too large for a number');
}

/** The value, if it is a number. */
export function numberOf(value: Value): number {
  return typeof value === 'number' ? value : mistyped(value, 'number');
}

/** The value, if it is true or false. */
export function booleanOf(value: Value): boolean {
  return typeof value === 'boolean' ? value : mistyped(value, 'boolean');
}

/** The value, if it is a text. */
export function textOf(value: Value): string {
  return typeof value === 'string' ? value : mistyped(value, 'string');
}

/** The value, if it is an array. */
export function arrayOf(value: Value): Lazy[] {
  return Array.isArray(value) ? value : mistyped(value, 'array');
}

/** The value, if it is an object. */
export function objectOf(value: Value): ObjectValue {
  return value instanceof ObjectValue ? value : mistyped(value, 'object');
}

/** The value, if it is a function. */
export function functionOf(value: Value): FunctionValue {
  return value instanceof FunctionValue ? value : mistyped(value, 'function');
}

/** `left + right` */
export function add(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return finite(left + right);
  if (typeof left === 'string' || typeof right === 'string') return joined(toText(left), toText(right));
  if (left instanceof ObjectValue) return laidOver(left, objectOf(right));
  if (Array.isArray(left)) return concatenated(left, arrayOf(right));
  if (typeof left === 'number') return mistyped(right, 'number');
  return fail(`nothing can be added to a value of type ${typeName(left)}`);
}

function joined(left: string, right: string): string {
  refuseLongText(left.length + right.length);
  return left + right;
}

function concatenated(left: Lazy[], right: Lazy[]): Lazy[] {
  spend(left.length + right.length);
  return left.concat(right);
}

/** `left - right` */
export function subtract(left: Value, right: Value): number {
  return finite(numberOf(left) - numberOf(right));
}

/** `left * right` */
export function multiply(left: Value, right: Value): number {
  return finite(numberOf(left) * numberOf(right));
}

/** `left / right` */
export function divide(left: Value, right: Value): number {
  const dividend = numberOf(left);
  const divisor = numberOf(right);
  return divisor === 0 ? fail('division by zero') : finite(dividend / divisor);
}

/** The remainder of a division, with the sign of the dividend. */
export function remainder(left: Value, right: Value): number {
  const dividend = numberOf(left);
  const divisor = numberOf(right);
  return divisor === 0 ? fail('division by zero') : finite(dividend % divisor);
}

/** `-value` */
export function negate(value: Value): number {
  return -numberOf(value);
}

/** `~value` */
export function complement(value: Value): number {
  const number = Math.trunc(numberOf(value));
  const isWithin = Math.abs(number) < 2 ** 63;
  return isWithin ? Number(~BigInt(number)) : -Math.sign(number) * 2 ** 63;
}

/** `left & right`, of integers as 64 bits */
export function bitAnd(left: Value, right: Value): number {
  return Number(bits(left) & bits(right));
}

/** `left | right` */
export function bitOr(left: Value, right: Value): number {
  return Number(bits(left) | bits(right));
}

/** `left ^ right` */
export function bitXor(left: Value, right: Value): number {
  return Number(bits(left) ^ bits(right));
}

/** `left << right`: as many places as `right` says, modulo 64 */
export function shiftLeft(left: Value, right: Value): number {
  const [value, places] = shifted(left, right);
  return Number(BigInt.asIntN(64, value << places));
}

/** `left >> right` */
export function shiftRight(left: Value, right: Value): number {
  const [value, places] = shifted(left, right);
  return Number(value >> places);
}

function shifted(left: Value, right: Value): readonly [bigint, bigint] {
  const value = bits(left);
  const places = bits(right);
  return places < 0n ? fail('a shift goes by a number that is not negative') : [value, places % 64n];
}

/** Beyond these, doubles are no integers any more, and bits mean nothing. */
function bits(value: Value): bigint {
  const number = numberOf(value);
  if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return BigInt(Math.trunc(number));
  return fail(`${toText(number)} is too large for an operator on bits`);
}

/** Negative, zero or positive: numbers by size, texts by code points, arrays by their elements. */
export function compare(left: Value, right: Value): number {
  if (typeof left === 'number') return order(left, numberOf(right));
  if (typeof left === 'string') return compareCodePoints(left, textOf(right));
  if (Array.isArray(left)) return compareArrays(left, arrayOf(right));
  return fail(`values of type ${typeName(left)} have no order`);
}

function order(left: number, right: number): number {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

function compareArrays(left: Lazy[], right: Lazy[]): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    spend(1);
    const result = compare(elementAt(left, index), elementAt(right, index));
    if (result !== 0) return result;
  }
  return left.length - right.length;
}

/** `left == right`: what is shown of objects, all of arrays; functions have no equality. */
export function equals(left: Value, right: Value): boolean {
  if (typeof left === 'string') spendText(left.length);
  if (left === right && (typeof left !== 'object' || left === null)) return true;
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
  if (Array.isArray(left)) return Array.isArray(right) && equalArrays(left, right);
  if (left instanceof ObjectValue) return right instanceof ObjectValue && equalObjects(left, right);
  return right instanceof FunctionValue ? fail('whether functions are equal cannot be told') : false;
}

function equalArrays(left: Lazy[], right: Lazy[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    spend(1);
    if (!equals(elementAt(left, index), elementAt(right, index))) return false;
  }
  return true;
}

function equalObjects(left: ObjectValue, right: ObjectValue): boolean {
  const ours = shapeOf(left);
  const theirs = shapeOf(right);
  const { visible } = ours;
  if (visible.length !== theirs.visible.length) return false;
  for (let index = 0; index < visible.length; index += 1) {
    const name = ours.names[visible[index] as number];
    if (name !== theirs.names[theirs.visible[index] as number]) return false;
  }
  for (let index = 0; index < visible.length; index += 1) {
    spend(1);
    const mine = fieldAt(left, visible[index] as number);
    if (!equals(mine, fieldAt(right, theirs.visible[index] as number))) return false;
  }
  return true;
}

/** `name in object`, hidden fields too */
export function contains(name: Value, object: Value): boolean {
  const { shape } = objectOf(object);
  return (shape ?? shapeOf(object as ObjectValue)).find(textOf(name)) !== undefined;
}
