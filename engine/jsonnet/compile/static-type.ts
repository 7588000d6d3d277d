import { BUILTINS } from '../std/builtins.js';
import type { Node } from '../syntax/ast.js';
import type { Context } from './context.js';

/** The type of a value as far as its text tells it. */
export type StaticType = 'boolean' | 'number' | 'string' | 'array' | 'object' | 'function' | 'null';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', '&&', '||']);
const ARITHMETIC: ReadonlySet<string> = new Set(['-', '*', '/', '<<', '>>', '&', '|', '^']);

/** The type of a node, where it can only be that: what fails has none, and never gets to be used. */
export function staticType(node: Node, context: Context): StaticType | undefined {
  switch (node.type) {
    case 'literal':
      return node.value === null ? 'null' : (typeof node.value as StaticType);
    case 'array':
    case 'array comprehension':
      return 'array';
    case 'object':
    case 'object comprehension':
    case 'self':
    case 'dollar':
      return 'object';
    case 'function':
      return 'function';
    case 'in super':
      return 'boolean';
    case 'unary':
      return node.operator === '!' ? 'boolean' : 'number';
    case 'binary':
      return binaryType(node, context);
    case 'local':
      return undefined;
    case 'apply':
      return builtinCalled(node.target, context)?.returns;
    default:
      return undefined;
  }
}

function binaryType(node: Node & { type: 'binary' }, context: Context): StaticType | undefined {
  if (COMPARISONS.has(node.operator)) return 'boolean';
  if (ARITHMETIC.has(node.operator)) return 'number';
  return node.operator === '+' ? sumType(node, context) : undefined;
}

/** A text where any part is one, else what all parts are. Sums are long: no recursion to the left. */
function sumType(node: Node, context: Context): StaticType | undefined {
  const types = new Set<StaticType | undefined>();
  let leftmost = node;
  for (; leftmost.type === 'binary' && leftmost.operator === '+'; leftmost = leftmost.left) {
    types.add(staticType(leftmost.right, context));
  }
  types.add(staticType(leftmost, context));
  if (types.has('string')) return 'string';
  const [only] = types;
  return types.size === 1 ? only : undefined;
}

/** The function of the standard library that a node names, if it does. */
export function builtinCalled(target: Node, context: Context): (typeof BUILTINS)[string] | undefined {
  if (target.type !== 'index' || target.target.type !== 'variable' || target.target.name !== 'std') return undefined;
  if (target.index.type !== 'literal' || typeof target.index.value !== 'string') return undefined;
  if (context.scope.find('std') !== undefined) return undefined;
  return Object.hasOwn(BUILTINS, target.index.value) ? BUILTINS[target.index.value] : undefined;
}
