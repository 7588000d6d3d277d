import { fail } from '../failure.js';
import { claimText, refuseLongText, spend, spendText } from '../runtime/budget.js';
import { call1, call2 } from '../runtime/calls.js';
import { slice } from '../runtime/indexing.js';
import { toText } from '../runtime/manifest.js';
import {
  add,
  arrayOf,
  booleanOf,
  compare,
  equals,
  finite,
  functionOf,
  numberOf,
  textOf,
} from '../runtime/operators.js';
import { elementAt, force, type Lazy, Thunk, typeName, type Value } from '../runtime/value.js';
import { type Builtins, builtin } from './builtin.js';

/** The longest array: a longer one would take steps without end to look at, and memory at once. */
const MOST_ELEMENTS = 2 ** 31 - 1;

/** The value, if it is a whole number that can count elements. */
function integerOf(value: Value): number {
  const number = numberOf(value);
  if (Number.isInteger(number) && Math.abs(number) <= MOST_ELEMENTS) return number;
  return fail(`expected an integer, got ${toText(number)}`);
}

/** The elements of an array, or the characters of a text. */
export function elementsOf(value: Value, what: string): Lazy[] {
  if (typeof value === 'string') {
    spend(value.length);
    return [...value];
  }
  return Array.isArray(value)
    ? value
    : fail(`${what} takes an array or a text, not a value of type ${typeName(value)}`);
}

function mapped(from: Lazy[], each: (element: Lazy, index: number) => Value): Lazy[] {
  spend(from.length);
  return from.map((element, index) => new Thunk(() => each(element, index)));
}

function makeArray(size: Value, make: Value): Lazy[] {
  const count = Math.max(0, integerOf(size));
  const code = functionOf(make);
  spend(count);
  return Array.from({ length: count }, (_, index) => new Thunk(() => call1(code, index)));
}

function range(from: Value, to: Value): number[] {
  const first = integerOf(from);
  const count = Math.max(0, integerOf(to) - first + 1);
  spend(count);
  return Array.from({ length: count }, (_, index) => first + index);
}

function filter(test: Value, array: Value): Lazy[] {
  const elements = arrayOf(array);
  const code = functionOf(test);
  return elements.filter((element) => booleanOf(call1(code, element)));
}

function map(code: Value, from: Value): Lazy[] {
  functionOf(code);
  return mapped(elementsOf(from, 'std.map'), (element) => call1(code, element));
}

function flatMap(code: Value, from: Value): Value {
  functionOf(code);
  if (typeof from === 'string') {
    let text = '';
    for (const character of from) text += textOf(call1(code, character));
    claimText(text.length);
    return text;
  }
  const elements = elementsOf(from, 'std.flatMap');
  return flattened(elements.map((element) => arrayOf(call1(code, element))));
}

/** The elements of several arrays, in one. */
function flattened(arrays: readonly Lazy[][]): Lazy[] {
  const result: Lazy[] = [];
  for (const array of arrays) {
    spend(array.length);
    for (const element of array) result.push(element);
  }
  return result;
}

/** The sum of all, begun with an empty array: where one is a text, all are written as one. */
function flattenArrays(arrays: Value): Value {
  const elements = elementsOf(arrays, 'std.flattenArrays');
  const parts = elements.map((_, index) => elementAt(elements, index));
  return parts.every(Array.isArray) ? flattened(parts) : parts.reduce(add, []);
}

function foldl(code: Value, from: Value, initial: Value): Value {
  functionOf(code);
  let result = initial;
  for (const element of elementsOf(from, 'std.foldl')) result = call2(code, result, element);
  return result;
}

function foldr(code: Value, from: Value, initial: Value): Value {
  functionOf(code);
  const elements = elementsOf(from, 'std.foldr');
  let result = initial;
  for (let index = elements.length - 1; index >= 0; index -= 1) result = call2(code, elements[index] as Lazy, result);
  return result;
}

function join(separator: Value, array: Value): Value {
  const elements = arrayOf(array);
  if (typeof separator === 'string') return joinTexts(separator, elements);
  if (!Array.isArray(separator)) {
    return fail(`std.join takes a text or an array to join with, not a value of type ${typeName(separator)}`);
  }
  const parts: Lazy[][] = [];
  for (let index = 0; index < elements.length; index += 1) {
    const part = elementAt(elements, index);
    if (part === null) continue;
    if (parts.length > 0) parts.push(separator);
    parts.push(arrayOf(part));
  }
  return flattened(parts);
}

function joinTexts(separator: string, elements: Lazy[]): string {
  spend(elements.length);
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; index < elements.length; index += 1) {
    const part = elementAt(elements, index);
    if (part === null) continue;
    length += textOf(part).length + separator.length;
    refuseLongText(length - separator.length);
    parts.push(part as string);
  }
  spendText(length);
  return parts.join(separator);
}

function deepJoin(value: Value): string {
  if (typeof value === 'string') return value;
  const parts = arrayOf(value).map((_, index) => deepJoin(elementAt(value as Lazy[], index)));
  return joinTexts('', parts);
}

function flattenDeep(value: Value, into: Lazy[]): Lazy[] {
  spend(1);
  if (!Array.isArray(value)) into.push(value);
  else for (let index = 0; index < value.length; index += 1) flattenDeep(elementAt(value, index), into);
  return into;
}

