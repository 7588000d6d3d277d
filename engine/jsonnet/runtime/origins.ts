import type { Origin } from '../syntax/source.js';
import { index } from './indexing.js';
import { shapeOf } from './read-object.js';
import { elementAt, type Lazy, ObjectValue, type Value } from './value.js';

/** Copies of copies that are followed. */
const MOST_COPIES = 100;

/** Where the elements of arrays come from: one for each, or one for all. */
const traces = new WeakMap<Lazy[], readonly Origin[]>();

/** The array, which remembers where its elements come from. */
export function traced(origins: readonly Origin[], array: Lazy[]): Lazy[] {
  traces.set(array, origins);
  return array;
}

/** The fields that are copies of others: from which object they are, by layer and name. */
const copies = new WeakMap<ObjectValue, Map<string, { readonly from: ObjectValue; readonly name: string }>>();

/** `target[at]`, for the field `name` of a layer of `self`, which remembers that it is a copy. */
export function copied(
  [self, layer, name]: readonly [self: ObjectValue, layer: number, name: string],
  target: Value,
  at: Value,
): Value {
  if (target instanceof ObjectValue && typeof at === 'string') {
    const known = copies.get(self) ?? new Map();
    known.set(`${layer} ${name}`, { from: target, name: at });
    copies.set(self, known);
  }
  return index(target, at);
}

/** Where a field comes from; that of a copy, from where the first of all that it is a copy of comes. */
function originOf(object: ObjectValue, field: number, steps = 0): Origin | undefined {
  const shape = shapeOf(object);
  const own = shape.origins?.[field];
  const copy = copies.get(object)?.get(`${shape.ownerOf(field)} ${shape.names[field]}`);
  const before = copy === undefined ? undefined : shapeOf(copy.from).find(copy.name);
  if (copy === undefined || before === undefined || steps > MOST_COPIES) return own;
  return originOf(copy.from, before, steps + 1) ?? own;
}

/**
 * Tells `visit` where every part of a value comes from, by its JSON Pointer (RFC 6901). The value must have been made
 * plain before. What no literal names, such as an element that a function of the library made, is not told: it comes
 * from where the nearest part around it comes from.
 */
export function visitOrigins(value: Value, visit: (pointer: string, origin: Origin) => void, pointer = ''): void {
  if (Array.isArray(value)) {
    const origins = traces.get(value);
    for (let index = 0; index < value.length; index += 1) {
      const origin = origins?.[index] ?? origins?.[0];
      const inner = `${pointer}/${index}`;
      if (origin !== undefined) visit(inner, origin);
      visitOrigins(elementAt(value, index), visit, inner);
    }
  } else if (value instanceof ObjectValue) {
    const shape = shapeOf(value);
    for (const field of shape.visible) {
      const origin = originOf(value, field);
      const inner = `${pointer}/${escaped(shape.names[field] as string)}`;
      if (origin !== undefined) visit(inner, origin);
      const known = value.values?.[field] ?? (shape.constants?.[field] as Value | undefined);
      if (known !== undefined) visitOrigins(known, visit, inner);
    }
  }
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
