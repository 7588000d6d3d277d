import { fail } from '../failure.js';
import type { Origin } from '../syntax/source.js';
import { enter, leave, spend } from './budget.js';
import { type Fields, INHERIT, Shape, type Visibility } from './shape.js';
import { Barrier, type Layer, ObjectValue, type Value } from './value.js';

/** Layers up to which the combination of shapes is kept for the next object of the same parts. */
const FEW_LAYERS = 8;

/** The fields of an object. */
export function shapeOf(object: ObjectValue): Shape {
  return object.shape ?? flatten(object);
}

/** `upper` laid over `lower`. Nothing is read of either yet. */
export function laidOver(lower: ObjectValue, upper: ObjectValue): ObjectValue {
  const object = new ObjectValue(undefined, undefined, undefined, undefined);
  object.under = [lower, upper];
  return object;
}

/** An object as it is seen without one field. */
export function withoutField(object: ObjectValue, name: string): ObjectValue {
  const shape = shapeOf(object);
  if (shape.find(name) === undefined) return object;
  const kept = shape.without(name);
  const result = new ObjectValue(kept, undefined, undefined, undefined);
  result.layers = [...(object.layers ?? [object]), new Barrier(new Set(kept.names))];
  result.isChecked = false;
  return result;
}

/** The value of the field with this name. Throws a Failure where there is none. */
export function fieldNamed(object: ObjectValue, name: string): Value {
  const field = shapeOf(object).find(name);
  if (field !== undefined) return fieldAt(object, field);
  checkAsserts(object);
  return noField(object, name);
}

function noField(object: ObjectValue, name: string): never {
  const { names } = shapeOf(object);
  const alike = names.filter((other) => other.toLowerCase() === name.toLowerCase());
  return fail(`there is no field ${name}${alike.length === 0 ? '' : `, but ${alike.join(', ')}`}`);
}

/** The value of a field by its number in the shape. */
export function fieldAt(object: ObjectValue, field: number): Value {
  if (!object.isChecked) checkAsserts(object);
  const known = object.values?.[field];
  if (known !== undefined) return known;
  const shape = object.shape as Shape;
  const constant = shape.constants?.[field];
  if (constant !== undefined) return constant as Value;
  const slot = shape.slotOf(field);
  const layer = object.layers === undefined ? 0 : shape.ownerOf(field);
  const literal = object.layers === undefined ? object : layerAt(object, layer);
  const value = run(object, slot, literal, layer);
  object.values ??= new Array(shape.names.length);
  object.values[field] = value;
  return value;
}

function layerAt(object: ObjectValue, layer: number): ObjectValue {
  return object.layers?.[layer] as ObjectValue;
}

function run(self: ObjectValue, field: number, literal: ObjectValue, layer: number): Value {
  enter();
  const code = literal.code as NonNullable<ObjectValue['code']>;
  const value = code(field, self, layer, localsOf(self, literal, layer));
  leave();
  return value;
}

function localsOf(self: ObjectValue, literal: ObjectValue, layer: number): unknown {
  const { makeLocals } = literal;
  if (makeLocals === undefined) return literal.locals;
  if (self === literal) {
    self.locals ??= makeLocals(self, 0);
    return self.locals;
  }
  self.layerLocals ??= [];
  self.layerLocals[layer] ??= makeLocals(self, layer);
  return self.layerLocals[layer];
}

/** The value of `super.name`, for code that lies in this layer of `self`. */
export function superField(self: ObjectValue, layer: number, name: string): Value {
  if (!self.isChecked) checkAsserts(self);
  if (layer === 0) return fail('there is nothing that super could be: the object is laid over no other');
  const found = below(self, layer, name);
  if (found === undefined) return fail(`there is no field ${name} in super`);
  const literal = layerAt(self, found);
  const field = shapeOf(literal).find(name) as number;
  const shown = shapeOf(self).find(name);
  if (shown !== undefined && self.shape?.ownerOf(shown) === found) return fieldAt(self, shown);
  self.inherited ??= [];
  self.inherited[found] ??= [];
  const values = self.inherited[found] as (Value | undefined)[];
  // Not with ??: a field may be null.
  if (values[field] === undefined) {
    const constant = shapeOf(literal).constants?.[field] as Value | undefined;
    values[field] = constant === undefined ? run(self, shapeOf(literal).slotOf(field), literal, found) : constant;
  }
  return values[field] as Value;
}

