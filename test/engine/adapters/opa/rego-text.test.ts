import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExactNumber, numberOf } from '#adapters/opa/rego-number.js';
import { formatTerm, printValue } from '#adapters/opa/rego-text.js';
import { compareValues, RegoObject, RegoSet } from '#adapters/opa/rego-value.js';
import { parseValue } from './parse-value.js';

for (const text of [
  'null',
  'true',
  '-1.5',
  '1.0',
  '12345678901234567890',
  '"ü\\u0000\\"\\\\"',
  '[]',
  '[1,[2]]',
  '{}',
  'set()',
  '{1,"a",[2]}',
  '{"a":{1},[1]:2}',
]) {
  test(`the value ${text} is written as it is read`, () => {
    assert.equal(compareValues(parseValue(printValue(parseValue(text))), parseValue(text)), 0);
    assert.equal(
      compareValues(
        parseValue(formatTerm(parseValue(text.replaceAll('\\u0000', '')))),
        parseValue(text.replaceAll('\\u0000', '')),
      ),
      0,
    );
  });
}

test('the text of a number that a double would change is kept', () => {
  assert.deepEqual(numberOf('1.0'), new ExactNumber('1.0'));
  assert.deepEqual(numberOf('9007199254740993'), new ExactNumber('9007199254740993'));
  assert.equal(numberOf('1.5'), 1.5);
});

test('values are ordered as Rego orders them', () => {
  const ordered = [
    'null',
    'false',
    'true',
    '-1',
    '0.5',
    '2',
    '10',
    '12345678901234567891',
    '""',
    '"Z"',
    '"a"',
    '"\uffff"',
    '"😀"',
    '[]',
    '[1]',
    '[1,0]',
    '[2]',
    '{}',
    '{"a":1}',
    '{"a":2}',
    '{"b":0}',
    'set()',
    '{1}',
  ];
  const values = ordered.map((text) => parseValue(text));
  assert.deepEqual(values.toReversed().sort(compareValues), values);
});

test('sets and objects hold each value and key once', () => {
  assert.deepEqual(RegoSet.of([2, 1, new ExactNumber('1.0'), 2]).items.length, 2);
  assert.equal(
    RegoObject.of([
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ]).get('a'),
    3,
  );
  assert.equal(RegoObject.of([['a', 1]]).with('a', undefined).entries.length, 0);
});
