import type { Json } from '#model/json.js';
import { compareNumbers, doubleOf, ExactNumber, type RegoNumber } from './rego-number.js';

/** A set of Rego: without duplicates, in Rego's order. */
export class RegoSet {
  readonly items: readonly RegoValue[];

  private constructor(items: readonly RegoValue[]) {
    this.items = items;
  }

  static of(values: readonly RegoValue[]): RegoSet {
    const sorted = [...values].sort(compareValues);
    return new RegoSet(sorted.filter((value, index) => index === 0 || compareValues(sorted[index - 1]!, value) !== 0));
  }

  has(value: RegoValue): boolean {
    return search(this.items.length, (index) => compareValues(this.items[index]!, value)) !== undefined;
  }
}

/** An object of Rego: keys are any values, in Rego's order, each once; of two equal keys the later one holds. */
export class RegoObject {
  readonly entries: readonly RegoEntry[];

  private constructor(entries: readonly RegoEntry[]) {
    this.entries = entries;
  }

  static of(entries: readonly RegoEntry[]): RegoObject {
    const sorted = [...entries].sort((left, right) => compareValues(left[0], right[0]));
    return new RegoObject(
      sorted.filter(([key], index) => index + 1 === sorted.length || compareValues(key, sorted[index + 1]![0]) !== 0),
    );
  }

  /** An object with text keys. */
  static from(fields: Readonly<Record<string, RegoValue>>): RegoObject {
    return RegoObject.of(Object.entries(fields));
  }

  get(key: RegoValue): RegoValue | undefined {
    const index = search(this.entries.length, (at) => compareValues(this.entries[at]![0], key));
    return index === undefined ? undefined : this.entries[index]![1];
  }

  /** A copy in which `key` has `value`, or, where that is undefined, is absent. */
  with(key: RegoValue, value: RegoValue | undefined): RegoObject {
    const others = this.entries.filter(([other]) => compareValues(other, key) !== 0);
    return RegoObject.of(value === undefined ? others : [...others, [key, value]]);
  }
}

export type RegoEntry = readonly [RegoValue, RegoValue];

/** A value of Rego, as host built-ins get and give it. */
export type RegoValue = null | boolean | RegoNumber | string | readonly RegoValue[] | RegoObject | RegoSet;

/** Whether a value is an array. */
export function isRegoArray(value: RegoValue): value is readonly RegoValue[] {
  return Array.isArray(value);
}

/** Whether a value is a number. */
export function isRegoNumber(value: RegoValue): value is RegoNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

/** The name that Rego has for the type of a value. */
export function typeName(value: RegoValue): RegoType {
  return TYPES[rank(value)]!;
}

const TYPES = ['null', 'boolean', 'number', 'string', 'array', 'object', 'set'] as const;

/** A type of Rego. */
export type RegoType = (typeof TYPES)[number];

function rank(value: RegoValue): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number' || value instanceof ExactNumber) return 2;
  if (typeof value === 'string') return 3;
  if (Array.isArray(value)) return 4;
  return value instanceof RegoSet ? 6 : 5;
}

/** Rego's total order over all values. @see https://www.openpolicyagent.org/docs/policy-reference#comparison */
export function compareValues(left: RegoValue, right: RegoValue): number {
  if (typeof left === 'string' && typeof right === 'string') return compareByCodePoint(left, right);
  const byType = rank(left) - rank(right);
  if (byType !== 0) return byType;
  if (isRegoNumber(left)) return compareNumbers(left, right as RegoNumber);
  if (typeof left === 'boolean') return Number(left) - Number(right);
  if (isRegoArray(left)) return compareLists(left, right as readonly RegoValue[]);
  if (left instanceof RegoSet) return compareLists(left.items, (right as RegoSet).items);
  if (left instanceof RegoObject) return compareObjects(left, right as RegoObject);
  return 0;
}

/** Orders text as Go does, by its UTF-8 bytes: code point by code point, not by UTF-16 unit. */
export function compareByCodePoint(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [first, second] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (first === second) continue;
    const [firstIsHalf, secondIsHalf] = [isSurrogate(first), isSurrogate(second)];
    if (firstIsHalf !== secondIsHalf) return firstIsHalf ? 1 : -1;
    return first - second;
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function compareLists(left: readonly RegoValue[], right: readonly RegoValue[]): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareValues(left[index]!, right[index]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareObjects(left: RegoObject, right: RegoObject): number {
  const length = Math.min(left.entries.length, right.entries.length);
  for (let index = 0; index < length; index += 1) {
    const [[leftKey, leftValue], [rightKey, rightValue]] = [left.entries[index]!, right.entries[index]!];
    const order = compareValues(leftKey, rightKey) || compareValues(leftValue, rightValue);
    if (order !== 0) return order;
  }
  return left.entries.length - right.entries.length;
}

function search(length: number, compareAt: (index: number) => number): number | undefined {
  let [low, high] = [0, length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compareAt(middle);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** A JSON value as a value of Rego. */
export function fromJson(value: Json): RegoValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fromJson);
  return RegoObject.of(Object.entries(value).map(([key, item]) => [key, fromJson(item)]));
}

/** A value of Rego as JSON: sets become sorted arrays, numbers the nearest doubles, keys that are no text their JSON. */
export function toJson(value: RegoValue): Json {
  if (isRegoNumber(value)) return doubleOf(value);
  if (value === null || typeof value !== 'object') return value;
  if (isRegoArray(value)) return value.map(toJson);
  if (value instanceof RegoSet) return value.items.map(toJson);
  const fields = value.entries.map(([key, item]): [string, Json] => [
    typeof key === 'string' ? key : JSON.stringify(toJson(key)),
    toJson(item),
  ]);
  return Object.fromEntries(fields);
}
