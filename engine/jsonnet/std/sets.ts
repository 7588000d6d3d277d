import { spend } from '../runtime/budget.js';
import { call1 } from '../runtime/calls.js';
import { arrayOf, compare, equals, functionOf } from '../runtime/operators.js';
import { elementAt, type Lazy, type Value } from '../runtime/value.js';
import { elementsOf } from './arrays.js';
import { type Builtins, builtin } from './builtin.js';

/** An element with what it is ordered by. */
interface Keyed {
  readonly element: Lazy;
  readonly key: Value;
}

function keyed(array: Value, keyF: Value | undefined): Keyed[] {
  const elements = arrayOf(array);
  if (keyF !== undefined) functionOf(keyF);
  spend(elements.length);
  return elements.map((element, index) => ({
    element,
    key: keyF === undefined ? elementAt(elements, index) : call1(keyF, element),
  }));
}

function elements(items: readonly Keyed[]): Lazy[] {
  return items.map(({ element }) => element);
}

function sorted(array: Value, keyF: Value | undefined): Keyed[] {
  return keyed(array, keyF).sort((left, right) => {
    spend(1);
    return compare(left.key, right.key);
  });
}

/** Without elements that are equal to the one before. */
function unique(items: readonly Keyed[]): Keyed[] {
  const kept: Keyed[] = [];
  for (const item of items) {
    const last = kept.at(-1);
    if (last === undefined || !equals(last.key, item.key)) kept.push(item);
  }
  return kept;
}

/** The elements of an array with keys that are found when they are first asked for. */
class KeyedArray {
  readonly length: number;
  readonly #elements: Lazy[];
  readonly #keyF: Value | undefined;
  readonly #keys: Value[] = [];

  constructor(array: Value, keyF: Value | undefined) {
    this.#elements = elementsOf(array, 'a set');
    this.#keyF = keyF;
    this.length = this.#elements.length;
  }

  element(index: number): Lazy {
    return this.#elements[index] as Lazy;
  }

  key(index: number): Value {
    if (this.#keyF === undefined) return elementAt(this.#elements, index);
    this.#keys[index] ??= call1(this.#keyF, this.element(index));
    return this.#keys[index] as Value;
  }

  from(index: number): Lazy[] {
    return this.#elements.slice(index);
  }
}

/** What of two sets to keep: elements of the first alone, of both (taken from the first), of the second alone. */
interface Kept {
  readonly first: boolean;
  readonly both: boolean;
  readonly second: boolean;
}

function merge(first: Value, second: Value, keyF: Value | undefined, keep: Kept): Lazy[] {
  const left = new KeyedArray(first, keyF);
  const right = new KeyedArray(second, keyF);
  const result: Lazy[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    spend(1);
    const order = orderOf(left.key(l), right.key(r));
    if (order === 0 ? keep.both : order < 0 && keep.first) result.push(left.element(l));
    else if (order > 0 && keep.second) result.push(right.element(r));
    if (order <= 0) l += 1;
    if (order >= 0) r += 1;
  }
  if (keep.first) for (const element of left.from(l)) result.push(element);
  if (keep.second) for (const element of right.from(r)) result.push(element);
  return result;
}

/** Equal values need no order: two objects may be the same, but none comes before another. */
function orderOf(left: Value, right: Value): number {
  return typeof left === 'object' && equals(left, right) ? 0 : compare(left, right);
}

function setMember(value: Value, array: Value, keyF: Value | undefined): boolean {
  return merge([value], array, keyF, { first: false, both: true, second: false }).length > 0;
}

/** Functions about order, and about sets: arrays that are in order and hold nothing twice. */
export const SETS: Builtins = {
  sort: builtin('arr keyF?', (array: Value, keyF?: Value) => elements(sorted(array, keyF)), 'array'),
  uniq: builtin('arr keyF?', (array: Value, keyF?: Value) => elements(unique(keyed(array, keyF))), 'array'),
  set: builtin('arr keyF?', (array: Value, keyF?: Value) => elements(unique(sorted(array, keyF))), 'array'),
  setMember: builtin('x arr keyF?', setMember, 'boolean'),
  setUnion: builtin(
    'a b keyF?',
    (a: Value, b: Value, keyF?: Value) => merge(a, b, keyF, { first: true, both: true, second: true }),
    'array',
  ),
  setInter: builtin(
    'a b keyF?',
    (a: Value, b: Value, keyF?: Value) => merge(a, b, keyF, { first: false, both: true, second: false }),
    'array',
  ),
  setDiff: builtin(
    'a b keyF?',
    (a: Value, b: Value, keyF?: Value) => merge(a, b, keyF, { first: true, both: false, second: false }),
    'array',
  ),
};
