import { type Environment, Optional } from '@marcbachmann/cel-js';
import { equalValues, identityOf } from './equality.js';

type Values = readonly unknown[];
type Comparable = bigint | number | string;

/** Registers Kubernetes' list library and the sets library of cel-go (k8s.io/apiserver/pkg/cel/library). */
export function registerLists(environment: Environment): Environment {
  return environment
    .registerFunction('list<A>.isSorted(): bool', (list: Values) =>
      list.every((value, index) => index === 0 || !isLess(value, list[index - 1])),
    )
    .registerFunction('list<A>.sum(): A', sum)
    .registerFunction('list<A>.min(): A', (list: Values) => extreme(list, 'min'))
    .registerFunction('list<A>.max(): A', (list: Values) => extreme(list, 'max'))
    .registerFunction('list<A>.codePointIndexOf(A): int', (list: Values, item: unknown) =>
      BigInt(list.findIndex((value) => equalValues(value, item))),
    )
    .registerFunction('list<A>.codePointLastIndexOf(A): int', (list: Values, item: unknown) =>
      BigInt(list.findLastIndex((value) => equalValues(value, item))),
    )
    .registerFunction('list<A>.distinct(): list<A>', distinct)
    .registerFunction('list<A>.reverse(): list<A>', (list: Values) => list.toReversed())
    .registerFunction('list<A>.flatten(): list<dyn>', (list: Values) => list.flat())
    .registerFunction('list<A>.sort(): list<A>', (list: Values) =>
      list.toSorted((a, b) => (isLess(a, b) ? -1 : Number(isLess(b, a)))),
    )
    .registerFunction('list<A>.slice(int, int): list<A>', slice)
    .registerFunction('list<A>.first(): optional<A>', (list: Values) => Optional.of(list[0]))
    .registerFunction('list<A>.last(): optional<A>', (list: Values) => Optional.of(list.at(-1)))
    .registerType('SetsNamespace', SetsNamespace)
    .registerConstant('sets', 'SetsNamespace', new SetsNamespace())
    .registerFunction('SetsNamespace.contains(list<A>, list<A>): bool', (_sets: unknown, list: Values, part: Values) =>
      includesAll(list, part),
    )
    .registerFunction(
      'SetsNamespace.equivalent(list<A>, list<A>): bool',
      (_sets: unknown, left: Values, right: Values) => includesAll(left, right) && includesAll(right, left),
    )
    .registerFunction(
      'SetsNamespace.intersects(list<A>, list<A>): bool',
      (_sets: unknown, left: Values, right: Values) => {
        const known = new Set(right.map(identityOf));
        return left.some((value) => known.has(identityOf(value)));
      },
    );
}

/** What the name `sets` stands for. */
class SetsNamespace {}

function includesAll(list: Values, part: Values): boolean {
  const known = new Set(list.map(identityOf));
  return part.every((item) => known.has(identityOf(item)));
}

function distinct(list: Values): Values {
  const seen = new Map<string, unknown>();
  for (const value of list) if (!seen.has(identityOf(value))) seen.set(identityOf(value), value);
  return [...seen.values()];
}

function slice(list: Values, start: bigint, end: bigint): Values {
  if (start < 0n || end < start || end > BigInt(list.length)) throw new Error(`index out of range: ${start}, ${end}`);
  return list.slice(Number(start), Number(end));
}

function isLess(left: unknown, right: unknown): boolean {
  return (left as Comparable) < (right as Comparable);
}

function extreme(list: Values, which: 'max' | 'min'): unknown {
  if (list.length === 0) throw new Error(`${which} of an empty list`);
  return list.reduce((best, value) => ((which === 'min' ? isLess(value, best) : isLess(best, value)) ? value : best));
}

function sum(list: Values): unknown {
  if (list.length === 0) return 0n;
  if (typeof list[0] === 'bigint') return (list as bigint[]).reduce((total, value) => total + value);
  if (typeof list[0] === 'number') return (list as number[]).reduce((total, value) => total + value);
  return (list as Duration[]).reduce((total, value) => total.addDuration(value));
}

interface Duration {
  addDuration(other: Duration): Duration;
}
