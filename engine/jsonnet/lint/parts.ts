import type { Bind, ComprehensionSpec, FunctionNode, Node, ObjectComprehension, ObjectNode } from '../syntax/ast.js';
import { type Declaration, declarationOf, given, Names } from './names.js';

/** An expression, and the names that are known in it. */
export interface Part {
  readonly node: Node;
  readonly names: Names;
}

/** The expressions that a node is made of; `declare` is told of each name that it binds. */
export function partsOf({ node, names }: Part, declare: (declaration: Declaration) => void): readonly Part[] {
  const all = (...nodes: readonly (Node | undefined)[]): readonly Part[] => inside(names, nodes);
  switch (node.type) {
    case 'literal':
    case 'variable':
    case 'self':
    case 'dollar':
    case 'import':
      return [];
    case 'array':
      return all(...node.elements);
    case 'array comprehension': {
      const { parts, names: each } = loops(node.specs, names, declare);
      return [...parts, ...inside(each, [node.body])];
    }
    case 'object':
      return objectParts(node, names, declare);
    case 'object comprehension':
      return comprehensionParts(node, names, declare);
    case 'super index':
    case 'in super':
      return all(node.index);
    case 'index':
      return all(node.target, node.index);
    case 'slice':
      return all(node.target, node.from, node.to, node.step);
    case 'apply':
      return all(node.target, ...node.positional, ...node.named.map(({ value }) => value));
    case 'binary':
      return all(node.left, node.right);
    case 'unary':
      return all(node.operand);
    case 'local': {
      const known = bound(node.binds, names, declare);
      return inside(known, [...node.binds.map(({ value }) => value), node.body]);
    }
    case 'if':
      return all(node.condition, node.yes, node.no);
    case 'function':
      return functionParts(node, names, declare);
    case 'error':
      return all(node.message);
    case 'assert':
      return all(node.condition, node.message, node.body);
  }
}

type Declare = (declaration: Declaration) => void;

function inside(names: Names, nodes: readonly (Node | undefined)[]): readonly Part[] {
  return nodes.flatMap((node) => (node === undefined ? [] : { node, names }));
}

function bound(binds: readonly Bind[], names: Names, declare: Declare): Names {
  const declarations = binds.map(declarationOf);
  declarations.forEach(declare);
  return new Names(names, declarations);
}

/** The names of fields are evaluated outside the object, all else inside. */
function objectParts({ fields, locals, asserts }: ObjectNode, names: Names, declare: Declare): readonly Part[] {
  const own = bound(locals, names, declare);
  return [
    ...inside(
      names,
      fields.map(({ name }) => name),
    ),
    ...inside(own, [
      ...locals.map(({ value }) => value),
      ...asserts.flatMap(({ condition, message }) => [condition, message]),
      ...fields.map(({ body }) => body),
    ]),
  ];
}

function comprehensionParts(node: ObjectComprehension, names: Names, declare: Declare): readonly Part[] {
  const { parts, names: each } = loops(node.specs, names, declare);
  const own = bound(node.locals, each, declare);
  const values = node.locals.map(({ value }) => value);
  return [...parts, ...inside(each, [node.field.name]), ...inside(own, [...values, node.field.body])];
}

/** Each loop knows the names of those before it. */
function loops(
  specs: readonly ComprehensionSpec[],
  outer: Names,
  declare: Declare,
): { readonly parts: readonly Part[]; readonly names: Names } {
  const parts: Part[] = [];
  let names = outer;
  for (const spec of specs) {
    parts.push({ node: spec.type === 'if' ? spec.condition : spec.from, names });
    if (spec.type === 'if') continue;
    const declaration = given(spec.name, spec.nameSpan);
    declare(declaration);
    names = new Names(names, [declaration]);
  }
  return { parts, names };
}

function functionParts({ parameters, body }: FunctionNode, names: Names, declare: Declare): readonly Part[] {
  const declarations = parameters.map((parameter) => given(parameter.name, parameter));
  declarations.forEach(declare);
  const own = new Names(names, declarations);
  return inside(own, [...parameters.map(({ defaultValue }) => defaultValue), body]);
}
