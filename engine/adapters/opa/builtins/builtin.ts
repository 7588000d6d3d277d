import type { RegoNumber } from '../rego-number.js';
import { integerOf } from '../rego-number.js';
import { isRegoArray, isRegoNumber, RegoObject, RegoSet, type RegoValue, typeName } from '../rego-value.js';

/**
 * Why a built-in gives no result. It becomes a fault of the policy that called it, never "undefined". The message holds
 * nothing of the operands: they may be secret.
 */
export class BuiltinError extends Error {
  override readonly name = 'BuiltinError';
}

/** What a built-in may use besides its operands. */
export interface BuiltinContext {
  /** Nanoseconds since 1970; undefined where the query has no time. */
  readonly now: bigint | undefined;
  /** Takes steps from the budget of the evaluation, for work that grows faster than the operands. Throws when none is left. */
  readonly spend: (steps: number) => void;
  /**
   * Whether the evaluation asks for this pattern for the first time, and so pays for compiling it. Not for built-ins with
   * a single operand: their steps are remembered from one evaluation to the next.
   */
  readonly isFirst: (pattern: string) => boolean;
}

/** A built-in of Rego: operands to result. Undefined is "no result" where OPA has none either. Throws BuiltinError. */
export type Builtin = (operands: readonly RegoValue[], context: BuiltinContext) => RegoValue | undefined;

/** Built-ins by name. */
export type Builtins = Readonly<Record<string, Builtin>>;

function mismatch(position: number, expected: string, value: RegoValue): BuiltinError {
  return new BuiltinError(`operand ${position + 1} must be ${expected} but got ${typeName(value)}`);
}

/** The operand at `position` (from 0), which must be text. */
export function textAt(operands: readonly RegoValue[], position: number): string {
  const value = operands[position]!;
  if (typeof value !== 'string') throw mismatch(position, 'string', value);
  return value;
}

function numberAt(operands: readonly RegoValue[], position: number): RegoNumber {
  const value = operands[position]!;
  if (!isRegoNumber(value)) throw mismatch(position, 'number', value);
  return value;
}

/** The operand at `position`, which must be an integer. */
export function integerAt(operands: readonly RegoValue[], position: number): bigint {
  const integer = integerOf(numberAt(operands, position));
  if (integer === undefined)
    throw new BuiltinError(`operand ${position + 1} must be integer number but got floating-point number`);
  return integer;
}

/** The operand at `position`, which must be an array. */
export function arrayAt(operands: readonly RegoValue[], position: number): readonly RegoValue[] {
  const value = operands[position]!;
  if (!isRegoArray(value)) throw mismatch(position, 'array', value);
  return value;
}

/** The operand at `position`, which must be an object. */
export function objectAt(operands: readonly RegoValue[], position: number): RegoObject {
  const value = operands[position]!;
  if (!(value instanceof RegoObject)) throw mismatch(position, 'object', value);
  return value;
}

/** The items of the operand at `position`, which must be an array or a set. */
export function itemsAt(operands: readonly RegoValue[], position: number): readonly RegoValue[] {
  const value = operands[position]!;
  if (isRegoArray(value)) return value;
  if (value instanceof RegoSet) return value.items;
  throw mismatch(position, 'one of {array, set}', value);
}

/** The texts of the operand at `position`, which must be an array or a set of text. */
export function textsAt(operands: readonly RegoValue[], position: number): readonly string[] {
  return itemsAt(operands, position).map((item) => {
    if (typeof item !== 'string') throw mismatch(position, 'a collection of strings', item);
    return item;
  });
}
