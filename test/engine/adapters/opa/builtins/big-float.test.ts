import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bigFloatText } from '#adapters/opa/builtins/big-float.js';
import { numberOf } from '#adapters/opa/rego-number.js';

const SHOWN = {
  '0': '0',
  '-0.0': '0',
  '100000': '100000',
  '1000000': '1e+06',
  '-1234567.5': '-1.2345675e+06',
  '0.0001': '0.0001',
  '0.00001': '1e-05',
  '0.1': '0.1',
  '1.50': '1.5',
  '123456789012345678': '1.23456789012345678e+17',
  '18446744073709551617': '1.8446744073709551617e+19',
  '0.3333333333333333333333333300': '0.33333333333333333333333333',
};

for (const [number, text] of Object.entries(SHOWN)) {
  test(`${number} is shown as Go shows a float of as many bits as it needs: ${text}`, () => {
    assert.equal(bigFloatText(numberOf(number)), text);
  });
}
