import type { Shape } from './shape.js';
import type { Value } from './value.js';

/**
 * The code of all fields of one object literal. `field` numbers the field, or the assert after them; `self` is the
 * object that is asked, `layer` where in it this literal lies, `locals` what the literal's own locals are there.
 */
export type FieldCode = (field: number, self: ObjectValue, layer: number, locals: unknown) => Value;

/** Makes the locals of an object literal, for one object that it is a layer of. */
export type LocalsCode = (self: ObjectValue, layer: number) => unknown;

/** Lies between layers: what is above sees only these fields of what is below. */
export class Barrier {
  readonly names: ReadonlySet<string>;

  constructor(names: ReadonlySet<string>) {
    this.names = names;
  }
}

/** What an object is made of, deepest first: literals, and barriers between them. */
export type Layer = ObjectValue | Barrier;

/**
 * An object: one literal, or several laid over each other. Fields are evaluated when they are first asked for, once.
 * How it is read stands in read-object.ts; its parts are for that alone.
 */
export class ObjectValue {
  /** Undefined until an object over another is first read. */
  shape: Shape | undefined;
  /** The code of a literal; undefined where there are layers. */
  readonly code: FieldCode | undefined;
  readonly makeLocals: LocalsCode | undefined;
  /** The locals of a literal on its own, or the data that its code reads. */
  locals: unknown;
  /** What is laid over what, until the layers are known. */
  under: readonly [lower: ObjectValue, upper: ObjectValue] | undefined;
  layers: readonly Layer[] | undefined;
  /** The fields that are known, by their number in the shape. */
  values: (Value | undefined)[] | undefined;
  /** The fields of layers that others lie over, asked for by `super`, by layer and number. */
  inherited: (Value | undefined)[][] | undefined;
  /** The locals of each layer. */
  layerLocals: unknown[] | undefined;
  /** Whether its asserts hold, or are being looked at. */
  isChecked: boolean;

  constructor(
    shape: Shape | undefined,
    code: FieldCode | undefined,
    makeLocals: LocalsCode | undefined,
    locals: unknown,
  ) {
    this.shape = shape;
    this.code = code;
    this.makeLocals = makeLocals;
    this.locals = locals;
    this.under = undefined;
    this.layers = undefined;
    this.values = undefined;
    this.inherited = undefined;
    this.layerLocals = undefined;
    this.isChecked = shape !== undefined && shape.asserts === 0;
  }
}
