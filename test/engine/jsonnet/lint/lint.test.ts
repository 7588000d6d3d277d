import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lint } from '#jsonnet/lint/lint.js';
import { SyntaxFailure } from '#jsonnet/syntax/source.js';

/** The findings of a program, each as `code name line:column`. */
function found(text: string): readonly string[] {
  return lint({ path: 'a.jsonnet', text }).map(
    ({ code, name, place }) => `${code} ${name} ${place.line}:${place.column}`,
  );
}

const unused: { readonly [text: string]: readonly string[] } = {
  'local x = 1; 2': ['UnusedLocal x 1:7'],
  'local x = 1, y = x; 2': ['UnusedLocal y 1:14'],
  'local f(a, b=1) = 2; 3': ['UnusedLocal f 1:7'],
  '{ local x = 1, a: 2 }': ['UnusedLocal x 1:9'],
  '{ local x = 1, [y]: 2 for y in [] }': ['UnusedLocal x 1:9'],
  'local x = 1; local x = 2; x': ['UnusedLocal x 1:7'],
  'local x = 1; { local x = 2, a: x }': ['UnusedLocal x 1:7'],
  'local x = 1; [x for x in []]': ['UnusedLocal x 1:7'],
  'local x = 1; function(x) x': ['UnusedLocal x 1:7'],
  'local x = 1; { [x]: 1, local x = 2 }': ['UnusedLocal x 1:30'],
  "local lib = import 'lib.libsonnet'; 1": ['UnusedImport lib 1:7'],
  "local part = (import 'lib.libsonnet').a['b'], text = importstr 'a'; 1": [
    'UnusedImport part 1:7',
    'UnusedImport text 1:47',
  ],
  "local sum = (import 'lib.libsonnet') + {}; 1": ['UnusedLocal sum 1:7'],
  'local b = 1,\n  a = 2;\n3': ['UnusedLocal b 1:7', 'UnusedLocal a 2:3'],
};
for (const [text, findings] of Object.entries(unused)) {
  test(`what nothing refers to is found: ${text}`, () => assert.deepEqual(found(text), findings));
}

const used = [
  'local x = 1; x',
  'local x = 1, y = x; y',
  'local x = 1; { a: x, [x]: 1 }',
  'local x = 1; { assert x : x, a:: 1 }',
  '{ local x = 1, local y = x, a: { b: y } }',
  'local x = 1; function(a=x) a',
  'local x = 1; (function(a) 1)(a=x)',
  'local x = 1; [0 for a in x if x]',
  '{ local x = y, [y]: x for y in [] }',
  'local x = 1; [[1][x], [1][x:x:x], -x, x { a: 1 }, if x then 1, error x]',
  '{ a: super[x], b: x in super, local x = 1 }',
  'local x = 1; assert x : x; 2',
  'local x(n) = x(n - 1); 1',
  'local _x = 1; { local _ = 2 }',
  'function(unused) [1 for also in []]',
  "local lib = import 'lib.libsonnet'; lib",
];
for (const text of used) test(`what is referred to is not found: ${text}`, () => assert.deepEqual(found(text), []));

test('a member that std does not have is found, with the name that may be meant', () => {
  const text = "[std.lenght('a'), std['thing'], std.length('a'), std.thisFile, std.pi, std[self.x]]";
  assert.deepEqual(
    lint({ path: 'a', text }).map(({ code, name, place, meant }) => [code, name, place.column, meant]),
    [
      ['UnknownStdMember', 'lenght', 6, 'length'],
      ['UnknownStdMember', 'thing', 23, undefined],
    ],
  );
});

test('a std of the program itself may have any member', () => {
  for (const text of ['local std = { a: 1 }; std.a', 'function(std) std.a', '[std.a for std in []]', 'self.std.a'])
    assert.deepEqual(found(text), []);
});

test('no nesting is too deep and no chain too long', () => {
  const locals = Array.from({ length: 5000 }, (_, index) => `local a${index} = ${index};`).join('');
  assert.equal(found(`${locals}1`).length, 5000);
  assert.deepEqual(found(Array(50_000).fill('1').join('+')), []);
});

test('what is no Jsonnet is a syntax failure', () =>
  assert.throws(() => lint({ path: 'a', text: '{' }), SyntaxFailure));
