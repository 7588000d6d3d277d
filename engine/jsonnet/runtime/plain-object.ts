import type { Plain, PlainObject } from '../text/plain.js';
import { INHERIT, Shape, type Visibility } from './shape.js';
import { type FieldCode, type Lazy, ObjectValue, type Value } from './value.js';

/** Shapes of data that are kept, over all: beyond that they begin anew. Data of one kind has few. */
const SHAPES_KEPT = 10_000;

/** A shape, its code, and the shapes that have one field more. */
interface Step {
  readonly shape: () => DataShape;
  readonly next: Map<string, Step>;
}

interface DataShape {
  readonly shape: Shape;
  readonly code: FieldCode;
}

let root: Step = stepOf([]);
let kept = 0;

function stepOf(names: readonly string[]): Step {
  let made: DataShape | undefined;
  return {
    next: new Map(),
    shape: () => {
      made ??= dataShape(names);
      return made;
    },
  };
}

function dataShape(names: readonly string[]): DataShape {
  const shape = new Shape({ names, visibilities: names.map((): Visibility => INHERIT) });
  const code: FieldCode = (field, _self, _layer, data) =>
    fromPlain((data as PlainObject)[names[field] as string] as Plain);
  return { shape, code };
}

/** Plain data as a value. Objects inside are looked at when they are asked for; the data must not change meanwhile. */
export function fromPlain(data: Plain): Value {
  if (typeof data !== 'object' || data === null) return data ?? null;
  if (Array.isArray(data)) return data.map((element: Plain): Lazy => fromPlain(element));
  const { shape, code } = shapeFor(data as PlainObject);
  return new ObjectValue(shape, code, undefined, data);
}

/** The same object, which tells of each field that is read: looking at which fields it has is no reading. */
export function fromWatched(data: PlainObject, onRead: (field: string) => void): Value {
  const { shape, code } = shapeFor(data);
  const telling: FieldCode = (field, self, layer, given) => {
    onRead(shape.names[field] as string);
    return code(field, self, layer, given);
  };
  return new ObjectValue(shape, telling, undefined, data);
}

function shapeFor(data: PlainObject): DataShape {
  const names = Object.keys(data);
  let step = root;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    if (data[name] === undefined) continue;
    step =
      step.next.get(name) ??
      grow(
        step,
        name,
        names.slice(0, index + 1).filter((before) => data[before] !== undefined),
      );
  }
  return step.shape();
}

function grow(step: Step, name: string, names: readonly string[]): Step {
  if (kept >= SHAPES_KEPT) {
    root = stepOf([]);
    kept = 0;
  }
  kept += 1;
  const next = stepOf(names);
  step.next.set(name, next);
  return next;
}
