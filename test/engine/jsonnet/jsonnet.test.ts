import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EvaluationOptions, Jsonnet } from '#jsonnet/jsonnet.js';
import { JsonnetError, type JsonnetErrorCode } from '#jsonnet/jsonnet-error.js';
import type { Plain } from '#jsonnet/text/plain.js';
import { virtualImporter } from '#jsonnet/virtual-importer.js';

function instance(files: { readonly [path: string]: string }): Jsonnet {
  return new Jsonnet(virtualImporter(files));
}

function evaluate(code: string, options: EvaluationOptions = {}): Plain {
  return instance({ 'program.jsonnet': code }).evaluate('program.jsonnet', options);
}

/** The error that something throws. */
function errorOf(act: () => unknown): JsonnetError {
  try {
    act();
  } catch (error) {
    if (error instanceof JsonnetError) return error;
    throw error;
  }
  return assert.fail('it gives a value');
}

test('a file is evaluated to plain data, a function of it called with plain data', () => {
  const jsonnet = instance({ 'a.jsonnet': '{ f(x, y):: { sum: x.n + y, again: self.sum }, g: 1 }' });
  assert.deepEqual(jsonnet.evaluate('a.jsonnet'), { g: 1 });
  assert.deepEqual(jsonnet.call('a.jsonnet', 'f', [{ n: 1 }, 2]), { sum: 3, again: 3 });
  assert.deepEqual(jsonnet.fieldTypes('a.jsonnet'), { f: 'function', g: 'number' });
  assert.equal(instance({ a: '[]' }).fieldTypes('a'), undefined);
});

test('a call that does not fit ends with a code', () => {
  const jsonnet = instance({ 'a.jsonnet': '{ f(x):: x, g: 1 }', 'b.jsonnet': '[1]' });
  for (const [path, name, args] of [
    ['a.jsonnet', 'f', []],
    ['a.jsonnet', 'f', [1, 2]],
    ['a.jsonnet', 'g', []],
    ['a.jsonnet', 'h', []],
    ['b.jsonnet', 'f', []],
  ] as const) {
    assert.equal(errorOf(() => jsonnet.call(path, name, args)).code, 'EvaluationFailed', `${path} ${name}`);
  }
  assert.equal(errorOf(() => jsonnet.call('c.jsonnet', 'f', [])).code, 'ImportFailed');
});

const CODES: readonly (readonly [program: string, code: JsonnetErrorCode])[] = [
  ['1 +', 'SyntaxInvalid'],
  ['x', 'SyntaxInvalid'],
  ["error 'x'", 'EvaluationFailed'],
  ["import 'missing'", 'ImportFailed'],
  ["import '/etc/passwd'", 'ImportFailed'],
  ['local f(x) = f(x + 1); f(0)', 'TooDeep'],
  ['std.range(1, 1e9)', 'TooManySteps'],
];

test('an error has a code, and the next evaluation of the instance knows nothing of it', () => {
  for (const [program, code] of CODES) {
    const jsonnet = instance({ 'bad.jsonnet': program, 'good.jsonnet': '{ a: std.map(function(x) x + 1, [1]) }' });
    assert.equal(errorOf(() => jsonnet.evaluate('bad.jsonnet')).code, code, program);
    assert.deepEqual(jsonnet.evaluate('good.jsonnet'), { a: [2] });
    assert.equal(errorOf(() => jsonnet.evaluate('bad.jsonnet')).code, code, program);
  }
});

test('an error tells every place that led to it, innermost first', () => {
  const files = {
    'main.jsonnet': "local lib = import 'lib.libsonnet';\n{\n  a: lib.half('x'),\n}",
    'lib.libsonnet': '{\n  half(x):: x / 2,\n}',
  };
  const { frames } = errorOf(() => instance(files).evaluate('main.jsonnet'));
  assert.deepEqual(
    frames.map(({ file, line, column, within }) => `${file}:${line}:${column} ${within}`),
    ['lib.libsonnet:2:13 function half', 'main.jsonnet:3:6 field a'],
  );
});

