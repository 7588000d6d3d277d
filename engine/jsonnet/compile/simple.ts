import type { Value } from '../runtime/value.js';
import type { ArrayNode, Binary, Field, Index, Literal, Node, ObjectNode, Unary, Variable } from '../syntax/ast.js';
import type { Span } from '../syntax/source.js';
import type { Context } from './context.js';
import { builtinCalled, staticType } from './static-type.js';

/** The code of a literal. */
export function literal({ value, ...span }: Literal, context: Context): string {
  if (value !== Number.POSITIVE_INFINITY) return JSON.stringify(value);
  return `${context.mark(span)}finite(Infinity)`;
}

/** Whether a node is a literal, or an array of such: it can be made once, and shared. */
export function isConstant(node: Node): node is Literal | ArrayNode {
  if (node.type === 'literal') return node.value !== Number.POSITIVE_INFINITY;
  return node.type === 'array' && node.elements.every(isConstant);
}

/** The name of a field, where it is there to read; a computed name may be anything, even null. */
export function staticName({ name }: Field): string | undefined {
  return name.type === 'literal' && typeof name.value === 'string' ? name.value : undefined;
}

/** Whether making an object evaluates nothing and cannot fail: all its names are there to read, each once. */
export function isPlainObject({ fields }: ObjectNode): boolean {
  const names = new Set(fields.map(staticName));
  return names.size === fields.length && !names.has(undefined);
}

/** The value of a constant node. */
export function constantValue(node: Literal | ArrayNode): Value {
  if (node.type === 'literal') return node.value;
  return node.elements.map((element) => constantValue(element as Literal | ArrayNode));
}

/** The code of an array. */
export function array(node: ArrayNode, context: Context): string {
  const { unit } = context;
  if (!unit.isTraced && node.elements.length > 0 && isConstant(node)) return unit.constant(constantValue(node));
  const code = `[${node.elements.map((element) => context.lazy(element)).join(',')}]`;
  return unit.isTraced
    ? `traced(${unit.constant(node.elements.map((each) => unit.origin(each, node)))},${code})`
    : code;
}

/** The code of a name's value. */
export function variable(node: Variable, context: Context): string {
  const binding = context.scope.find(node.name);
  if (binding === undefined) {
    if (node.name === 'std') return 'std()';
    return context.refuse(`nothing here is called ${node.name}`, node);
  }
  return binding.isValue ? binding.code : `${context.mark(node)}force(${binding.code})`;
}

/** The code of `self`. */
export function self(node: Node, context: Context): string {
  return context.scope.object?.self ?? context.refuse('there is no object around that self could be', node);
}

/** The code of `$`. */
export function dollar(node: Node, context: Context): string {
  return context.scope.object?.dollar ?? context.refuse('there is no object around that $ could be', node);
}

/** The code of `target.name` and `target[index]`. */
export function index(node: Index, context: Context): string {
  const builtin = builtinCalled(node, context);
  if (builtin !== undefined) return context.unit.constant(builtin.value);
  const target = context.strict(node.target);
  const name = node.index.type === 'literal' ? node.index.value : undefined;
  if (typeof name === 'string') {
    const read = node.target.type === 'self' || node.target.type === 'dollar' ? 'fieldNamed' : 'field';
    return `${context.mark(node)}${read}(${target},${JSON.stringify(name)})`;
  }
  return `${context.mark(node)}index(${target},${context.strict(node.index)})`;
}

/** The code of what must be true or false. `blamed` is the part of the program that fails where it is neither. */
export function condition(node: Node, context: Context, blamed: Span = node): string {
  const code = context.strict(node);
  return staticType(node, context) === 'boolean' ? code : `${context.mark(blamed)}booleanOf(${code})`;
}

/** Operations that are written inside each other; longer chains are written one after the other. */
const MOST_NESTED = 50;

const OPERATORS: { readonly [operator: string]: string } = {
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
  '+': 'add',
  '-': 'subtract',
  '<<': 'shiftLeft',
  '>>': 'shiftRight',
  '&': 'bitAnd',
  '^': 'bitXor',
  '|': 'bitOr',
  in: 'contains',
  '==': 'equals',
};

/** The code of `left operator right`. Chains of one operator after another are long: no recursion to the left. */
export function binary(node: Binary, context: Context): string {
  const chain: Binary[] = [];
  let leftmost: Node = node;
  while (leftmost.type === 'binary' && leftmost.operator !== '&&' && leftmost.operator !== '||') {
    chain.push(leftmost);
    leftmost = leftmost.left;
  }
  if (chain.length === 0) return logical(node, context);
  const operations = chain.reverse();
  if (operations.length > MOST_NESTED) return flatChain(leftmost, operations, context);
  let code = context.strict(leftmost);
  for (const next of operations) code = operation(next, code, context);
  return code;
}

/** One operation after the other, not inside it: JavaScript reads nested calls with a stack that is soon used up. */
function flatChain(leftmost: Node, operations: readonly Binary[], context: Context): string {
  const sofar = context.block.declare(context.unit.name('sofar'));
  const steps = operations.map((next) => `${sofar}=${operation(next, sofar, context)}`);
  return `(${[`${sofar}=${context.strict(leftmost)}`, ...steps].join(',')})`;
}

/** Chains of one of them are as flat as JavaScript has them. */
function logical(node: Binary, context: Context): string {
  const { operator } = node;
  const rest: string[] = [];
  let at = node;
  for (;;) {
    rest.push(condition(at.right, context, at));
    if (at.left.type !== 'binary' || at.left.operator !== operator) break;
    at = at.left;
  }
  return `(${[condition(at.left, context, at), ...rest.reverse()].join(operator)})`;
}

function operation(node: Binary, left: string, context: Context): string {
  const { operator } = node;
  const mark = context.mark(node);
  const right = context.strict(node.right);
  if (operator === '==' || operator === '!=') return equality(node, left, right, mark);
  if (operator === '<' || operator === '<=' || operator === '>' || operator === '>=') {
    return `(${mark}compare(${left},${right})${operator}0)`;
  }
  return `${mark}${OPERATORS[operator]}(${left},${right})`;
}

function equality(node: Binary, left: string, right: string, mark: string): string {
  const isSame = node.left.type === 'literal' || node.right.type === 'literal';
  if (isSame) return `(${left}${node.operator === '==' ? '===' : '!=='}${right})`;
  return `${node.operator === '==' ? '' : '!'}${mark}equals(${left},${right})`;
}

const UNARY = { '-': 'negate', '+': 'numberOf', '~': 'complement' };

/** The code of `operator operand`. */
export function unary(node: Unary, context: Context): string {
  if (node.operator === '!') return `!${condition(node.operand, context, node)}`;
  return `${context.mark(node)}${UNARY[node.operator]}(${context.strict(node.operand)})`;
}