/** Whether `name in super`, for code that lies in this layer of `self`. */
export function superHas(self: ObjectValue, layer: number, name: string): boolean {
  return below(self, layer, name) !== undefined;
}

/** The nearest layer under `layer` that has the field. */
function below(self: ObjectValue, layer: number, name: string): number | undefined {
  const layers = self.layers ?? [];
  for (let at = layer - 1; at >= 0; at -= 1) {
    const found = layers[at] as Layer;
    if (found instanceof Barrier) {
      if (!found.names.has(name)) return undefined;
    } else if (found.shape?.find(name) !== undefined) return at;
  }
  return undefined;
}

/** Evaluates the asserts of an object that nobody has looked at yet. While it does, they are taken to hold. */
export function checkAsserts(object: ObjectValue): void {
  if (object.isChecked) return;
  shapeOf(object);
  object.isChecked = true;
  try {
    const layers = object.layers ?? [object];
    for (let at = layers.length - 1; at >= 0; at -= 1) {
      const layer = layers[at] as Layer;
      if (layer instanceof ObjectValue) checkLayer(object, layer, at);
    }
  } catch (error) {
    object.isChecked = false;
    throw error;
  }
}

function checkLayer(self: ObjectValue, literal: ObjectValue, layer: number): void {
  const { asserts } = literal.shape as Shape;
  for (let index = 1; index <= asserts; index += 1) run(self, -index, literal, layer);
}

/** Finds the layers and the shape of an object over another. Chains are long where they are folded: no recursion. */
function flatten(object: ObjectValue): Shape {
  const layers: Layer[] = [];
  const shapes: Shape[] = [];
  const waiting: ObjectValue[] = [object];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.under !== undefined) {
      waiting.push(next.under[1], next.under[0]);
    } else {
      for (const layer of next.layers ?? [next]) layers.push(layer);
      shapes.push(next.shape as Shape);
    }
  }
  spend(layers.length);
  const shape = shapes.length <= FEW_LAYERS ? shapes.reduce((lower, upper) => lower.under(upper)) : overlayAll(shapes);
  object.shape = shape;
  object.layers = layers;
  object.under = undefined;
  return shape;
}

/** A field that is being found among many shapes. */
interface Found {
  readonly visibility: Visibility;
  readonly owner: number;
  readonly slot: number;
  readonly constant: Value | undefined;
  readonly origin: Origin | undefined;
}

/** What laying many shapes over each other one by one would give, in one go. */
function overlayAll(shapes: readonly Shape[]): Shape {
  const fields = new Map<string, Found>();
  let layers = 0;
  for (const shape of shapes) {
    spend(shape.names.length);
    for (let field = 0; field < shape.names.length; field += 1) {
      const name = shape.names[field] as string;
      const own = shape.visibilities[field] as Visibility;
      fields.set(name, {
        visibility: own === INHERIT ? (fields.get(name)?.visibility ?? INHERIT) : own,
        owner: layers + shape.ownerOf(field),
        slot: shape.slotOf(field),
        constant: shape.constants?.[field] as Value | undefined,
        origin: shape.origins?.[field],
      });
    }
    layers += shape.layers;
  }
  const all = [...fields.values()];
  const made: Fields = {
    names: [...fields.keys()],
    visibilities: all.map(({ visibility }) => visibility),
    constants: all.map(({ constant }) => constant),
    origins: all.map(({ origin }) => origin),
  };
  return new Shape(made, { layers, owner: all.map(({ owner }) => owner), slot: all.map(({ slot }) => slot) });
}
