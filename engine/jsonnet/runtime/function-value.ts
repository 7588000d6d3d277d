import { fail } from '../failure.js';
import { enter, leave, spend } from './budget.js';
import { force, type Lazy, type Value } from './value.js';

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

/** Arguments by name, in the order in which they are written. */
export interface NamedArguments {
  readonly names: readonly string[];
  readonly values: readonly Lazy[];
}

const NO_NAMES: NamedArguments = { names: [], values: [] };

/** The value of a call without arguments. */
export function call0(target: Value): Value {
  if (!(target instanceof FunctionValue) || target.signature.parameters.length !== 0) return call(target, []);
  enter();
  const result = target.code();
  return finish(result);
}

/** The value of a call with one argument. */
export function call1(target: Value, first: Lazy): Value {
  if (!(target instanceof FunctionValue) || target.signature.parameters.length !== 1) return call(target, [first]);
  enter();
  const result = target.code(first);
  return finish(result);
}

/** The value of a call with two arguments. */
export function call2(target: Value, first: Lazy, second: Lazy): Value {
  if (!(target instanceof FunctionValue) || target.signature.parameters.length !== 2) {
    return call(target, [first, second]);
  }
  enter();
  const result = target.code(first, second);
  return finish(result);
}

/** The value of a call. Throws a Failure where the arguments are not those of the function. */
export function call(target: Value, args: readonly Lazy[], named: NamedArguments = NO_NAMES): Value {
  const bound = bind(target, args, named);
  enter();
  const result = (target as FunctionValue).code(...bound);
  return finish(result);
}

/** The value of a call whose arguments, also those by default, are evaluated before it. */
export function callStrict(target: Value, args: readonly Lazy[], named: NamedArguments = NO_NAMES): Value {
  const bound = forced(bind(target, args, named));
  enter();
  const result = (target as FunctionValue).code(...bound);
  return finish(result);
}

/** The call that stands in place of the one under way; its arguments are evaluated before. */
export function tailCall(target: Value, args: readonly Lazy[], named: NamedArguments = NO_NAMES): TailCall {
  return new TailCall(target as FunctionValue, forced(bind(target, args, named)));
}

function forced(bound: readonly (Lazy | undefined)[]): readonly (Lazy | undefined)[] {
  const values = bound.map((argument) => (argument === undefined ? undefined : force(argument)));
  return values.includes(undefined) ? [...values, true] : values;
}

/** Ends a call that `enter` has begun: makes the calls that stand in its place. */
export function finish(result: Value | TailCall): Value {
  let answer = result;
  while (answer instanceof TailCall) {
    spend(1);
    answer = answer.target.code(...answer.args);
  }
  leave();
  return answer;
}

/** The arguments in the order of the parameters; undefined where a default serves. */
function bind(target: Value, args: readonly Lazy[], { names, values }: NamedArguments): readonly (Lazy | undefined)[] {
  if (!(target instanceof FunctionValue)) return fail(`only a function can be called, not ${typeName(target)}`);
  const { parameters, optional } = target.signature;
  if (args.length > parameters.length) {
    fail(`the function takes ${parameters.length} arguments, ${args.length} are given`);
  }
  const bound = parameters.map((_, at): Lazy | undefined => args[at]);
  names.forEach((name, index) => {
    const at = parameters.indexOf(name);
    if (at < 0) fail(`the function has no parameter ${name}`);
    if (bound[at] !== undefined) fail(`the argument ${name} is given twice`);
    bound[at] = values[index];
  });
  parameters.forEach((name, at) => {
    if (bound[at] === undefined && optional[at] !== true) fail(`the argument ${name} is missing`);
  });
  return bound;
}

/** What Jsonnet calls the type of a value. */
export function typeName(value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof FunctionValue) return 'function';
  return typeof value;
}
