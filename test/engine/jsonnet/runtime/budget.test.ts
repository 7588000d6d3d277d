import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Jsonnet } from '#jsonnet/jsonnet.js';
import { JsonnetError, type JsonnetErrorCode } from '#jsonnet/jsonnet-error.js';
import type { Limits } from '#jsonnet/runtime/budget.js';
import { virtualImporter } from '#jsonnet/virtual-importer.js';

const FILES = {
  'healthy.jsonnet': "{ a: std.join(',', ['x', 'y']), b: self.a }",
  'a.libsonnet': "(import 'b.libsonnet') + 1",
  'b.libsonnet': "(import 'c.libsonnet') + 1",
  'c.libsonnet': '1',
};

/** The code with which a program ends; nothing where it gives a value. What is no JsonnetError is thrown. */
function endOf(jsonnet: Jsonnet, limits: Partial<Limits>): JsonnetErrorCode | undefined {
  try {
    jsonnet.evaluate('program.jsonnet', { limits });
    return undefined;
  } catch (error) {
    if (error instanceof JsonnetError) return error.code;
    throw error;
  }
}

/** That a program ends with a code, and that this changes nothing for the next evaluation of the same instance. */
function ends(code: JsonnetErrorCode | undefined, program: string, limits: Partial<Limits>): void {
  const jsonnet = new Jsonnet(virtualImporter({ ...FILES, 'program.jsonnet': program }));
  for (let times = 0; times < 2; times += 1) {
    assert.equal(endOf(jsonnet, limits), code, program.slice(0, 200));
    assert.deepEqual(jsonnet.evaluate('healthy.jsonnet'), { a: 'x,y', b: 'x,y' });
  }
}

const STEPS: readonly string[] = [
  'local f(n) = f(n + 1) tailstrict; f(0)',
  '[x for x in std.range(1, 1e4) for y in std.range(1, 1e4)]',
  'std.range(1, 1e9)',
  'std.length(std.makeArray(1e9, function(i) i))',
  'std.length(std.repeat([1], 1e9))',
  'std.foldl(function(a, b) a + b, std.makeArray(1e4, function(i) [i]), [])',
  'local f(n) = if n == 0 then 1 else { a: f(n - 1), b: f(n - 1) }; f(40)',
  'local f(n) = if n == 0 then 1 else { a: f(n - 1), b: self.a }; f(40)',
  'std.flattenArrays(std.makeArray(1e4, function(i) std.range(1, 1e4)))',
  'std.sort(std.range(1, 2e4), function(x) std.sum(std.range(1, 100)))',
  'std.foldl(function(a, b) a { [b]: 1 }, std.map(std.toString, std.range(1, 1e5)), {})',
];

test('steps are counted, whatever takes them', () => {
  for (const program of STEPS) ends('TooManySteps', program, { steps: 100_000 });
});

test('equal programs take equal steps', () => {
  const program = "{ a: [x * 2 for x in std.range(1, 20)], b: std.join(',', std.map(std.toString, self.a)) }";
  let steps = 1;
  const jsonnet = new Jsonnet(virtualImporter({ 'program.jsonnet': program }));
  while (endOf(jsonnet, { steps }) !== undefined) steps += 1;
  for (let times = 0; times < 3; times += 1) {
    assert.equal(endOf(jsonnet, { steps: steps - 1 }), 'TooManySteps');
    assert.equal(endOf(jsonnet, { steps }), undefined);
  }
});

