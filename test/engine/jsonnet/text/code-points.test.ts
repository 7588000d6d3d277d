import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  codePointLength,
  compareCodePoints,
  sliceCodePoints,
  sortedKeys,
  wellFormed,
} from '#jsonnet/text/code-points.js';

const FACE = '\u{1f600}';

test('texts are ordered by code point, not by unit', () => {
  const ordered = ['', 'a', 'a\ue000', `a${FACE}`, 'aa', '\uffff', FACE, `${FACE}a`, '\u{1f601}'];
  const expected = [...ordered].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual([...ordered].reverse().sort(compareCodePoints), expected);
  assert.deepEqual(sortedKeys(Object.fromEntries(ordered.map((key) => [key, 0]))), expected);
  assert.deepEqual(sortedKeys({ 10: 0, 9: 0, b: 0, 'a b': 0 }), ['10', '9', 'a b', 'b']);
});

test('texts are measured and cut by code point', () => {
  assert.equal(codePointLength('abc'), 3);
  assert.equal(codePointLength(`a${FACE}c`), 3);
  const grid: [string, number, number, string][] = [
    ['abcd', 1, 3, 'bc'],
    [`a${FACE}cd`, 1, 3, `${FACE}c`],
    [`a${FACE}cd`, 2, 99, 'cd'],
    ['abcd', 3, 1, ''],
    [`a${FACE}`, 2, 1, ''],
  ];
  for (const [text, from, to, expected] of grid) assert.equal(sliceCodePoints(text, from, to), expected);
});

test('half a pair becomes the replacement character', () => {
  assert.equal(wellFormed(`\ud800a${FACE}\udc00`), `\ufffda${FACE}\ufffd`);
});
