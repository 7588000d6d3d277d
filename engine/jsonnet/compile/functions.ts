import type { Apply, FunctionNode, Node } from '../syntax/ast.js';
import type { Context, TailFrame } from './context.js';
import { Scope } from './scope.js';
import { builtinCalled } from './static-type.js';

/** The code of a function; `name` is for messages. */
export function functionCode(node: FunctionNode, context: Context, name: string): string {
  const scope = new Scope(context.scope);
  const names = node.parameters.map(({ name: parameter }) => {
    const code = context.unit.name(parameter);
    scope.bind(parameter, { code, isValue: false, known: undefined });
    return code;
  });
  const frame: TailFrame = { hasTailCall: false };
  const within = `function ${name === '' ? '(anonymous)' : name}`;
  const inside = context.with({ scope, within, frame });
  const defaults = node.parameters.map(({ name: parameter, defaultValue }, index) => {
    if (defaultValue === undefined) return '';
    const code = inside.with({ frame: undefined, within: `parameter ${parameter} of ${within}` });
    return `if(${names[index]}===undefined)${names[index]}=${thunk(defaultValue, code)};`;
  });
  const hasDefaults = defaults.some((code) => code !== '');
  const strict = hasDefaults ? context.unit.name('strict') : undefined;
  const forcing = strict === undefined ? '' : `if(${strict}){${names.map((given) => `force(${given})`).join(';')}}`;
  const body = defaults.join('') + forcing + inside.body(node.body);
  const expression = /^return ([^;]*);$/.exec(body)?.[1];
  const code = expression === undefined || expression.startsWith('{') ? `{${body}}` : expression;
  const signature = {
    name,
    parameters: node.parameters.map((parameter) => parameter.name),
    optional: node.parameters.map((parameter) => parameter.defaultValue !== undefined),
    mayTailCall: frame.hasTailCall,
  };
  return `new FunctionValue(${context.unit.constant(signature)},(${[...names, ...(strict === undefined ? [] : [strict])].join(',')})=>${code})`;
}

/** The code of a thunk. */
export function thunk(node: Node, context: Context): string {
  return `new Thunk(${context.arrow('', node)})`;
}

/** The code of a call. */
export function apply(node: Apply, context: Context): string {
  return (node.tailstrict ? undefined : knownCall(node, context)) ?? builtinCall(node, context) ?? call(node, context);
}

/** A call of a function that stands in the program where its name is bound. */
function knownCall(node: Apply, context: Context): string | undefined {
  if (node.target.type !== 'variable') return undefined;
  const binding = context.scope.find(node.target.name);
  if (binding?.known === undefined) return undefined;
  const args = boundArguments(
    node,
    binding.known.parameters.map(({ name, defaultValue }) => ({
      name,
      isOptional: defaultValue !== undefined,
    })),
  );
  if (args === undefined) return undefined;
  const values = args.map((argument) => (argument === undefined ? 'undefined' : context.lazy(argument)));
  return `finish((${context.mark(node)}enter(),${context.mark(node)}${binding.code}.code(${values.join(',')})))`;
}

/** A call of a function of the standard library: it takes values. */
function builtinCall(node: Apply, context: Context): string | undefined {
  const builtin = builtinCalled(node.target, context);
  if (builtin === undefined) return undefined;
  const { parameters, optional } = builtin.value.signature;
  const args = boundArguments(
    node,
    parameters.map((name, index) => ({ name, isOptional: optional[index] === true })),
  );
  if (args === undefined) return undefined;
  while (args.length > 0 && args.at(-1) === undefined) args.pop();
  const values = args.map((argument, index) => {
    if (argument === undefined) return 'undefined';
    return builtin.lazy.includes(index) ? context.lazy(argument) : context.strict(argument);
  });
  return `${context.mark(node)}${context.unit.constant(builtin.code)}(${values.join(',')})`;
}

/** The arguments in the order of the parameters, or undefined where they do not fit: the call then says why. */
function boundArguments(
  { positional, named }: Apply,
  parameters: readonly { readonly name: string; readonly isOptional: boolean }[],
): (Node | undefined)[] | undefined {
  if (positional.length > parameters.length) return undefined;
  const bound: (Node | undefined)[] = parameters.map((_, index) => positional[index]);
  for (const { name, value } of named) {
    const at = parameters.findIndex((parameter) => parameter.name === name);
    if (at < 0 || bound[at] !== undefined) return undefined;
    bound[at] = value;
  }
  return parameters.every(({ isOptional }, index) => isOptional || bound[index] !== undefined) ? bound : undefined;
}

function call(node: Apply, context: Context): string {
  const mark = context.mark(node);
  const target = context.strict(node.target);
  const args = node.positional.map((argument) => context.lazy(argument));
  if (!node.tailstrict && node.named.length === 0 && args.length <= 2) {
    return `${mark}call${args.length}(${[target, ...args].join(',')})`;
  }
  return `${mark}${node.tailstrict ? 'callStrict' : 'call'}(${target},[${args.join(',')}]${namedArguments(node, context)})`;
}

/** The statement that leaves a call to the caller of the function that it ends, where it can. */
export function tailApply(node: Apply, context: Context): string | undefined {
  if (context.frame === undefined || !node.tailstrict || builtinCalled(node.target, context) !== undefined)
    return undefined;
  context.frame.hasTailCall = true;
  const args = node.positional.map((argument) => context.lazy(argument));
  const named = namedArguments(node, context);
  return `return ${context.mark(node)}tailCall(${context.strict(node.target)},[${args.join(',')}]${named});`;
}

function namedArguments({ named }: Apply, context: Context): string {
  if (named.length === 0) return '';
  const values = named.map(({ value }) => context.lazy(value));
  return `,{names:${context.unit.constant(named.map(({ name }) => name))},values:[${values.join(',')}]}`;
}
