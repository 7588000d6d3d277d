import type { ArrayComprehension, ComprehensionSpec } from '../syntax/ast.js';
import type { Span } from '../syntax/source.js';
import { Block, type Context } from './context.js';
import { Scope } from './scope.js';
import { condition } from './simple.js';

/** Loops and conditions, and `inner` where all of them are passed. Each turn has variables of its own. */
export function loops(
  { specs, ...span }: Span & { readonly specs: readonly ComprehensionSpec[] },
  context: Context,
  inner: (inside: Context) => string,
): string {
  const [spec, ...others] = specs;
  const rest = { ...span, specs: others };
  const block = new Block();
  const here = context.with({ block, frame: undefined });
  if (spec === undefined) return block.with(inner(here));
  if (spec.type === 'if') {
    const test = condition(spec.condition, here, span);
    return block.with(`if(${test}){${loops(rest, here, inner)}}`);
  }
  const array = context.unit.name('array');
  const at = context.unit.name('at');
  const element = context.unit.name(spec.name);
  const scope = new Scope(context.scope);
  scope.bind(spec.name, { code: element, isValue: false, known: undefined });
  // Before the array: of several names that mean nothing, go-jsonnet blames those of the body first.
  const body = loops(rest, here.with({ scope }), inner);
  const from = `const ${array}=${context.mark(span)}arrayOf(${here.strict(spec.from)});`;
  const head = `for(let ${at}=0;${at}<${array}.length;${at}++){${context.mark(span)}spend(1);const ${element}=${array}[${at}];`;
  return block.with(`${from}${head}${body}}`);
}

/** The code of an array comprehension. */
export function arrayComprehension(node: ArrayComprehension, context: Context): string {
  const result = context.unit.name('result');
  const body = loops(node, context, (inside) => `${result}.push(${inside.lazy(node.body)});`);
  const { unit } = context;
  const traced = unit.isTraced ? `traced(${unit.constant([unit.origin(node.body, node)])},${result})` : result;
  return `(()=>{const ${result}=[];${body}return ${traced};})()`;
}
