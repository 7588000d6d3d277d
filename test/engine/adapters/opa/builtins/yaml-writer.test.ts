import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuiltinError } from '#adapters/opa/builtins/builtin.js';
import { writeYaml } from '#adapters/opa/builtins/yaml-writer.js';
import { fromJson } from '#adapters/opa/rego-value.js';
import type { Json } from '#model/json.js';
import { counted, OutOfSteps } from './step-counter.js';

const write = (value: Json): string => writeYaml(fromJson(value), () => undefined);

test('lists stand two spaces in, and what YAML would misread is quoted', () => {
  const object = { b: [1, { c: 'yes', d: null }], a10: '012', a9: 'text\nlines\n' };
  assert.equal(write(object), 'a9: |\n  text\n  lines\na10: "012"\nb:\n  - 1\n  - c: "yes"\n    d: null\n');
});

test('a text or key that YAML cannot hold is an error', () => {
  for (const value of ['\u007f', { ['x'.repeat(1023)]: 1 }, { 'a\u0085b': 1 }])
    assert.throws(() => write(value), BuiltinError);
});

test('a text of spaces or digits takes steps by its length, a deep value also by its indentation', () => {
  assert.ok(counted('yaml.marshal', [`${' '.repeat(500_000)}\u0085`]).steps < 2_000_000);
  assert.ok(counted('yaml.marshal', ['1'.repeat(500_000)]).steps < 2_000_000);
  const deep = Array.from({ length: 500 }).reduce<Json>((value) => [value], 'x'.repeat(1_000_000));
  assert.throws(() => counted('yaml.marshal', [fromJson(deep)]), OutOfSteps);
});
