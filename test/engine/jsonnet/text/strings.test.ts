import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '#jsonnet/failure.js';
import { split, splitLimit, splitLimitR } from '#jsonnet/text/split.js';
import {
  asciiLower,
  asciiUpper,
  equalsIgnoreCase,
  findSubstr,
  lstripChars,
  resolvePath,
  rstripChars,
  stringChars,
  stripChars,
  strReplace,
  substr,
  trim,
} from '#jsonnet/text/strings.js';

const FACE = '\u{1f600}';

test('texts are counted in code points', () => {
  assert.equal(substr(`a${FACE}bc`, 1, 2), `${FACE}b`);
  assert.equal(substr('abc', 5, 1), '');
  assert.deepEqual(findSubstr('aa', `${FACE}aaa`), [1, 2]);
  assert.deepEqual(stringChars(`a${FACE}`), ['a', FACE]);
});

test('texts are cut from either side', () => {
  assert.deepEqual(split('a,b,', ','), ['a', 'b', '']);
  assert.deepEqual(splitLimit('a,b,c', ',', 1), ['a', 'b,c']);
  assert.deepEqual(splitLimit('a,b,c', ',', -1), ['a', 'b', 'c']);
  assert.deepEqual(splitLimitR('a,b,c', ',', 1), ['a,b', 'c']);
  assert.deepEqual(splitLimitR('a,b,c', ',', 0), ['a,b,c']);
});

test('characters are stripped and replaced as they are', () => {
  assert.equal(stripChars(`${FACE}aa${FACE}b${FACE}`, `${FACE}b`), 'aa');
  assert.equal(lstripChars('aab', ['a']), 'b');
  assert.equal(rstripChars('baa', 'a'), 'b');
  assert.equal(trim('\u00a0\u0085\u3000a\ufeff \n'), 'a\ufeff');
  assert.equal(strReplace('a.b.', '.', '$&'), 'a$&b$&');
  assert.equal(resolvePath('a/b/c', 'd'), 'a/b/d');
  assert.equal(resolvePath('c', 'd'), 'd');
});

test('letters', () => {
  assert.equal(asciiUpper('aéz'), 'AéZ');
  assert.equal(asciiLower('AÉZ'), 'aÉz');
  assert.ok(equalsIgnoreCase('Σß\u212a', 'ςẞk'));
  assert.ok(!equalsIgnoreCase('ß', 'ss'));
  assert.ok(!equalsIgnoreCase('\u0130', 'i'));
});

test('senseless arguments are refused', () => {
  assert.throws(() => substr('a', -1, 0), Failure);
  assert.throws(() => substr('a', 0, 0.5), Failure);
  assert.throws(() => split('a', ''), Failure);
  assert.throws(() => splitLimit('a', 'b', -2), Failure);
  assert.throws(() => splitLimitR('a', 'b', 1.5), Failure);
  assert.throws(() => strReplace('a', '', 'b'), Failure);
});
