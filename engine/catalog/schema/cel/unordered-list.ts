import type { Environment } from '@marcbachmann/cel-js';
import { identityOf } from './equality.js';

type Values = readonly unknown[];

const unordered = new WeakSet<Values>();

/** Marks a list of the list type `set` or `map`, whose order means nothing. Gives the list. */
export function markUnordered(list: Values): Values {
  unordered.add(list);
  return list;
}

/** Registers `==` and `+` of lists of one type, which must know of unordered lists. */
export function registerUnordered(list: string, environment: Environment): void {
  environment
    .registerOperator(`${list} == ${list}`, (left: Values, right: Values) => {
      const sort = (values: Values): string => {
        const identities = values.map(identityOf);
        return (unordered.has(left) ? identities.sort() : identities).join('\n');
      };
      return left.length === right.length && sort(left) === sort(right);
    })
    .registerOperator(`${list} + ${list}`, (left: Values, right: Values) => {
      if (!unordered.has(left)) return [...left, ...right];
      const known = new Set(left.map(identityOf));
      return markUnordered([...left, ...right.filter((item) => !known.has(identityOf(item)))]);
    });
}
