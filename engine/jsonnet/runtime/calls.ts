import { fail } from '../failure.js';
import { enter, leave, spend } from './budget.js';
import { FunctionValue, force, type Lazy, TailCall, typeName, type Value } from './value.js';

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
