import { enter, leave } from './budget.js';
import type { Shape } from './shape.js';

/** A value of Jsonnet. Elements of an array may still have to be evaluated. */
export type Value = null | boolean | number | string | Lazy[] | ObjectValue | FunctionValue;

/** A value, or what gives one when it is first needed. */
export type Lazy = Value | Thunk;

/** A value that is not known yet: `code` is run once, when it is first needed. */
export class Thunk {
  // Ordinary fields: private ones cost where code is not optimised yet, and templates seldom run long enough to be.
  private code: (() => Value) | undefined;
  private value: Value = null;

  constructor(code: () => Value) {
    this.code = code;
  }

  /** The value. What fails, fails again when asked again. */
  get(): Value {
    const { code } = this;
    if (code === undefined) return this.value;
    enter();
    const value = code();
    leave();
    this.value = value;
    this.code = undefined;
    return value;
  }
}

/** The value that `lazy` is or gives. */
export function force(lazy: Lazy): Value {
  return lazy instanceof Thunk ? lazy.get() : lazy;
}

/** The element of an array that `index` is within; it is evaluated at most once. */
export function elementAt(array: Lazy[], index: number): Value {
  const element = array[index] as Lazy;
  if (!(element instanceof Thunk)) return element;
  const value = element.get();
  array[index] = value;
  return value;
}

/** What a function is called with. */
export interface Signature {
  /** For messages; empty where it has none. */
  readonly name: string;
  readonly parameters: readonly string[];
  /** How many must be given, of those that have no default; a parameter with a default may stand before one without. */
  readonly optional: readonly boolean[];
  /** Whether its code may answer with a call that is still to be made, in place of its own. */
  readonly mayTailCall: boolean;
}

/** The code of a function: an argument that is not given is undefined. One more says whether defaults are evaluated at once. */
// biome-ignore lint/suspicious/noExplicitAny: arguments differ in number, and TypeScript has no word for that which is called as fast
export type FunctionCode = (...args: any[]) => Value | TailCall;

/** A function. */
export class FunctionValue {
  readonly signature: Signature;
  readonly code: FunctionCode;

  constructor(signature: Signature, code: FunctionCode) {
    this.signature = signature;
    this.code = code;
  }
}

/** A call that its caller makes, so that calls in place of calls do not pile up. */
export class TailCall {
  readonly target: FunctionValue;
  readonly args: readonly (Lazy | undefined)[];

  constructor(target: FunctionValue, args: readonly (Lazy | undefined)[]) {
    this.target = target;
    this.args = args;
  }
}

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

/** What Jsonnet calls the type of a value. */
export function typeName(value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof FunctionValue) return 'function';
  return typeof value;
}
