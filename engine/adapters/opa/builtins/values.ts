import { numberOfInteger } from '../rego-number.js';
import { compareValues, isRegoArray, RegoObject, RegoSet, type RegoValue, typeName } from '../rego-value.js';
import { type BuiltinContext, BuiltinError, type Builtins, integerAt, itemsAt, objectAt, textAt } from './builtin.js';

/** Numbers on their way into the module cost far more than a turn of a loop. */
const STEPS_PER_NUMBER = 20;

function rangeOf(operands: readonly RegoValue[], { spend }: BuiltinContext): RegoValue {
  const [from, to, step] = [integerAt(operands, 0), integerAt(operands, 1), integerAt(operands, 2)];
  if (step <= 0n) throw new BuiltinError('step must be a positive integer');
  const distance = from <= to ? to - from : from - to;
  const count = Number(distance / step) + 1;
  spend(count * STEPS_PER_NUMBER);
  const direction = from <= to ? step : -step;
  return Array.from({ length: count }, (_, index) => numberOfInteger(from + direction * BigInt(index)));
}

function isEqual(left: RegoValue, right: RegoValue): boolean {
  return compareValues(left, right) === 0;
}

function isObjectSubset(whole: RegoObject, part: RegoObject): boolean {
  return part.entries.every(([key, value]) => {
    const other = whole.get(key);
    if (other === undefined) return false;
    return isEqual(value, other) || (typeName(value) === typeName(other) && isSubset(other, value) === true);
  });
}

/** Whether `part` stands in `whole` as one run. OPA does not go back after a partial match, nor do we. */
function isArraySubset(whole: readonly RegoValue[], part: readonly RegoValue[]): boolean {
  if (part.length > whole.length) return false;
  let [start, matched] = [0, 0];
  while (matched < part.length) {
    const item = whole[start + matched];
    if (item === undefined) return false;
    if (isEqual(item, part[matched]!)) matched += 1;
    else {
      start += 1;
      matched = 0;
    }
  }
  return true;
}

/** Whether every item of the set is in the array; an empty set is in none but counts as such on the first item. */
function isSetInArray(whole: readonly RegoValue[], part: RegoSet): boolean {
  let unmatched = part.items.length;
  return whole.some((item) => {
    if (part.has(item)) unmatched -= 1;
    return unmatched === 0;
  });
}

function isSubset(whole: RegoValue, part: RegoValue): boolean | undefined {
  if (whole instanceof RegoObject && part instanceof RegoObject) return isObjectSubset(whole, part);
  if (whole instanceof RegoSet && part instanceof RegoSet) return part.items.every((item) => whole.has(item));
  if (isRegoArray(whole) && isRegoArray(part)) return isArraySubset(whole, part);
  if (isRegoArray(whole) && part instanceof RegoSet) return isSetInArray(whole, part);
  return undefined;
}

function neighboursOf(edges: RegoValue): readonly RegoValue[] {
  if (edges instanceof RegoSet) return edges.items;
  return isRegoArray(edges) ? edges : [];
}

class PathFinder {
  readonly paths: RegoValue[] = [];

  readonly graph: RegoObject;
  readonly spend: (steps: number) => void;

  constructor(graph: RegoObject, spend: (steps: number) => void) {
    this.graph = graph;
    this.spend = spend;
  }

  follow(node: RegoValue, path: readonly RegoValue[], reached: readonly RegoValue[]): void {
    this.spend(path.length + 10);
    const edges = this.graph.get(node);
    if (edges === undefined) {
      this.paths.push(path);
      return;
    }
    const longer = [...path, node];
    const neighbours = neighboursOf(edges);
    if (neighbours.length === 0) this.paths.push(longer);
    for (const neighbour of neighbours) {
      if ([...reached, node].some((other) => isEqual(other, neighbour))) this.paths.push(longer);
      else this.follow(neighbour, longer, [...reached, node]);
    }
  }
}

function reachablePaths(graph: RegoObject, roots: readonly RegoValue[], { spend }: BuiltinContext): RegoSet {
  const finder = new PathFinder(graph, spend);
  for (const root of roots) {
    const edges = graph.get(root);
    if (edges === undefined) continue;
    const neighbours = neighboursOf(edges);
    if (neighbours.length === 0) finder.paths.push([root]);
    for (const neighbour of neighbours) finder.follow(neighbour, [root], [root]);
  }
  return RegoSet.of(finder.paths);
}

/** What is special in a glob. @see github.com/gobwas/glob, QuoteMeta */
const GLOB_SPECIAL = /[\\?*[\]{}]/g;

/** @see v1/topdown/{numbers,subset,reachable,glob,trace}.go of OPA 1.22 */
export const valueBuiltins: Builtins = {
  'numbers.range_step': rangeOf,
  'object.subset': ([whole, part]) => {
    const result = isSubset(whole!, part!);
    if (result === undefined) throw new BuiltinError('both arguments must be of the same type or array and set');
    return result;
  },
  'graph.reachable_paths': (operands, context) => reachablePaths(objectAt(operands, 0), itemsAt(operands, 1), context),
  'glob.quote_meta': (operands) => textAt(operands, 0).replace(GLOB_SPECIAL, '\\$&'),
  trace: (operands) => {
    textAt(operands, 0);
    return true;
  },
};
