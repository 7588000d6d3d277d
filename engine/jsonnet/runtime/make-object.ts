import { fail } from '../failure.js';
import type { Origin } from '../syntax/source.js';
import { spend } from './budget.js';
import { INHERIT, Shape, type Visibility } from './shape.js';
import { type FieldCode, type LocalsCode, ObjectValue, typeName, type Value } from './value.js';

/** What of an object literal does not change from one evaluation to the next. */
export interface ObjectSite {
  /** The names that are literals; undefined where one has to be evaluated. */
  readonly names: readonly (string | undefined)[];
  readonly visibilities: readonly Visibility[];
  /** The values that are literals. */
  readonly constants: readonly (Value | undefined)[];
  readonly asserts: number;
  readonly origins: readonly Origin[];
}

/** Shapes of one literal that are kept: of its computed names few combinations come again and again, or none does. */
const SHAPES_KEPT = 16;

const staticShapes = new WeakMap<ObjectSite, Shape>();
const computedShapes = new WeakMap<ObjectSite, Map<string, Shape>>();

/** The code of a literal whose fields are all constants. */
export function noCode(): never {
  return fail('there is no code for this field');
}

/** The object of a literal all of whose names are literals. */
export function object(site: ObjectSite, code: FieldCode, makeLocals: LocalsCode | undefined): ObjectValue {
  let shape = staticShapes.get(site);
  if (shape === undefined) {
    shape = new Shape({ ...site, names: site.names as readonly string[] });
    staticShapes.set(site, shape);
  }
  return new ObjectValue(shape, code, makeLocals, undefined);
}

/** The object of a literal some of whose names are `computed`, in their order; a name that is null has no field. */
export function computedObject(
  site: ObjectSite,
  computed: readonly Value[],
  code: FieldCode,
  makeLocals: LocalsCode | undefined,
): ObjectValue {
  const names = computed.map(nameOf);
  const key = JSON.stringify(names);
  let shapes = computedShapes.get(site);
  let shape = shapes?.get(key);
  if (shape === undefined) {
    shape = computedShape(site, names);
    if (shapes === undefined || shapes.size >= SHAPES_KEPT) {
      shapes = new Map();
      computedShapes.set(site, shapes);
    }
    shapes.set(key, shape);
  }
  return new ObjectValue(shape, code, makeLocals, undefined);
}

function nameOf(name: Value): string | null {
  if (typeof name === 'string' || name === null) return name;
  return fail(`the name of a field is a text, not a value of type ${typeName(name)}`);
}

function computedShape(site: ObjectSite, computed: readonly (string | null)[]): Shape {
  let next = 0;
  const all = site.names.map((name) => {
    if (name !== undefined) return name;
    next += 1;
    return computed[next - 1] as string | null;
  });
  const slot = all.flatMap((name, index) => (name === null ? [] : [index]));
  const names = slot.map((index) => all[index] as string);
  refuseTwice(names);
  return new Shape(
    {
      names,
      visibilities: slot.map((index) => site.visibilities[index] as Visibility),
      constants: slot.map((index) => site.constants[index]),
      asserts: site.asserts,
      origins: slot.map((index) => site.origins[index]),
    },
    { layers: 1, owner: slot.map(() => 0), slot },
  );
}

function refuseTwice(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) fail(`the field ${JSON.stringify(name)} is there twice`);
    seen.add(name);
  }
}

/** What making a field of a shape that nobody shares costs, beside a call. */
const STEPS_OF_A_FIELD = 4;

/** The code of one field of an object that is made field by field. */
export type OneFieldCode = (self: ObjectValue, layer: number) => Value;

/** The object of a comprehension. `fill` calls `add` for each field, with a name that may be null for none. */
export function objectOf(
  origin: Origin | undefined,
  fill: (add: (name: Value, code: OneFieldCode) => void) => void,
): ObjectValue {
  const names: string[] = [];
  const codes: OneFieldCode[] = [];
  const seen = new Set<string>();
  fill((given, code) => {
    const name = nameOf(given);
    if (name === null) return;
    if (seen.has(name)) fail(`the field ${JSON.stringify(name)} is there twice`);
    seen.add(name);
    spend(STEPS_OF_A_FIELD);
    names.push(name);
    codes.push(code);
  });
  const visibilities = names.map((): Visibility => INHERIT);
  const shape = new Shape({
    names,
    visibilities,
    ...(origin === undefined ? {} : { origins: names.map(() => origin) }),
  });
  return new ObjectValue(
    shape,
    (field, self, layer) => (codes[field] as OneFieldCode)(self, layer),
    undefined,
    undefined,
  );
}