test('evaluations share no state: neither values, nor external variables, nor what is returned', () => {
  const jsonnet = instance({
    'a.jsonnet': "{ v: std.extVar('v'), list: [1, 2], object: { a: [3] }, lib: import 'lib.libsonnet' }",
    'lib.libsonnet': "[{ deep: [std.extVar('v')] }]",
  });
  const first = jsonnet.evaluate('a.jsonnet', { external: { v: { data: 1 } } });
  const expected = (v: number): Plain => ({ v, list: [1, 2], object: { a: [3] }, lib: [{ deep: [v] }] });
  assert.deepEqual(first, expected(1));
  const changed = first as { list: number[]; object: { a: number[] }; lib: { deep: number[] }[] };
  changed.list.push(9);
  changed.object.a.length = 0;
  changed.lib[0]?.deep.push(9);
  assert.deepEqual(jsonnet.evaluate('a.jsonnet', { external: { v: { data: 2 } } }), expected(2));
  assert.equal(errorOf(() => jsonnet.evaluate('a.jsonnet')).code, 'EvaluationFailed');
});

test('data that is given is not changed', () => {
  const data = { a: [3, 1, 2], b: { c: null } };
  const before = JSON.stringify(data);
  const jsonnet = instance({
    a: '{ f(x):: { s: std.sort(x.a), m: std.mergePatch(x, { b: 1 }), r: std.reverse(x.a) } }',
  });
  assert.deepEqual(jsonnet.call('a', 'f', [data]), { s: [1, 2, 3], m: { a: [3, 1, 2], b: 1 }, r: [2, 1, 3] });
  assert.equal(JSON.stringify(data), before);
});

test('external variables and arguments are data or programs, evaluated when they are asked for', () => {
  const external = {
    data: { data: { a: [1, null] } },
    code: { code: '{ b: self.c, c: 2 }', name: '<code>' },
    never: { code: "error 'never'", name: '<never>' },
    wrong: { code: '1 +', name: '<wrong>' },
  };
  assert.deepEqual(evaluate("[std.extVar('data'), std.extVar('code')]", { external }), [
    { a: [1, null] },
    { b: 2, c: 2 },
  ]);
  assert.equal(errorOf(() => evaluate("std.extVar('never')", { external })).frames[0]?.file, '<never>');
  const wrong = errorOf(() => evaluate("std.extVar('wrong')", { external }));
  assert.deepEqual([wrong.code, wrong.frames[0]?.file], ['SyntaxInvalid', '<wrong>']);
  assert.deepEqual(
    evaluate('function(code, data) data.a + [code.b]', { topLevel: { data: external.data, code: external.code } }),
    [1, null, 2],
  );
  assert.equal(errorOf(() => evaluate('function(x) x', { topLevel: {} })).code, 'EvaluationFailed');
  assert.equal(errorOf(() => evaluate('function(x) x', { topLevel: { y: { data: 1 } } })).code, 'EvaluationFailed');
  assert.equal(evaluate('1', { topLevel: { y: { data: 1 } } }), 1);
});

test('natives are called with plain data, and what they throw is an error at the call', () => {
  const natives = {
    add: { parameters: ['a', 'b'], call: (a: Plain, b: Plain) => ({ sum: Number(a) + Number(b) }) },
    keys: { parameters: ['o'], call: (o: Plain) => Object.keys(o as object) },
    fail: {
      parameters: [],
      call: (): Plain => {
        throw new Error('on purpose');
      },
    },
  };
  assert.deepEqual(evaluate("std.native('add')(1, b=2)", { natives }), { sum: 3 });
  assert.deepEqual(evaluate("std.native('add')(1, 2) { more: self.sum }", { natives }), { sum: 3, more: 3 });
  assert.deepEqual(evaluate("std.native('keys')({ b: 1, a:: 2 })", { natives }), ['b']);
  assert.equal(evaluate("std.native('none')", { natives }), null);
  const failed = errorOf(() => evaluate("\n  std.native('fail')()", { natives }));
  assert.deepEqual([failed.code, failed.message, failed.frames[0]?.line], ['EvaluationFailed', 'on purpose', 2]);
  assert.equal(errorOf(() => evaluate("std.native('add')(1)", { natives })).code, 'EvaluationFailed');
  assert.equal(errorOf(() => evaluate("std.native('keys')(error 'x')", { natives })).message, 'x');
});

