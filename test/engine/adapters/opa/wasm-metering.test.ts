import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BinaryReader, BinaryWriter } from '#adapters/opa/wasm-binary.js';
import { skipOperands } from '#adapters/opa/wasm-instructions.js';
import { meterModule } from '#adapters/opa/wasm-metering.js';

test('what is no module of OPA is refused', () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  assert.throws(() => meterModule(new Uint8Array(header)), RangeError);
  assert.throws(() => meterModule(new Uint8Array([...header, 6, 200, 1])), RangeError);
});

test('numbers are written so that they are read alike', () => {
  for (const value of [0, 1, 63, 64, 127, 128, 8191, 8192, 1_000_000, 0x7fffffff, 0xffffffff]) {
    assert.equal(new BinaryReader(new BinaryWriter().number(value).finish()).number(), value);
  }
  // The sign of a signed number is the second highest bit of its last byte.
  for (const value of [0, 63, 64, 8192, 1_000_000]) {
    assert.equal((new BinaryWriter().signedNumber(value).finish().at(-1) ?? 0) & 0x40, 0);
  }
});

test('an instruction that is not known is refused', () => {
  assert.throws(() => skipOperands(new BinaryReader(new Uint8Array([0, 0])), 0xfe), RangeError);
  assert.throws(() => skipOperands(new BinaryReader(new Uint8Array([99])), 0xfc), RangeError);
});
