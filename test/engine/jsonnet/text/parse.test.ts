import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '#jsonnet/failure.js';
import { parseJson } from '#jsonnet/text/parse-json.js';
import { parseHexadecimal, parseInteger, parseOctal } from '#jsonnet/text/parse-number.js';

test('JSON is read strictly, and its texts become well formed', () => {
  assert.deepEqual(parseJson('{"a":1,"a":["\\ud800",-0]}'), { a: ['\ufffd', -0] });
  const own = parseJson('{"__proto__":"\\ud83d\\ude00"}') as object;
  assert.deepEqual(Object.entries(own), [['__proto__', '\u{1f600}']]);
  for (const text of ['', '01', '1e999', '[1,]', '\ufeff1', '1 2', `${'['.repeat(10_001)}${']'.repeat(10_001)}`]) {
    assert.throws(() => parseJson(text), Failure, text.slice(0, 10));
  }
});

test('integers', () => {
  assert.equal(parseInteger('-007'), -7);
  assert.equal(parseInteger('9223372036854775807'), 2 ** 63);
  assert.equal(parseOctal('777'), 511);
  assert.equal(parseHexadecimal('fF:'), 0xff * 16 + 10);
  for (const text of ['', '-', '1.5', '9223372036854775808']) assert.throws(() => parseInteger(text), Failure, text);
  assert.throws(() => parseOctal('8'), Failure);
  assert.throws(() => parseHexadecimal('g'), Failure);
});
