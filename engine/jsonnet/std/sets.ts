import { spend } from '../runtime/budget.js';
import { call1 } from '../runtime/calls.js';
import { index, slice } from '../runtime/indexing.js';
import { add, arrayOf, compare, equals, functionOf } from '../runtime/operators.js';
import { elementAt, force, type Lazy, type Value } from '../runtime/value.js';
import { elementsOf } from './arrays.js';
import { type Builtins, builtin } from './builtin.js';
import { length } from './values.js';

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

function sorted(array: Value, keyF: Value | undefined): Lazy[] {
  const items = keyed(array, keyF).sort((left, right) => {
    spend(1);
    return compare(left.key, right.key);
  });
  return items.map(({ element }) => element);
}

/** Without elements that are equal to the one before. A single element is not even looked at. */
function unique(array: Value, keyF: Lazy | undefined): Lazy[] {
  const elements = elementsOf(array, 'std.uniq');
  if (elements.length < 2) return elements;
  const kept: Keyed[] = [];
  for (const item of keyed(elements, keyF === undefined ? undefined : force(keyF))) {
    const last = kept.at(-1);
    if (last === undefined || !equals(last.key, item.key)) kept.push(item);
  }
  return kept.map(({ element }) => element);
}

/** What is taken for a set: anything that has a length, whose elements and their keys are found when they are asked for. */
class KeyedElements {
  readonly length: number;
  readonly #value: Value;
  readonly #elements: Lazy[] | undefined;
  readonly #keyF: Lazy | undefined;
  readonly #keys: Value[] = [];

  constructor(value: Value, keyF: Lazy | undefined) {
    this.#value = value;
    this.#elements = typeof value === 'string' ? [...value] : arrayIn(value);
    this.#keyF = keyF;
    this.length = length(value);
  }

  element(at: number): Lazy {
    return this.#elements === undefined ? index(this.#value, at) : (this.#elements[at] as Lazy);
  }

  key(at: number): Value {
    this.#keys[at] ??= this.#keyF === undefined ? force(this.element(at)) : call1(force(this.#keyF), this.element(at));
    return this.#keys[at] as Value;
  }

  from(at: number): Value {
    return slice(this.#value, at, null, null);
  }
}

function arrayIn(value: Value): Lazy[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Equal values need no order: two objects may be the same, but none comes before another. */
function orderOf(left: Value, right: Value): number {
  return typeof left === 'object' && equals(left, right) ? 0 : compare(left, right);
}

/** Elements that were taken of two sets, up to the end of one of them, and where that was. */
interface Merged {
  readonly taken: Lazy[];
  readonly left: number;
  readonly right: number;
}

/** Goes along two sets. `keeps` says of an order whether the element is taken: of the left, of both, or of the right alone. */
function merge(left: KeyedElements, right: KeyedElements, keeps: (order: number) => boolean): Merged {
  const taken: Lazy[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    spend(1);
    const order = orderOf(left.key(l), right.key(r));
    if (keeps(order)) taken.push(order <= 0 ? left.element(l) : right.element(r));
    if (order <= 0) l += 1;
    if (order >= 0) r += 1;
  }
  return { taken, left: l, right: r };
}

/** All of both sets; what both have is taken from the first. What is left at the end is added as it is, be it a text. */
function setUnion(a: Value, b: Value, keyF?: Lazy): Value {
  const left = new KeyedElements(a, keyF);
  const right = new KeyedElements(b, keyF);
  const merged = merge(left, right, () => true);
  return add(merged.taken, merged.left < left.length ? left.from(merged.left) : right.from(merged.right));
}

function setInter(a: Value, b: Value, keyF?: Lazy): Lazy[] {
  const left = new KeyedElements(a, keyF);
  if (left.length === 0) return [];
  return merge(left, new KeyedElements(b, keyF), (order) => order === 0).taken;
}

function setDiff(a: Value, b: Value, keyF?: Lazy): Value {
  const left = new KeyedElements(a, keyF);
  if (left.length === 0) return [];
  const merged = merge(left, new KeyedElements(b, keyF), (order) => order < 0);
  return merged.left < left.length ? add(merged.taken, left.from(merged.left)) : merged.taken;
}

/** Functions about order, and about sets: arrays that are in order and hold nothing twice. */
export const SETS: Builtins = {
  sort: builtin('arr keyF?', sorted, 'array'),
  uniq: builtin('arr ~keyF?', unique, 'array'),
  set: builtin('arr keyF?', (array: Value, keyF?: Value) => unique(sorted(array, keyF), keyF), 'array'),
  setMember: builtin(
    '~x arr ~keyF?',
    (value: Lazy, array: Value, keyF?: Lazy) => setInter([value], array, keyF).length > 0,
    'boolean',
  ),
  setUnion: builtin('a b ~keyF?', setUnion),
  setInter: builtin('a b ~keyF?', setInter, 'array'),
  setDiff: builtin('a b ~keyF?', setDiff),
};
