import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '#jsonnet/failure.js';
import { parseYaml } from '#jsonnet/text/parse-yaml.js';

test('a mark that begins a document makes an array', () => {
  const grid: [string, unknown][] = [
    ['', null],
    ['# nothing\n', null],
    ['a', 'a'],
    ['--- a', ['a']],
    ['a\n---\nb\n---\n', ['a', 'b', null]],
    ['# a\n---\nb', [null, 'b']],
    ['a\n...\nb', 'a'],
  ];
  for (const [text, expected] of grid) assert.deepEqual(parseYaml(text), expected, text);
});

test('scalars mean what YAML 1.1 says, less sexagesimal numbers', () => {
  assert.deepEqual(parseYaml('[yes, Off, ~, 0777, 0o17, 0x1F, 0b11, 1_000, 1:20, 1e3, .5, 08, 1e999, "1", !!str 1]'), [
    ...[true, false, null, 511, 15, 31, 3, 1000, '1:20', 1000, 0.5, 8, '1e999', '1', '1'],
  ]);
  assert.deepEqual(parseYaml('[2001-12-14, !!binary SGVsbG8=, !!float 1, 18446744073709551615]'), [
    ...['2001-12-14', 'Hello', 1, 2 ** 64],
  ]);
  for (const text of ['.nan', '!!int x', '!!timestamp x', '!!binary x', '{~: 1}']) {
    assert.throws(() => parseYaml(text), Failure, text);
  }
});

test('keys become texts, the last of equal keys counts, and merges act where they stand', () => {
  assert.deepEqual(parseYaml('{1: a, 2.5: b, true: c, 1e10: d, a: 1, a: 2}'), {
    ...{ '1': 'a', '2.5': 'b', true: 'c', '1e+10': 'd', a: 2 },
  });
  assert.deepEqual(parseYaml('- &x {a: 1, b: 1}\n- {a: 2, <<: *x, b: 2}'), [
    { a: 1, b: 1 },
    { a: 1, b: 2 },
  ]);
  assert.deepEqual(Object.keys(parseYaml('__proto__: 1') as object), ['__proto__']);
});

test('texts are folded, kept and chomped', () => {
  assert.deepEqual(parseYaml('a: |+\n  x\n   y\n\nb: >-\n  x\n  y\n\n  z\nc: "x\\\n  \\u00e9\n\n  y"\nd: x\n  y'), {
    ...{ a: 'x\n y\n\n', b: 'x y\nz', c: 'xé\ny', d: 'x y' },
  });
});

test('what is no YAML, too deep or too much is refused', () => {
  const levels = Array.from({ length: 12 }, (_, level) => `- &a${level + 1} [${`*a${level}, `.repeat(9)}]`);
  const deep = Array.from({ length: 1200 }, (_, level) => `- &a${level + 1} [*a${level}]`);
  const grid = ['a: b: c', '[a', '"a', '\ta: b', 'a: *x', '&a [*a]', '%YAML 1.2\n---\n', '@', 'a: \u0001'];
  for (const text of [...grid, ['- &a0 x', ...levels].join('\n'), ['- &a0 x', ...deep].join('\n')]) {
    assert.throws(() => parseYaml(text), Failure, text.slice(0, 20));
  }
  assert.throws(() => parseYaml('['.repeat(5000)), Failure);
  assert.throws(() => parseYaml('- '.repeat(5000)), Failure);
});
