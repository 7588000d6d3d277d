import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exponential, logarithm, power } from '#jsonnet/text/powers.js';

test('powers of ten that are exact stay exact', () => {
  for (let exponent = 0; exponent <= 22; exponent++) assert.equal(power(10, exponent), Number(`1e${exponent}`));
});

test('special values are those of IEEE 754', () => {
  const grid: [number, number][] = [
    [power(0, -1), Infinity],
    [power(-8, 1 / 3), Number.NaN],
    [power(2, 1e300), Infinity],
    [power(2, -1074), 5e-324],
    [power(2, -1076), 0],
    [power(9, 0.5), 3],
    [power(4, -0.5), 0.5],
    [power(-2, 3), -8],
    [logarithm(0), -Infinity],
    [logarithm(-1), Number.NaN],
    [logarithm(1), 0],
    [exponential(0), 1],
    [exponential(710), Infinity],
    [exponential(-746), 0],
  ];
  for (const [actual, expected] of grid) assert.equal(actual, expected);
});
