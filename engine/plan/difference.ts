import type { FieldChange } from '#model/change-set.js';
import { secretHandle } from '#model/desired.js';
import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { formatPath, type Path, valueAt } from '#model/path.js';

/** Every leaf that differs between two documents, in the order of their keys. */
export function differences(
  before: Json | undefined,
  after: Json | undefined,
  path: Path = [],
): readonly FieldChange[] {
  if (equalJson(before, after)) return [];
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => differences(valueAt(before, [key]), valueAt(after, [key]), [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return pairItems(before, after).flatMap(({ left, right, segment }) => differences(left, right, [...path, segment]));
  }
  if (before === undefined && isJsonObject(after) && Object.keys(after).length > 0) {
    return Object.keys(after)
      .sort()
      .flatMap((key) => differences(undefined, after[key], [...path, key]));
  }
  if (after === undefined && isJsonObject(before) && Object.keys(before).length > 0) {
    return Object.keys(before)
      .sort()
      .flatMap((key) => differences(before[key], undefined, [...path, key]));
  }
  return [{ path: formatPath(path), before, after }];
}

/**
 * Every leaf of `desired` that `live` has otherwise. What only `live` has belongs to others: defaults, other managers,
 * controllers. Lists whose items all have a name are compared by it, other lists item by item.
 */
export function deviations(live: Json | undefined, desired: Json, path: Path = []): readonly FieldChange[] {
  // What a handle stands for is known only while it is written: a value that is there is taken for the right one.
  if (live !== undefined && secretHandle(desired) !== undefined) return [];
  if (isJsonObject(desired) && isJsonObject(live)) {
    return Object.keys(desired)
      .sort()
      .flatMap((key) => deviations(valueAt(live, [key]), desired[key] ?? null, [...path, key]));
  }
  if (Array.isArray(desired) && Array.isArray(live)) {
    const named = isNamed(desired) && isNamed(live);
    return pairItems(live, desired).flatMap(({ left, right, segment }) => {
      if (right === undefined) return named ? [] : differences(left, undefined, [...path, segment]);
      return deviations(left, right, [...path, segment]);
    });
  }
  if (isJsonObject(desired) && Object.keys(desired).length === 0 && live === undefined) return [];
  return live === undefined ? differences(undefined, desired, path) : differences(live, desired, path);
}

interface Pair {
  readonly left: Json | undefined;
  readonly right: Json | undefined;
  readonly segment: number;
}

function pairItems(left: readonly Json[], right: readonly Json[]): readonly Pair[] {
  if (!isNamed(left) || !isNamed(right)) {
    const length = Math.max(left.length, right.length);
    return Array.from({ length }, (_, index) => ({ left: left[index], right: right[index], segment: index }));
  }
  const byName = new Map(left.map((item) => [nameOf(item), item]));
  const wanted = new Set(right.map(nameOf));
  return [
    ...right.map((item, index) => ({ left: byName.get(nameOf(item)), right: item, segment: index })),
    ...left.flatMap((item, index) =>
      wanted.has(nameOf(item)) ? [] : [{ left: item, right: undefined, segment: index }],
    ),
  ];
}

function isNamed(items: readonly Json[]): boolean {
  const names = new Set(items.map((item) => (isJsonObject(item) ? item.name : undefined)));
  return names.size === items.length && items.length > 0 && [...names].every((name) => typeof name === 'string');
}

function nameOf(item: Json): Json | undefined {
  return (item as JsonObject).name;
}
