import { FunctionValue, force, type Lazy, type Value } from '../runtime/value.js';

/** What a function of the standard library gives, where that is always the same type. */
export type Returns = 'boolean' | 'number' | 'string' | 'array' | 'object' | undefined;

/** The implementation: it takes values, and thunks only where `lazy` says so; what is optional may be undefined. */
// biome-ignore lint/suspicious/noExplicitAny: implementations differ in the number and the types of what they check themselves
export type BuiltinCode = (...args: any[]) => Value;

/** A function of the standard library. */
export interface Builtin {
  readonly value: FunctionValue;
  readonly code: BuiltinCode;
  /** The arguments that it takes as they are, by number: it may never look at them. */
  readonly lazy: readonly number[];
  readonly returns: Returns;
}

/** Functions by name. */
export interface Builtins {
  readonly [name: string]: Builtin;
}

/** A function of `parameters`, in their order: `name`, `name?` where it may be left out, `~name` where it is lazy. */
export function builtin(parameters: string, code: BuiltinCode, returns?: Returns): Builtin {
  const words = parameters === '' ? [] : parameters.split(' ');
  const lazy = words.flatMap((word, index) => (word.startsWith('~') ? [index] : []));
  const signature = {
    name: '',
    parameters: words.map((word) => word.replace(/[~?]/g, '')),
    optional: words.map((word) => word.endsWith('?')),
    mayTailCall: false,
  };
  return { value: new FunctionValue(signature, forcing(code, words.length, lazy)), code, lazy, returns };
}

type Given = Lazy | undefined;

/** The implementation as it is called when the compiler does not know that it is called: with arguments as they come. */
function forcing(code: BuiltinCode, count: number, lazy: readonly number[]): BuiltinCode {
  const one = (argument: Given): Value | undefined => (argument === undefined ? undefined : force(argument));
  if (lazy.length > 0) {
    return (...args: Given[]) =>
      code(...args.map((argument, index) => (lazy.includes(index) ? argument : one(argument))));
  }
  if (count === 1) return (first: Given) => code(one(first));
  if (count === 2) return (first: Given, second: Given) => code(one(first), one(second));
  return (...args: Given[]) => code(...args.map(one));
}
