import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '#jsonnet/failure.js';
import { parseFormat } from '#jsonnet/text/format.js';
import { formatPlain } from './format-plain.js';

test('a format is literal texts and directives in order', () => {
  assert.deepEqual(
    parseFormat('a%%b%-5.*ld').map((part) => (typeof part === 'string' ? part : part.conversion)),
    ['a', '%', 'b', 'd'],
  );
  assert.deepEqual(parseFormat('%(a b)#0- +*.3G')[0], {
    conversion: 'g',
    capitals: true,
    key: 'a b',
    alternative: true,
    zero: true,
    left: true,
    blank: true,
    plus: true,
    width: '*',
    precision: 3,
  });
});

test('what is cut off or unknown is refused', () => {
  for (const text of ['%', '%5', '%(a', '%(a)', '%y', '%.', '%é']) {
    assert.throws(() => parseFormat(text), Failure, text);
  }
});

test('values are rendered as in C', () => {
  const grid: [string, unknown, string][] = [
    ['%d|%5d|%-5d|%05d', [1.9, -42, 42, -42], '1|  -42|42   |-0042'],
    ['%x|%#X|%o|%#o', [255, 255, 8, 8], 'ff|0XFF|10|010'],
    ['%e|%.2f|%g|%G', [12345.678, 2.345, 1e-10, 1e20], '1.234568e+04|2.35|1e-10|1E+20'],
    ['%s|%c|%c', [{ a: [null] }, 65, 'é'], '{"a": [null]}|A|é'],
  ];
  for (const [text, values, expected] of grid) assert.equal(formatPlain(text, values as never), expected);
});

test('widths count code points', () => {
  assert.equal(formatPlain('%3s', '\u{1f600}'), '  \u{1f600}');
});

test('a width beyond the budget fails before anything is built', () => {
  for (const [text, values] of [
    ['%999999999d', 1],
    ['%-999999999s', 'x'],
    ['%*d', [1e300, 1]],
    ['%.999999999d', 1],
    ['%0999999999x', 1],
    ['%s%s%s', ['x'.repeat(500), 'x'.repeat(499), 'x'.repeat(2)]],
  ] as const) {
    assert.throws(() => formatPlain(text, values, 1000), Failure, text);
  }
});