function repeat(what: Value, count: Value): Value {
  const times = Math.max(0, integerOf(count));
  if (typeof what === 'string') {
    claimText(what.length * times);
    return what.repeat(times);
  }
  if (!Array.isArray(what)) return fail('std.repeat takes an array or a text');
  spend((what.length + 1) * times);
  return flattened(Array.from({ length: times }, () => what));
}

/** The numbers of the elements that are equal to a value. */
function positions(value: Lazy, array: Lazy[]): number[] {
  return array.flatMap((_, index) => (equals(elementAt(array, index), force(value)) ? [index] : []));
}

function member(array: Value, value: Value): boolean {
  if (typeof array === 'string') return array.includes(textOf(value));
  if (!Array.isArray(array)) return fail('std.member takes an array or a text');
  return has(array, value);
}

function has(array: Lazy[], value: Value): boolean {
  for (let index = 0; index < array.length; index += 1) {
    spend(1);
    if (equals(elementAt(array, index), value)) return true;
  }
  return false;
}

function removeAt(array: Value, at: Value): Lazy[] {
  const elements = arrayOf(array);
  const index = integerOf(at);
  if (index < 0 || index >= elements.length) fail(`there is no element ${index}: there are ${elements.length}`);
  return elements.filter((_, position) => position !== index);
}

function remove(array: Value, value: Value): Lazy[] {
  const elements = arrayOf(array);
  const at = elements.findIndex((_, index) => equals(elementAt(elements, index), value));
  return at < 0 ? elements : removeAt(elements, at);
}

/** Whether all, or any, of the elements are true. */
function quantified(array: Value, wanted: boolean): boolean {
  const elements = arrayOf(array);
  for (let index = 0; index < elements.length; index += 1) {
    spend(1);
    if (booleanOf(elementAt(elements, index)) === wanted) return wanted;
  }
  return !wanted;
}

function sum(array: Value): number {
  const elements = arrayOf(array);
  spend(elements.length);
  return finite(elements.reduce((total: number, _, index) => total + numberOf(elementAt(elements, index)), 0));
}

function average(array: Value): number {
  const { length } = arrayOf(array);
  return length === 0 ? fail('an empty array has no average') : sum(array) / length;
}

/** The element whose key is the least (`sign` 1) or the greatest (-1). */
function extreme(array: Value, key: Value | undefined, onEmpty: Value | undefined, sign: 1 | -1): Value {
  const elements = arrayOf(array);
  if (elements.length === 0)
    return onEmpty ?? (onEmpty === null ? null : fail('an empty array has no least or greatest element'));
  const keyOf = (index: number): Value => {
    const element = elementAt(elements, index);
    return key === undefined ? element : call1(key, element);
  };
  let best = 0;
  let bestKey = keyOf(0);
  for (let index = 1; index < elements.length; index += 1) {
    const its = keyOf(index);
    if (compare(bestKey, its) * sign <= 0) continue;
    best = index;
    bestKey = its;
  }
  return elementAt(elements, best);
}

/** Functions about arrays. */
export const ARRAYS: Builtins = {
  makeArray: builtin('sz func', makeArray, 'array'),
  range: builtin('from to', range, 'array'),
  repeat: builtin('what count', repeat),
  reverse: builtin('arr', (array: Value) => [...arrayOf(array)].reverse(), 'array'),
  slice: builtin('indexable index end step', slice),
  map: builtin('func arr', map, 'array'),
  mapWithIndex: builtin(
    'func arr',
    (code: Value, from: Value) => {
      functionOf(code);
      return mapped(elementsOf(from, 'std.mapWithIndex'), (element, index) => call2(code, index, element));
    },
    'array',
  ),
  filter: builtin('func arr', filter, 'array'),
  filterMap: builtin(
    'filter_func map_func arr',
    (test: Value, code: Value, array: Value) => {
      functionOf(test);
      functionOf(code);
      return map(code, filter(test, arrayOf(array)));
    },
    'array',
  ),
  flatMap: builtin('func arr', flatMap),
  foldl: builtin('func arr init', foldl),
  foldr: builtin('func arr init', foldr),
  join: builtin('sep arr', join),
  lines: builtin('arr', (array: Value) => join('\n', add(arrayOf(array), [''])), 'string'),
  deepJoin: builtin('arr', deepJoin, 'string'),
  flattenArrays: builtin('arrs', flattenArrays),
  flattenDeepArray: builtin('value', (value: Value) => flattenDeep(value, []), 'array'),
  member: builtin('arr x', member, 'boolean'),
  contains: builtin('arr elem', (array: Value, value: Value) => has(arrayOf(array), value), 'boolean'),
  count: builtin('arr ~x', (array: Value, value: Lazy) => positions(value, arrayOf(array)).length, 'number'),
  find: builtin('~value arr', (value: Lazy, array: Value) => positions(value, arrayOf(array)), 'array'),
  remove: builtin('arr elem', remove, 'array'),
  removeAt: builtin('arr at', removeAt, 'array'),
  all: builtin('arr', (array: Value) => quantified(array, false), 'boolean'),
  any: builtin('arr', (array: Value) => quantified(array, true), 'boolean'),
  sum: builtin('arr', sum, 'number'),
  avg: builtin('arr', average, 'number'),
  minArray: builtin('arr keyF? onEmpty?', (array: Value, key?: Value, onEmpty?: Value) =>
    extreme(array, key, onEmpty, 1),
  ),
  maxArray: builtin('arr keyF? onEmpty?', (array: Value, key?: Value, onEmpty?: Value) =>
    extreme(array, key, onEmpty, -1),
  ),
};
