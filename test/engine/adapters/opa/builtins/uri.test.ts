import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuiltinError } from '#adapters/opa/builtins/builtin.js';
import { type RegoValue, toJson } from '#adapters/opa/rego-value.js';
import { counted } from './step-counter.js';

test('a URI is taken apart, with its path decoded and as it was written', () => {
  const { result } = counted('uri.parse', ['HTTPS://u:p@h.example:8443/a%2Fb/ü?x=%41#f']);
  assert.deepEqual(toJson(result as RegoValue), {
    scheme: 'https',
    hostname: 'h.example',
    port: '8443',
    path: '/a/b/ü',
    raw_path: '/a%2Fb/ü',
    raw_query: 'x=%41',
    fragment: 'f',
  });
});

test('a text that is no URI is an error, or told so', () => {
  assert.throws(() => counted('uri.parse', ['http://h:port/']), BuiltinError);
  assert.equal(counted('uri.is_valid', ['http://h:port/']).result, false);
});
