import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentAnswers } from '#adapters/opa/recent-answers.js';

const [NOON, LATER] = ['2026-01-01T12:00:00Z', '2026-01-01T12:01:00Z'];
const FAULT = { code: 'PolicyFailed', message: 'it failed', location: {} } as const;

test('an answer is known at any time, but for one that looked at the time', () => {
  const recent = new RecentAnswers();
  recent.keep('always', [{ value: [] }], undefined);
  recent.keep('noon', [{ value: ['late'] }], NOON);
  assert.deepEqual(
    [NOON, LATER, undefined].map((time) => recent.find('always', time)?.length),
    [1, 1, 1],
  );
  assert.deepEqual(
    [NOON, LATER, undefined].map((time) => recent.find('noon', time)?.length),
    [1, undefined, undefined],
  );
  assert.equal(recent.find('never asked', NOON), undefined);
});

test('what went wrong is asked again', () => {
  const recent = new RecentAnswers();
  recent.keep('broken', [{ value: [] }, { fault: FAULT }], undefined);
  assert.equal(recent.find('broken', undefined), undefined);
});

test('of many answers those are kept that were asked for last', () => {
  const recent = new RecentAnswers();
  recent.keep('first', [{ value: 1 }], undefined);
  recent.keep('second', [{ value: 2 }], undefined);
  for (let more = 0; more < 16_383; more += 1) {
    recent.find('first', undefined);
    recent.keep(`more ${more}`, [], undefined);
  }
  assert.deepEqual(recent.find('first', undefined), [{ value: 1 }]);
  assert.equal(recent.find('second', undefined), undefined);
});