test('a native may evaluate, without touching the evaluation that asks', () => {
  const inner = instance({ a: 'std.range(1, 50)' });
  const natives = { inner: { parameters: [], call: () => inner.evaluate('a', { limits: { steps: 1000 } }) } };
  const program = "[std.length(std.native('inner')()) for i in std.range(1, 5)] + [std.extVar('v')]";
  assert.deepEqual(
    evaluate(program, { natives, external: { v: { data: 7 } }, limits: { steps: 800 } }),
    [50, 50, 50, 50, 50, 7],
  );
});

test('std.trace tells its message and its place, once for each time that it is evaluated', () => {
  const told: string[] = [];
  const trace: EvaluationOptions['trace'] = (message, frame) => told.push(`${frame?.file}:${frame?.line} ${message}`);
  assert.deepEqual(
    evaluate("local a = std.trace('one', 1);\n[a, a, std.trace('two', 2)]\n+ [std.trace('never', 3)][1:]", { trace }),
    [1, 1, 2],
  );
  assert.deepEqual(told, ['program.jsonnet:1 one', 'program.jsonnet:2 two']);
});

test('imports are found, read and evaluated once in an evaluation', () => {
  const told: string[] = [];
  const jsonnet = instance({
    'a.jsonnet': "[import 'lib.libsonnet', (import './lib.libsonnet'), importstr 'lib.libsonnet', importbin 'x']",
    'lib.libsonnet': "std.trace('evaluated', 1)",
    x: 'é',
  });
  const trace = (message: string): number => told.push(message);
  assert.deepEqual(jsonnet.evaluate('a.jsonnet', { trace }), [1, 1, "std.trace('evaluated', 1)", [195, 169]]);
  assert.deepEqual(told, ['evaluated']);
});

test('importbin gives bytes as they are, importstr a text of them', () => {
  const bytes = Uint8Array.from([0, 255, 195, 40]);
  const jsonnet = new Jsonnet((from, path) => {
    const text = from === '' ? "[importbin 'b', std.length(importstr 'b')]" : Buffer.from(bytes).toString();
    return { path, text: () => text, bytes: () => bytes };
  });
  assert.deepEqual(jsonnet.evaluate('a'), [[0, 255, 195, 40], 4]);
});

test('a file that changes is compiled anew', () => {
  let text = '1';
  const jsonnet = new Jsonnet((_, path) => ({ path, text: () => text, bytes: () => Buffer.from(text) }));
  assert.equal(jsonnet.evaluate('a'), 1);
  text = '2';
  assert.equal(jsonnet.evaluate('a'), 2);
});

test('the graph of a file names all that it needs and all that is wrong, and evaluates nothing', () => {
  const jsonnet = instance({
    'a.jsonnet': "if false then [import 'b.libsonnet', importstr 'note.txt'] else error 'never evaluated'",
    'b.libsonnet': "[import 'a.jsonnet', import 'missing.libsonnet', import 'wrong.libsonnet']",
    'wrong.libsonnet': '{ a: }',
    'note.txt': '}',
  });
  const { files, errors } = jsonnet.graph('a.jsonnet');
  assert.deepEqual([...files].sort(), ['a.jsonnet', 'b.libsonnet', 'note.txt', 'wrong.libsonnet']);
  assert.deepEqual(
    errors.map(({ code, frames: [frame] }) => `${code} ${frame?.file}:${frame?.line}:${frame?.column}`),
    ['ImportFailed b.libsonnet:1:22', 'SyntaxInvalid wrong.libsonnet:1:6'],
  );
  assert.deepEqual(
    jsonnet.graph('nothing.jsonnet').errors.map(({ code }) => code),
    ['ImportFailed'],
  );
});

