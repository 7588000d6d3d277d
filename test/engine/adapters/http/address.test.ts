import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '#adapters/http/address.js';

test('addresses are what operators made with kubebuilder take', () => {
  assert.deepEqual(parseAddress(':8080'), { host: undefined, port: 8080 });
  assert.deepEqual(parseAddress('0.0.0.0:1'), { host: '0.0.0.0', port: 1 });
  assert.deepEqual(parseAddress('localhost:65535'), { host: 'localhost', port: 65_535 });
  assert.deepEqual(parseAddress('[::1]:8080'), { host: '::1', port: 8080 });
  assert.deepEqual(parseAddress(':0'), { host: undefined, port: 0 });
});

test('0 and nothing turn a server off', () => {
  assert.deepEqual(['0', ''].map(parseAddress), ['off', 'off']);
});

test('anything else is no address', () => {
  for (const text of ['8080', ':65536', ':', 'a b:1', '::1:80', '[::1]', 'http://x:80', ':80\n', '-', ':-1', '[a]:x'])
    assert.equal(parseAddress(text), undefined, text);
});
