import type { Assert, Conditional, Import, InSuper, Node, Slice, SuperIndex } from '../syntax/ast.js';
import { parse } from '../syntax/parse.js';
import type { Source } from '../syntax/source.js';
import { arrayComprehension } from './comprehensions.js';
import { Block, CLOSE, type CompileOptions, Context, type NodeCompiler, OPEN, Unit } from './context.js';
import { apply, functionCode, tailApply, thunk } from './functions.js';
import { localExpression, localStatements } from './locals.js';
import { object, objectComprehension } from './objects.js';
import { type Mark, Scope } from './scope.js';
import { array, binary, condition, dollar, index, isPlainObject, literal, self, unary, variable } from './simple.js';

/** A file of Jsonnet as JavaScript. */
export interface CompiledFile {
  readonly source: Source;
  /** The body of a function of `K` and `runtime` that returns a function which evaluates the file. */
  readonly code: string;
  /** What `K` is. */
  readonly constants: readonly unknown[];
  /** Offsets into the code where something may fail, ascending, and what each stands for. */
  readonly offsets: readonly number[];
  readonly marks: readonly Mark[];
  readonly imports: Unit['imports'];
  /** Parts that are counted by number when they are evaluated, if that was asked for. */
  readonly covered: Unit['covered'];
}

const compiler: NodeCompiler = { strict, lazy, body };

/** Compiles a file. Throws SyntaxFailure. */
export function compile(source: Source, options: CompileOptions = {}): CompiledFile {
  const node = parse(source.text);
  const unit = new Unit(source, compiler, options);
  const context = new Context({ unit, scope: new Scope(undefined), block: new Block(), within: '', frame: undefined });
  const code = `return ${context.arrow('', node)};`;
  const { imports, constants, covered } = unit;
  return { source, constants, imports, covered, ...placeMarks(code, unit.marks) };
}

/** Takes the marks out of the code and notes where they stood. */
function placeMarks(code: string, all: readonly Mark[]): Pick<CompiledFile, 'code' | 'offsets' | 'marks'> {
  const [first = '', ...rest] = code.split(OPEN);
  const parts = [first];
  const offsets: number[] = [];
  const marks: Mark[] = [];
  let length = first.length;
  for (const part of rest) {
    const close = part.indexOf(CLOSE);
    const text = part.slice(close + 1);
    offsets.push(length);
    marks.push(all[Number(part.slice(0, close))] as Mark);
    parts.push(text);
    length += text.length;
  }
  return { code: parts.join(''), offsets, marks };
}

function strict(node: Node, context: Context): string {
  const code = strictCode(node, context);
  const cover = node.type === 'literal' ? '' : context.unit.cover(node);
  return cover === '' ? code : `(${cover}${code})`;
}

function strictCode(node: Node, context: Context): string {
  switch (node.type) {
    case 'literal':
      return literal(node, context);
    case 'array':
      return array(node, context);
    case 'array comprehension':
      return arrayComprehension(node, context);
    case 'object':
      return object(node, context);
    case 'object comprehension':
      return objectComprehension(node, context);
    case 'variable':
      return variable(node, context);
    case 'self':
      return self(node, context);
    case 'dollar':
      return dollar(node, context);
    case 'super index':
      return superIndex(node, context);
    case 'in super':
      return inSuper(node, context);
    case 'index':
      return index(node, context);
    case 'slice':
      return slice(node, context);
    case 'apply':
      return apply(node, context);
    case 'binary':
      return binary(node, context);
    case 'unary':
      return unary(node, context);
    case 'local':
      return localExpression(node, context);
    case 'if':
      return conditional(node, context);
    case 'function':
      return functionCode(node, context, '');
    case 'error':
      return `${context.mark(node)}raise(${context.strict(node.message)})`;
    case 'assert':
      return `(${holds(node, context)},${context.strict(node.body)})`;
    case 'import':
      return importFile(node, context);
  }
}

/** What cannot fail and takes no time is made at once; all else is left for later. */
function lazy(node: Node, context: Context): string {
  switch (node.type) {
    case 'literal':
      return node.value === Number.POSITIVE_INFINITY ? later(node, context) : literal(node, context);
    case 'variable': {
      const binding = context.scope.find(node.name);
      return binding === undefined || context.scope.isPending(node.name) ? later(node, context) : binding.code;
    }
    case 'array':
    case 'self':
    case 'dollar':
    case 'function':
      return strict(node, context);
    case 'object':
      return isPlainObject(node) ? strict(node, context) : later(node, context);
    default:
      return later(node, context);
  }
}

function later(node: Node, context: Context): string {
  return thunk(node, context.with({ frame: undefined }));
}

/** Statements that return the value of a node. */
function body(node: Node, context: Context): string {
  switch (node.type) {
    case 'local':
      return localStatements(node, context);
    case 'if':
      return `if(${condition(node.condition, context, node)}){${arm(node.yes, context)}}${otherwise(node, context)}`;
    case 'assert':
      return `${holds(node, context)};${body(node.body, context)}`;
    case 'apply':
      return tailApply(node, context) ?? `return ${strict(node, context)};`;
    default:
      return `return ${strict(node, context)};`;
  }
}

function otherwise({ no }: Conditional, context: Context): string {
  return no === undefined ? 'return null;' : arm(no, context);
}

/** Statements of one way that a condition leads. */
function arm(node: Node, context: Context): string {
  return node.type === 'literal' ? `return ${choice(node, context)};` : body(node, context);
}

/** Code of one way that a condition leads: it counts even if it is a literal. */
function choice(node: Node, context: Context): string {
  const code = context.strict(node);
  const cover = node.type === 'literal' ? context.unit.cover(node) : '';
  return cover === '' ? code : `(${cover}${code})`;
}

function conditional(node: Conditional, context: Context): string {
  const { condition: test, yes, no } = node;
  const other = no === undefined ? 'null' : choice(no, context);
  return `(${condition(test, context, node)}?${choice(yes, context)}:${other})`;
}

/** Code that fails where an assert does not hold. */
function holds(node: Assert, context: Context): string {
  const message = node.message === undefined ? '"an assert does not hold"' : context.strict(node.message);
  return `${condition(node.condition, context)}||${context.mark(node)}raise(${message})`;
}

function superIndex(node: SuperIndex, context: Context): string {
  const { self: own, layer } = aroundSuper(node, context);
  return `${context.mark(node)}superIndex(${own},${layer},${context.strict(node.index)})`;
}

function inSuper(node: InSuper, context: Context): string {
  const { self: own, layer } = aroundSuper(node, context);
  return `${context.mark(node)}inSuper(${own},${layer},${context.strict(node.index)})`;
}

function aroundSuper(node: Node, context: Context): { readonly self: string; readonly layer: string } {
  return context.scope.object ?? context.refuse('there is no object around whose super that could be', node);
}

function slice({ target, from, to, step, ...span }: Slice, context: Context): string {
  const parts = [from, to, step].map((part) => (part === undefined ? 'null' : context.strict(part)));
  return `${context.mark(span)}slice(${context.strict(target)},${parts.join(',')})`;
}

function importFile(node: Import, context: Context): string {
  const { form, path, start, end } = node;
  context.unit.imports.push({ form, path, span: { start, end } });
  return `${context.mark(node)}load(${context.unit.imports.length - 1})`;
}
