import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '#jsonnet/failure.js';
import { base64, base64Decode, base64DecodeBytes } from '#jsonnet/text/base64.js';
import { characterOf, codePointOf } from '#jsonnet/text/characters.js';
import { hash } from '#jsonnet/text/hash.js';
import { bytesOf, decodeUtf8, encodeUtf8 } from '#jsonnet/text/utf8.js';

test('every byte that is no character becomes one replacement character', () => {
  assert.equal(decodeUtf8(bytesOf([0xf0, 0x9f, 0x98, 0x41])), '\ufffd\ufffd\ufffdA');
  assert.equal(decodeUtf8(bytesOf([0xed, 0xa0, 0x80, 0xef, 0xbf, 0xbd])), '\ufffd\ufffd\ufffd\ufffd');
  assert.deepEqual([...encodeUtf8('é\ud800')], [0xc3, 0xa9, 0xef, 0xbf, 0xbd]);
  assert.throws(() => bytesOf([256]), Failure);
});

test('base64 is strict but for line breaks', () => {
  assert.equal(base64('é'), 'w6k=');
  assert.equal(base64([255]), '/w==');
  assert.throws(() => base64('\u0100'), Failure);
  assert.equal(base64Decode('Y\nQ==\r\n\n'), 'a');
  assert.deepEqual([...base64DecodeBytes('/w==')], [255]);
  for (const text of ['YQ', 'Y===', 'YQ=a', 'Y%==', 'YQ==YQ==']) assert.throws(() => base64Decode(text), Failure, text);
});

test('characters have code points', () => {
  assert.equal(characterOf(0x1f600), '\u{1f600}');
  assert.equal(characterOf(0xd800), '\ufffd');
  assert.equal(codePointOf('\u{1f600}'), 0x1f600);
  assert.throws(() => characterOf(0x110000), Failure);
  assert.throws(() => codePointOf('ab'), Failure);
});

test('hashes are over UTF-8', () => {
  assert.equal(hash('md5', 'é'), '66ddcd97cfdeabb2f6fb8a999b4bc76f');
  assert.equal(hash('sha3', '').slice(0, 8), 'a69f73cc');
  assert.equal(hash('sha1', 'abc'), 'a9993e364706816aba3e25717850c26c9cd0d89d');
});
