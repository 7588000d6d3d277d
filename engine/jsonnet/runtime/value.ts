import { enter, leave } from './budget.js';
import type { FunctionValue } from './function-value.js';
import type { ObjectValue } from './object-value.js';

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