const NAMES = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'prototype', 'length'];

test('names of JavaScript are names like any other, in programs and in data', () => {
  const data = JSON.parse(`{${NAMES.map((name, index) => `"${name}":${index}`)}}`) as Plain;
  const program = `function(x) [x, x + {}, { [k]: x[k] for k in std.objectFields(x) }, std.mergePatch({}, x), std.parseJson(std.toString(x))]`;
  const results = evaluate(program, { topLevel: { x: { data } } }) as readonly Plain[];
  for (const result of results) {
    assert.equal(
      JSON.stringify(Object.entries(result as object).sort()),
      JSON.stringify(Object.entries(data as object).sort()),
    );
    assert.equal(Object.getPrototypeOf(result), Object.prototype);
  }
  for (const name of NAMES) {
    assert.equal(errorOf(() => evaluate(`{}.${name}`)).code, 'EvaluationFailed', name);
    assert.equal(errorOf(() => evaluate(`std.extVar('${name}')`)).code, 'EvaluationFailed', name);
    assert.equal(evaluate(`std.native('${name}')`), null, name);
    assert.equal(evaluate(`local ${name} = 1, f(${name}) = ${name}; ${name} + f(2)`), 3, name);
    assert.equal(evaluate(`'%(${name})s' % { ${name}: 4 }`), '4', name);
    assert.equal(errorOf(() => evaluate(`'%(${name})s' % {}`)).code, 'EvaluationFailed', name);
    if (name !== 'length') assert.equal(errorOf(() => evaluate(`std.${name}`)).code, 'EvaluationFailed', name);
  }
  assert.equal(({} as { n1?: unknown }).n1, undefined);
});

test('halves of surrogate pairs in data do no harm', () => {
  const texts = ['\ud83d', '\ude00', 'a\ud83db', '\ude00\ud83d', '\ud83d\ude00'];
  const program =
    'function(x) [std.length(x), x[0], std.reverse(std.stringChars(x)), x + x < x, std.md5(x), std.base64(std.encodeUTF8(x))]';
  for (const data of texts) {
    const result = evaluate(program, { topLevel: { x: { data } } }) as readonly Plain[];
    assert.equal(result[0], [...data].length);
    assert.equal(result[5], Buffer.from(data).toString('base64'));
  }
});

test('objects of more shapes than are kept are read rightly', () => {
  const many = Array.from({ length: 12_000 }, (_, index) => ({ [`a${index}`]: index, b: 1 }));
  const program = 'function(x) std.sum([std.sum(std.objectValues(o)) for o in x])';
  assert.equal(evaluate(program, { topLevel: { x: { data: many } } }), (12_000 * 11_999) / 2 + 12_000);
  assert.equal(evaluate("std.sum([{ ['a' + i]: i, b: self['a' + i] }.b for i in std.range(1, 500)])"), 125_250);
  assert.equal(
    evaluate("std.sum([({ ['a' + (i % 100)]: i } + { ['a' + (i % 90)]+: 1 }).a7 for i in [7, 97, 107]])"),
    8 + 1 + 107,
  );
});

test('numbers that are none, and infinite ones, never leave an evaluation', () => {
  for (const program of [
    '1e308 * 10',
    'std.log(-1)',
    '0 / 0',
    'std.pow(10, 400)',
    'std.sum([1e308, 1e308])',
    '1e400',
    '-1e400',
  ]) {
    assert.equal(errorOf(() => evaluate(program)).code, 'EvaluationFailed', program);
  }
});
