import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSync } from 'oxc-parser';
import { CODE_RUNTIME } from '#jsonnet/code-runtime.js';
import { type CompiledFile, compile } from '#jsonnet/compile/compile.js';
import { SyntaxFailure } from '#jsonnet/syntax/source.js';
import { readCases } from '../../../jsonnet/cases.js';
import { generateProgram } from '../../../jsonnet/generate.js';

/** A node of the syntax tree of JavaScript, as far as it is looked at. */
interface Tree {
  readonly type: string;
  readonly name?: string;
  readonly computed?: boolean;
  readonly [part: string]: unknown;
}

/** What code may name that it does not declare: its arguments, what its prologue takes from them, and two constants. */
const GIVEN = new Set(['K', 'R', ...Object.keys(CODE_RUNTIME), 'load', 'std', 'cover', 'undefined', 'Infinity']);
/** The only members of anything that code calls by a name of JavaScript. */
const MEMBERS = new Set(['code', 'push', 'length', 'names', 'values']);
const GENERATED = /\$\d*$/;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function* partsOf(tree: Tree): Generator<readonly [part: string, child: Tree]> {
  for (const [part, value] of Object.entries(tree)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isTree(child)) yield [part, child];
  }
}

interface Names {
  readonly used: Set<string>;
  readonly declared: Set<string>;
  readonly members: Set<string>;
  readonly made: Set<string>;
}

/** Names of code: those that it uses, those that it declares, those of members, and those of classes after `new`. */
function namesIn(code: string): Names {
  const { program, errors } = parseSync('code.js', `(function(){${code}})`);
  assert.deepEqual(errors, []);
  const names: Names = { used: new Set(), declared: new Set(), members: new Set(), made: new Set() };
  const walk = (tree: Tree, parent: Tree, part: string): void => {
    if (tree.type === 'Identifier' && tree.name !== undefined) place(names, tree.name, parent, part);
    for (const [own, child] of partsOf(tree)) walk(child, tree, own);
  };
  walk(program as unknown as Tree, { type: 'nothing' }, '');
  return names;
}

function place(names: Names, name: string, parent: Tree, part: string): void {
  const isMember = (parent.type === 'MemberExpression' && part === 'property') || part === 'key';
  if (isMember && parent.computed !== true) names.members.add(name);
  else if (part === 'params' || (parent.type === 'VariableDeclarator' && part === 'id')) names.declared.add(name);
  else names.used.add(name);
  if (parent.type === 'NewExpression' && part === 'callee') names.made.add(name);
}

function compiled(text: string): CompiledFile | undefined {
  try {
    return compile({ path: 'program.jsonnet', text });
  } catch (error) {
    if (error instanceof SyntaxFailure) return undefined;
    throw error;
  }
}

const programs = [
  ...[...readCases().values()].flat().map(({ code }) => code),
  ...Array.from({ length: 100 }, (_, seed) => generateProgram(seed)),
];
const files = programs.flatMap((text) => compiled(text) ?? []);

test('the code of every program reaches nothing but its arguments and what it declares itself', () => {
  assert.ok(files.length > 1500);
  for (const { code, source } of files) {
    const { used, declared, members, made } = namesIn(code);
    const reached = [...used].filter((name) => !GIVEN.has(name) && !declared.has(name));
    assert.deepEqual(reached, [], `${source.text}\n${code}`);
    assert.deepEqual(
      [...declared].filter((name) => !GENERATED.test(name)),
      [],
      source.text,
    );
    assert.deepEqual(
      [...members].filter((name) => !MEMBERS.has(name) && !GENERATED.test(name)),
      [],
      source.text,
    );
    assert.deepEqual(
      [...made].filter((name) => name !== 'Thunk' && name !== 'FunctionValue'),
      [],
      source.text,
    );
  }
});

test('names and texts of a program never become code', () => {
  const hostile = [
    'local constructor = 1, __proto__ = 2; constructor + __proto__',
    "{ ['constructor']: 1, 'a\\u2028b': 2, \"'+process.exit()+'\": 3 }",
    "{ local eval = 1, a: eval }['`process`']",
    "'\\u0001\\u0002\\u0003' + \"\\\\\" + @'\\'",
    "std['constructor']",
    "std.constructor('x')",
  ];
  for (const text of hostile) {
    const { used, declared } = namesIn(compile({ path: 'x', text }).code);
    assert.deepEqual(
      [...used].filter((name) => !GIVEN.has(name) && !declared.has(name)),
      [],
      text,
    );
  }
});

test('what may fail is marked by the part of the program that it stands for, in the order of the code', () => {
  const text = "local f(x) = x.a;\nf({ a: error 'x' })";
  const { marks, offsets } = compile({ path: 'x', text });
  const parts = marks.map(({ start, end, within }) => `${within}: ${text.slice(start, end)}`);
  assert.ok(parts.includes('function f: x.a'), parts.join('\n'));
  assert.ok(parts.includes("field a: error 'x'"), parts.join('\n'));
  assert.ok(
    parts.some((part) => part.endsWith(": f({ a: error 'x' })")),
    parts.join('\n'),
  );
  assert.deepEqual(
    offsets,
    [...offsets].sort((a, b) => a - b),
  );
  assert.equal(offsets.length, marks.length);
});

test('imports are known before anything is evaluated', () => {
  const { imports } = compile({ path: 'x', text: "if false then import 'a' else [importstr 'b', importbin 'c']" });
  assert.deepEqual(
    imports.map(({ form, path }) => [form, path]),
    [
      ['import', 'a'],
      ['importstr', 'b'],
      ['importbin', 'c'],
    ],
  );
});

const UNBOUND: readonly (readonly [text: string, at: string])[] = [
  ['x', 'x'],
  ['local a = b; 1', 'b'],
  ['function(a, b=c) a', 'c'],
  ['[a for b in []]', 'a'],
  ['[1 for b in b]', 'b'],
  ['{ [self.a]: 1 }', 'self'],
  ['{ a: 1 }[$.a]', '$'],
  ['super.a', 'super.a'],
  ["'a' in super", "'a' in super"],
  ['self', 'self'],
];

test('a name that means nothing is refused where it stands, whether it would be evaluated or not', () => {
  for (const [text, at] of UNBOUND) {
    assert.throws(
      () => compile({ path: 'x', text }),
      (error: unknown) => error instanceof SyntaxFailure && text.slice(error.span.start, error.span.end) === at,
      text,
    );
  }
});
