import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberText, shortestText } from '#jsonnet/text/number-text.js';

test('numbers are printed as %.0f or %.17g', () => {
  const grid: [number, string][] = [
    [0, '0'],
    [-0, '-0'],
    [0.1, '0.10000000000000001'],
    [1.5, '1.5'],
    [1e21, '1000000000000000000000'],
    [1e23, '99999999999999991611392'],
    [0.0001, '0.0001'],
    [0.00001, '1.0000000000000001e-05'],
    [5e-324, '4.9406564584124654e-324'],
    // Exactly between two decimals: to the even one.
    [2 ** 50 + 0.25, '1125899906842624.2'],
    [2 ** 50 + 0.75, '1125899906842624.8'],
  ];
  for (const [number, text] of grid) assert.equal(numberText(number), text);
});

test('the shortest text has no exponent', () => {
  const grid: [number, string][] = [
    [-0, '-0'],
    [0.1, '0.1'],
    [1e23, `1${'0'.repeat(23)}`],
    [-1.5e22, `-15${'0'.repeat(21)}`],
    [-1.25e-9, '-0.00000000125'],
  ];
  for (const [number, text] of grid) assert.equal(shortestText(number), text);
});
