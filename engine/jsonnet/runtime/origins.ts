import type { Origin } from '../syntax/source.js';
import { shapeOf } from './read-object.js';
import { elementAt, type Lazy, ObjectValue, type Value } from './value.js';

/** Where the elements of arrays come from: one for each, or one for all. */
const traces = new WeakMap<Lazy[], readonly Origin[]>();

/** The array, which remembers where its elements come from. */
export function traced(origins: readonly Origin[], array: Lazy[]): Lazy[] {
  traces.set(array, origins);
  return array;
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
      const origin = shape.origins?.[field];
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
