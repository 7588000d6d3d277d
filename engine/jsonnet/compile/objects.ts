import type { ObjectSite } from '../runtime/make-object.js';
import { HIDDEN, INHERIT, VISIBLE, type Visibility } from '../runtime/shape.js';
import type { Bind, Field, Node, ObjectAssert, ObjectComprehension, ObjectNode } from '../syntax/ast.js';
import { loops } from './comprehensions.js';
import { Block, type Context } from './context.js';
import { functionCode } from './functions.js';
import { compileBinds } from './locals.js';
import { Scope } from './scope.js';
import { condition, constantValue, isConstant, isPlainObject, staticName } from './simple.js';
import { builtinCalled } from './static-type.js';

const VISIBILITIES: { readonly [name in Field['visibility']]: Visibility } = {
  inherit: INHERIT,
  hidden: HIDDEN,
  visible: VISIBLE,
};

/** The code of an object. */
export function object(node: ObjectNode, context: Context): string {
  const inside = insideObject(context);
  const computed = !isPlainObject(node);
  const names = node.fields.map((field) =>
    staticName(field) === undefined ? context.block.declare(context.unit.name('name')) : undefined,
  );
  const locals = objectLocals(node.locals, inside);
  const cases = [
    ...node.fields.map((field, index) => fieldCase(field, index, names[index], locals.inside)),
    ...node.asserts.map((assert, index) => assertCase(assert, index, locals.inside)),
  ].join('');
  const { self, layer } = parameters(inside);
  const code = cases === '' ? 'noCode' : `(slot$,${self},${layer},${locals.name})=>{switch(slot$){${cases}}}`;
  const site = context.unit.constant(siteOf(node, context));
  if (!computed) return `object(${site},${code},${locals.code})`;
  const evaluated = node.fields.flatMap(({ name }, index) =>
    names[index] === undefined ? [] : [`${names[index]}=${context.strict(name)}`],
  );
  const mark = context.mark(node);
  const given = names.filter((name) => name !== undefined).join(',');
  return `(${[...evaluated, `${mark}computedObject(${site},[${given}],${code},${locals.code})`].join(',')})`;
}

function siteOf({ fields, asserts, ...span }: ObjectNode, context: Context): ObjectSite {
  return {
    names: fields.map(staticName),
    visibilities: fields.map(({ visibility }) => VISIBILITIES[visibility]),
    constants: fields.map(({ body, plus }) => (!plus && isConstant(body) ? constantValue(body) : undefined)),
    asserts: asserts.length,
    origins: fields.map(({ body }) => context.unit.origin(body, span)),
  };
}

/** The context of what is inside the braces. */
function insideObject(context: Context): Context {
  const self = context.unit.name('self');
  const layer = context.unit.name('layer');
  const object = { self, layer, dollar: context.scope.object?.dollar ?? self };
  return context.with({ scope: new Scope(context.scope, object), frame: undefined });
}

function parameters(inside: Context): { readonly self: string; readonly layer: string } {
  return inside.scope.object as { self: string; layer: string };
}

/** The locals of an object are made once for each object that it is a layer of, and kept in one JavaScript object. */
function objectLocals(
  binds: readonly Bind[],
  context: Context,
): { readonly name: string; readonly code: string; readonly inside: Context } {
  const name = context.unit.name('locals');
  if (binds.length === 0) return { name, code: 'undefined', inside: context };
  const block = new Block();
  const keys = new Map(binds.map((bind) => [bind.name, context.unit.name(bind.name)]));
  const compiled = compileBinds(binds, context.with({ block }), (bound) => `${name}.${keys.get(bound)}`);
  const { self, layer } = parameters(context);
  const empty = [...keys.values()].map((key) => `${key}:undefined`).join(',');
  const statements = compiled.assignments.map((assignment) => `${assignment};`).join('');
  const code = `(${self},${layer})=>{${block.with(`const ${name}={${empty}};${statements}return ${name};`)}}`;
  return { name, code, inside: context.with({ scope: compiled.inside.scope }) };
}

function fieldCase(field: Field, index: number, name: string | undefined, context: Context): string {
  if (!field.plus && isConstant(field.body)) return '';
  return `case ${index}:{${fieldBody(field, name ?? JSON.stringify(fieldName(field)), context)}}`;
}

function fieldName(field: Field): string {
  return staticName(field) ?? '[...]';
}

/** The statements that return the value of a field. `name` is the code of its name. */
function fieldBody(field: Field, name: string, context: Context): string {
  const shown = fieldName(field);
  const inside = context.with({ within: `field ${shown}` });
  if (field.body.type === 'function') return `return ${functionCode(field.body, inside, shown)};`;
  const { self, layer } = parameters(context);
  if (!field.plus) return copyBody(field.body, name, inside) ?? inside.body(field.body);
  const block = new Block();
  const value = inside.with({ block }).strict(field.body);
  return block.with(`return ${inside.mark(field.body)}addedToSuper(${self},${layer},${name},${value});`);
}

/** The statements of a field that is a copy of another one, where the copy must remember which. */
function copyBody(node: Node, name: string, context: Context): string | undefined {
  if (!context.unit.isTraced || node.type !== 'index' || builtinCalled(node, context) !== undefined) return undefined;
  const { self, layer } = parameters(context);
  const block = new Block();
  const inside = context.with({ block });
  const target = inside.strict(node.target);
  return block.with(
    `return ${inside.mark(node)}copied([${self},${layer},${name}],${target},${inside.strict(node.index)});`,
  );
}

function assertCase(assert: ObjectAssert, index: number, context: Context): string {
  const block = new Block();
  const inside = context.with({ block, within: 'assert of an object' });
  const message =
    assert.message === undefined ? '"an assert of the object does not hold"' : inside.strict(assert.message);
  const check = `if(!${condition(assert.condition, inside, assert)})${inside.mark(assert)}raise(${message});return null;`;
  return `case ${-1 - index}:{${block.with(check)}}`;
}

/** The code of an object comprehension: one field after another, each with code of its own. */
export function objectComprehension(node: ObjectComprehension, context: Context): string {
  const inside = insideObject(context);
  const mark = context.mark(node);
  const add = context.unit.name('add');
  const name = context.unit.name('name');
  const body = loops(node, inside.with({ scope: new Scope(context.scope) }), (looped) => {
    const scope = new Scope(looped.scope, inside.scope.object);
    const field = fieldCode(node, looped.with({ scope }), name);
    return `const ${name}=${looped.strict(node.field.name)};${context.mark(node)}${add}(${name},${field});`;
  });
  const origin = context.unit.origin(node.field.body, node);
  return `${mark}objectOf(${context.unit.constant(origin)},(${add})=>{${body}})`;
}

function fieldCode({ field, locals }: ObjectComprehension, context: Context, name: string): string {
  const { self, layer } = parameters(context);
  const block = new Block();
  const compiled = compileBinds(locals, context.with({ block }), (bound) => block.declare(context.unit.name(bound)));
  const statements = compiled.assignments.map((assignment) => `${assignment};`).join('');
  return `(${self},${layer})=>{${block.with(statements + fieldBody(field, name, compiled.inside))}}`;
}
