import { fail } from '../failure.js';
import { spendText } from '../runtime/budget.js';
import { environment, type NativeFunction } from '../runtime/environment.js';
import { inside, toText } from '../runtime/manifest.js';
import { arrayOf, compare, equals, mistyped, remainder, textOf } from '../runtime/operators.js';
import { fromPlain } from '../runtime/plain-object.js';
import { shapeOf } from '../runtime/read-object.js';
import { FunctionValue, force, type Lazy, ObjectValue, typeName, type Value } from '../runtime/value.js';
import { codePointLength } from '../text/code-points.js';
import { escapeStringJson } from '../text/escape.js';
import { type Builtin, type Builtins, builtin } from './builtin.js';
import { format } from './format.js';

function isOf(type: string): Builtin {
  return builtin('v', (value: Value) => typeName(value) === type, 'boolean');
}

/** How many characters, elements or fields there are, or arguments that must be given. */
export function length(value: Value): number {
  if (typeof value === 'string') {
    spendText(value.length);
    return codePointLength(value);
  }
  if (Array.isArray(value)) return value.length;
  if (value instanceof ObjectValue) return shapeOf(value).visible.length;
  if (value instanceof FunctionValue) return value.signature.optional.filter((isOptional) => !isOptional).length;
  return fail(`a value of type ${typeName(value)} has no length`);
}

/** What `%` does: the remainder of numbers, the format of a text. */
export function modulo(left: Value, right: Value): Value {
  if (typeof left === 'string') return format(left, right);
  if (typeof left === 'number' && typeof right === 'number') return remainder(left, right);
  return fail(`% is for two numbers, or a text and values, not for ${typeName(left)} and ${typeName(right)}`);
}

function primitiveEquals(left: Value, right: Value): boolean {
  if (typeName(left) !== typeName(right)) return false;
  if (typeof left === 'object' && left !== null && !(left instanceof FunctionValue)) {
    return mistyped(left, 'a primitive value');
  }
  return equals(left, right);
}

function assertEqual(left: Value, right: Value): boolean {
  if (equals(left, right)) return true;
  const shown = (value: Value): string => (typeof value === 'string' ? escapeStringJson(value) : toText(value));
  return fail(`Assertion failed. ${shown(left)} != ${shown(right)}`);
}

function trace(message: Value, value: Lazy): Value {
  environment.current.trace(textOf(message), new Error('trace').stack ?? '');
  return force(value);
}

function externalVariable(name: Value): Value {
  const lazy = environment.current.external.get(textOf(name));
  return lazy === undefined ? fail(`there is no external variable ${name}`) : force(lazy);
}

function native(name: Value): Value {
  const found = environment.current.natives.get(textOf(name));
  return found === undefined ? null : nativeFunction(name as string, found);
}

function nativeFunction(name: string, { parameters, call }: NativeFunction): FunctionValue {
  const signature = { name, parameters, optional: parameters.map(() => false), mayTailCall: false };
  return new FunctionValue(signature, (...args: Lazy[]) => {
    const plain = args.map((argument) => inside(force(argument)));
    try {
      return fromPlain(call(...plain));
    } catch (error) {
      return fail(error instanceof Error ? error.message : String(error));
    }
  });
}

function order(left: Value, right: Value): number {
  if (typeName(left) !== typeName(right)) fail(`${typeName(left)} and ${typeName(right)} have no order`);
  return Math.sign(compare(left, right));
}

function compareArrays(left: Value, right: Value): number {
  return order(arrayOf(left), arrayOf(right));
}

/** Functions about any value, and about what is outside the program. */
export const VALUES: Builtins = {
  id: builtin('x', (value: Value) => value),
  type: builtin('x', typeName, 'string'),
  isString: isOf('string'),
  isNumber: isOf('number'),
  isBoolean: isOf('boolean'),
  isObject: isOf('object'),
  isArray: isOf('array'),
  isFunction: isOf('function'),
  isNull: builtin('x', (value: Value) => value === null, 'boolean'),
  length: builtin('x', length, 'number'),
  toString: builtin('a', toText, 'string'),
  mod: builtin('a b', modulo),
  equals: builtin('x y', equals, 'boolean'),
  primitiveEquals: builtin('x y', primitiveEquals, 'boolean'),
  assertEqual: builtin('a b', assertEqual, 'boolean'),
  trace: builtin('str ~rest', trace),
  extVar: builtin('x', externalVariable),
  native: builtin('x', native),
  __compare: builtin('v1 v2', order, 'number'),
  __compare_array: builtin('arr1 arr2', compareArrays, 'number'),
  __array_less: builtin('arr1 arr2', (a: Value, b: Value) => compareArrays(a, b) < 0, 'boolean'),
  __array_greater: builtin('arr1 arr2', (a: Value, b: Value) => compareArrays(a, b) > 0, 'boolean'),
  __array_less_or_equal: builtin('arr1 arr2', (a: Value, b: Value) => compareArrays(a, b) <= 0, 'boolean'),
  __array_greater_or_equal: builtin('arr1 arr2', (a: Value, b: Value) => compareArrays(a, b) >= 0, 'boolean'),
};
