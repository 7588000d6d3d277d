import type { Bind, Local, Node } from '../syntax/ast.js';
import type { Context } from './context.js';
import { functionCode, thunk } from './functions.js';
import { Scope } from './scope.js';
import { isPlainObject } from './simple.js';

/** Statements, or parts of an expression, that give locals their values; and the context in which they have them. */
export interface CompiledLocals {
  readonly assignments: readonly string[];
  readonly inside: Context;
}

/** The code of `local binds;`. `place` tells where a local is kept: the JavaScript that names it. */
export function compileBinds(
  binds: readonly Bind[],
  context: Context,
  place: (name: string) => string,
): CompiledLocals {
  const scope = new Scope(context.scope);
  const places = binds.map(({ name, value }) => {
    const code = place(name);
    const isValue = isAlwaysValue(value);
    scope.bind(name, { code, isValue, known: value.type === 'function' ? value : undefined });
    return code;
  });
  scope.defer(binds.map(({ name }) => name));
  const inside = context.with({ scope });
  const assignments = binds.map(({ name, value }, index) => {
    const code = `${places[index]}=${boundValue(name, value, inside)}`;
    scope.settle(name);
    return code;
  });
  return { assignments, inside };
}

/** Functions first, then what can be made without evaluating anything, else a thunk. */
function boundValue(name: string, value: Node, context: Context): string {
  if (value.type === 'function') return functionCode(value, context, name);
  if (isAlwaysValue(value)) return context.lazy(value);
  const within = `local ${name}`;
  return value.type === 'variable' ? context.lazy(value) : thunk(value, context.with({ within, frame: undefined }));
}

/** Whether `lazy` code of the node is a value, not a thunk. */
function isAlwaysValue(node: Node): boolean {
  switch (node.type) {
    case 'literal':
      return node.value !== Number.POSITIVE_INFINITY;
    case 'function':
    case 'array':
      return true;
    case 'object':
      return isPlainObject(node);
    default:
      return false;
  }
}

/** The code of `local ...; body` inside an expression. */
export function localExpression(node: Local, context: Context): string {
  const { assignments, inside, body } = allLocals(node, context);
  return `(${[...assignments, inside.strict(body)].join(',')})`;
}

/** The code of `local ...; body` that a function ends with. */
export function localStatements(node: Local, context: Context): string {
  const { assignments, inside, body } = allLocals(node, context);
  return `${assignments.map((assignment) => `${assignment};`).join('')}${inside.unit.compiler.body(body, inside)}`;
}

/** Locals after locals, in a loop: programs have hundreds of them. */
function allLocals(node: Local, context: Context): CompiledLocals & { readonly body: Node } {
  const assignments: string[] = [];
  let inside = context;
  let body: Node = node;
  while (body.type === 'local') {
    const compiled = compileBinds(body.binds, inside, (name) => context.block.declare(context.unit.name(name)));
    assignments.push(...compiled.assignments);
    inside = compiled.inside;
    body = body.body;
  }
  return { assignments, inside, body };
}
