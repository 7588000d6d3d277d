import assert from 'node:assert/strict';
import { test } from 'node:test';
import { haveCommonText } from '#adapters/opa/builtins/glob-intersection.js';
import { counted } from './step-counter.js';

const free = (): void => undefined;

test('globs have a text in common where tokens that repeat take in what the other one demands', () => {
  assert.equal(haveCommonText('prod-[0-9]+-.*', '.*-12-x', free), true);
  assert.equal(haveCommonText('prod-[0-9]+', '.*-ab', free), false);
});

test('a set that is as wide as all characters is as cheap as one of a few', () => {
  const { result, steps } = counted('regex.globs_match', ['[\u0000-\u{10ffff}]+', 'x']);
  assert.equal(result, true);
  assert.ok(steps < 200, String(steps));
});

test('stars that could each take in all of the others do not take time without bound', () => {
  const { result, steps } = counted('regex.globs_match', [`${'.*a'.repeat(200)}b`, `${'.*c'.repeat(200)}d`]);
  assert.equal(result, false);
  assert.ok(steps < 1_000_000, String(steps));
});