const DEPTH: readonly string[] = [
  'local f(n) = f(n + 1) + 1; f(0)',
  'local a = b, b = a; a',
  'local a = [a]; a',
  'local a = [a]; std.toString(a)',
  'local a = [a]; a == a',
  'local o = { a: o }; o',
  'local o = { a: o {} }; std.manifestYamlDoc(o)',
  '{ a: self.b, b: self.a }',
  '{ a: { b: $.a.b } }',
  'local f(n) = if n == 0 then [] else [f(n - 1)]; f(10000) == f(10000)',
  'local f(n) = { a: f(n + 1).a }; f(0).a',
  'std.foldl(function(a, b) a + { a+: 1 }, std.range(1, 5000), { a: 1 })',
  'std.foldl(function(f, i) function(x) f(x) + 1, std.range(1, 5000), function(x) x)(0)',
  '{ assert self.x, x: { assert $.y }.z, y: self.x }',
];

test('what is nested is counted, whatever nests', () => {
  for (const program of DEPTH) ends('TooDeep', program, {});
});

test('a call in place of another takes no depth', () => {
  ends(undefined, 'local f(n) = if n == 0 then 0 else f(n - 1) tailstrict; f(10000)', { depth: 20 });
  ends(undefined, '{ f(n):: if n == 0 then 0 else self.f(n - 1) tailstrict, a: self.f(10000) }', { depth: 20 });
  ends('TooDeep', 'local f(n) = if n == 0 then 0 else f(n - 1); f(100)', { depth: 20 });
});

test('a depth that the machine cannot follow ends as cleanly', () => {
  const program = 'local f(n) = f(n + 1) + 1; f(0)';
  ends('TooDeep', program, { depth: 1_000_000 });
  ends(undefined, `1${'+1'.repeat(100_000)}`, {});
  ends(undefined, `true${'&&true'.repeat(100_000)}`, {});
  ends('SyntaxInvalid', `local f() = f; f${'()'.repeat(100_000)}`, {});
  ends('SyntaxInvalid', `local a = {}; a${'.a'.repeat(100_000)}`, {});
  ends('TooDeep', `{}${'{ a+: [1] }'.repeat(4000)}`, {});
});

const TEXTS: readonly string[] = [
  "std.repeat('ab', 1000)",
  "local f(s, n) = if n == 0 then s else f(s + s, n - 1); f('a', 20)",
  "std.join('', std.makeArray(300, function(i) 'abcd'))",
  "std.join(std.repeat('a', 900), ['a', 'b', 'c'])",
  "'%2000d' % 1",
  "'%s%s' % [std.repeat('a', 900), std.repeat('a', 900)]",
  "std.strReplace(std.repeat('a', 900), 'a', 'bcd')",
  'std.toString(std.range(1, 900))',
  'std.manifestJson(std.range(1, 900))',
  'std.manifestYamlDoc(std.range(1, 900))',
  "std.escapeStringJson(std.repeat('\\u0001', 900))",
  "std.base64(std.repeat('a', 900))",
  "std.flatMap(function(c) std.repeat(c, 100), std.repeat('a', 100))",
  "std.lines(std.makeArray(900, function(i) 'x'))",
];

test('a text longer than is allowed is not made', () => {
  for (const program of TEXTS) ends('TextTooLong', program, { text: 1000 });
  ends(undefined, "std.length(std.repeat('a', 1000))", { text: 1000 });
});

test('a result larger than is allowed is not made', () => {
  ends('OutputTooLarge', 'std.range(1, 1000)', { output: 1000 });
  ends('OutputTooLarge', "std.makeArray(100, function(i) 'a long text')", { output: 1000 });
  ends('OutputTooLarge', "{ ['field ' + i]: i for i in std.range(1, 100) }", { output: 1000 });
  ends(undefined, 'std.all([std.length(std.toString(std.range(1, 100))) > 0 for i in [1, 2, 3]])', { output: 1000 });
  ends(undefined, '{ a:: std.range(1, 1000), b: 1 }', { output: 1000 });
});

test('imports are counted once each', () => {
  ends('TooManyImports', "import 'a.libsonnet'", { imports: 3 });
  ends(undefined, "import 'a.libsonnet'", { imports: 4 });
  ends(undefined, "[import 'c.libsonnet' for x in std.range(1, 100)]", { imports: 2 });
});
