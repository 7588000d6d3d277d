/** What one evaluation may still spend. Loops cost one for each turn, texts and lists a tenth of their length for each use. */
export interface Meter {
  remaining: number;
}

/** Thrown inside an expression whose meter has run out. */
export class CostExceeded extends Error {}

/** A node of the library's syntax tree, as far as metering and renaming need it. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly meta: { readonly alternate?: Node; readonly macro?: Macro; readonly evaluate: Evaluate };
  evaluate: Evaluate;
}

interface Macro {
  evaluate(evaluator: unknown, macro: Macro, context: unknown): unknown;
}

type Evaluate = (evaluator: unknown, node: Node, context: unknown) => unknown;

const EXCEEDED = new CostExceeded('the expression costs more than it may');
const UNSIZED_OPERATORS = new Set([
  'value',
  'id',
  '.',
  '.?',
  '?:',
  '||',
  '&&',
  '!_',
  '-_',
  'comprehension',
  'accuPush',
  'accuValue',
  'accuInc',
]);

/**
 * Makes a type-checked syntax tree of @marcbachmann/cel-js count what it does against `meter`. The library has no limit
 * of its own, and quantifiers absorb errors, so that the caller must look at the meter after the evaluation too.
 */
export function meterTree(tree: unknown, meter: Meter): void {
  const wrapped = new Set<Node>();
  const wrap = (node: Node): void => {
    if (wrapped.has(node) || node.op === 'value') return;
    wrapped.add(node);
    const run = evaluatorOf(node);
    node.evaluate = (evaluator, _node, context) => {
      if (meter.remaining <= 0) throw EXCEEDED;
      meter.remaining -= 1;
      const value = run(evaluator, node, context);
      meter.remaining -= sizeOf(value) / 10;
      return value;
    };
  };
  for (const node of nodesOf(tree as Node)) {
    if (node.op === 'comprehension') wrap((node.args as { step: Node }).step);
    else if (!UNSIZED_OPERATORS.has(node.op)) for (const operand of childrenOf(node)) wrap(operand);
  }
}

/** A function or method call in a syntax tree. */
export interface Call {
  readonly name: string;
  /** Whether it is called on a value: `value.name(...)`. */
  readonly isMethod: boolean;
  /** The arguments that are literal texts; undefined for the others. */
  readonly texts: readonly (string | undefined)[];
  rename(name: string): void;
}

/** The calls in a freshly parsed syntax tree. */
export function* callsOf(tree: unknown): Generator<Call> {
  for (const node of nodesOf(tree as Node)) {
    if (node.op !== 'call' && node.op !== 'rcall') continue;
    const parts = node.args as [string, ...unknown[]];
    const operands = (node.op === 'call' ? parts[1] : parts[2]) as readonly Node[];
    const texts = operands.map(({ op, args }) => (op === 'value' && typeof args === 'string' ? args : undefined));
    const rename = (name: string): void => {
      parts[0] = name;
    };
    yield { name: parts[0], isMethod: node.op === 'rcall', texts, rename };
  }
}

function evaluatorOf({ meta: { alternate, macro, evaluate } }: Node): Evaluate {
  if (alternate !== undefined) return (evaluator, _node, context) => alternate.evaluate(evaluator, alternate, context);
  if (macro !== undefined) return (evaluator, _node, context) => macro.evaluate(evaluator, macro, context);
  return evaluate;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : 0;
}

function* nodesOf(root: Node): Generator<Node> {
  const seen = new Set<Node>();
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    yield node;
    open.push(...childrenOf(node));
    if (node.meta.alternate !== undefined) open.push(node.meta.alternate);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** The operands of a node, in whatever shape its operator keeps them. */
function childrenOf({ args }: Node): Node[] {
  if (isNode(args)) return [args];
  if (typeof args !== 'object' || args === null || ArrayBuffer.isView(args)) return [];
  return (Object.values(args) as unknown[]).flat(2).filter(isNode);
}
