import type { Plain } from '../text/plain.js';
import type { Lazy } from './value.js';

/** A function of the caller, called with plain data. */
export interface NativeFunction {
  readonly parameters: readonly string[];
  /** Gives plain data; what it throws ends the evaluation, with its message. */
  readonly call: (...args: readonly Plain[]) => Plain;
}

/** What a program may ask of whoever evaluates it. */
export interface Environment {
  /** External variables by name. */
  readonly external: ReadonlyMap<string, Lazy>;
  readonly natives: ReadonlyMap<string, NativeFunction>;
  /** Told of each std.trace; `stack` is a JavaScript stack, from which the place can be read. */
  readonly trace: (message: string, stack: string) => void;
}

/** The environment of the evaluation under way: as the budget, there is one. */
export const environment: { current: Environment } = {
  current: { external: new Map(), natives: new Map(), trace: () => undefined },
};
