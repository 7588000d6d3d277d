import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuiltinError } from '#adapters/opa/builtins/builtin.js';
import { fromJson, type RegoValue, toJson } from '#adapters/opa/rego-value.js';
import type { Json } from '#model/json.js';
import { counted, OutOfSteps } from './step-counter.js';

const match = (document: Json, schema: Json): Json =>
  toJson(counted('json.match_schema', [fromJson(document), fromJson(schema)]).result as RegoValue);
const verify = (schema: Json): Json => toJson(counted('json.verify_schema', [fromJson(schema)]).result as RegoValue);

test('what does not match is told in the order of the names of fields, with type, field and description', () => {
  const schema = { properties: { b: { type: 'string' }, a: { minimum: 1e6 } }, additionalProperties: false };
  assert.deepEqual(match({ a: 1, b: 2, c: 3 }, schema), [
    false,
    [
      {
        desc: 'Additional property c is not allowed',
        error: '(Root): Additional property c is not allowed',
        field: '(Root)',
        type: 'additional_property_not_allowed',
      },
      {
        desc: 'Must be greater than or equal to 1e+06',
        error: 'a: Must be greater than or equal to 1e+06',
        field: 'a',
        type: 'number_gte',
      },
      {
        desc: 'Invalid type. Expected: string, given: integer',
        error: 'b: Invalid type. Expected: string, given: integer',
        field: 'b',
        type: 'invalid_type',
      },
    ],
  ]);
});

test('nothing that a schema refers to is loaded, from wherever it would be', () => {
  for (const url of ['http://127.0.0.1:1/s.json', 'https://example.com/', 'file:///etc/passwd']) {
    assert.deepEqual(verify({ $ref: url }), [false, `jsonschema: remote reference loading disabled: ${url}`]);
    assert.throws(() => match({}, { items: { $ref: url } }), BuiltinError);
  }
});

test('a schema that refers to itself for the same value ends as an evaluation that nests too deep', () => {
  assert.throws(() => match({}, { $ref: '#' }), RangeError);
});

test('references that multiply are stopped by the steps', () => {
  const names = Array.from({ length: 30 }, (_, index) => `d${index}`);
  const next = (index: number) => ({ $ref: `#/definitions/d${index + 1}` });
  const definitions = Object.fromEntries(names.map((name, index) => [name, { allOf: [next(index), next(index)] }]));
  const schema = { definitions: { ...definitions, d30: {} }, $ref: '#/definitions/d0' };
  assert.throws(() => match({}, schema), OutOfSteps);
});

test('a pattern takes steps for its size and for the text, however it is nested', () => {
  const operands = [fromJson(['a'.repeat(50_000)]), fromJson({ items: { pattern: '^(a+)+$' } })];
  assert.ok(counted('json.match_schema', operands).steps < 1_000_000);
  assert.throws(() => match({}, { pattern: '(a{1000}){1000}' }), BuiltinError);
  const patterns = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`^(a|b{${index}}){9}`, {}]));
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`${'a'.repeat(50)}${index}`, 1]));
  assert.throws(() => match(wide, { patternProperties: patterns }), OutOfSteps);
});
