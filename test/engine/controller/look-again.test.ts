import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookAgainAfter } from '#controller/look-again.js';
import type { JsonObject } from '#model/json.js';
import type { Outcome } from '#model/outcome.js';
import { entryOf } from '../catalog/rule-set.js';

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
type Looked = Exclude<Outcome, { state: 'failed' }>;
const SETTLED: Looked = { state: 'settled' };
const STALLED: Looked = { state: 'stalled', reason: 'PolicyDenied', message: '' };
const waiting = (after?: number): Looked => ({ state: 'waiting', reason: 'NotReady', message: '', after });

function after(
  outcome: Looked,
  triggers: JsonObject = {},
  more: { chance?: number; name?: string; now?: number; readTime?: boolean } = {},
): number {
  const { chance = 0.5, name = 'one', now = 0, readTime = true } = more;
  const key = { apiVersion: 'example.org/v1', kind: 'Gadget', namespace: 'x', name };
  return Math.round(lookAgainAfter(outcome, { key, rule: entryOf({ triggers }).rule, readTime, now, chance }));
}

test('an object is looked at again after the resync of its rule, a tenth sooner or later, and a stalled one no later than in ten minutes', () => {
  assert.deepEqual(
    [0, 0.5, 1].map((chance) => after(SETTLED, {}, { chance }) / MINUTE),
    [54, 60, 66],
  );
  assert.equal(after(SETTLED, { resync: '2m' }), 2 * MINUTE);
  assert.equal(after(waiting()), HOUR);
  assert.equal(after(STALLED), 10 * MINUTE);
  assert.equal(after(STALLED, { resync: '2m' }), 2 * MINUTE);
});

test('a template that waits for some time is looked at after it, unless something else comes first', () => {
  assert.equal(after(waiting(5 * SECOND)), 5 * SECOND);
  assert.equal(after(waiting(2 * HOUR)), HOUR);
});

test('with a clock an object is looked at once in each of its steps, at a moment of its own', () => {
  const firstOf = (name: string): number => after(SETTLED, { clock: '1m' }, { name });
  const moments = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => firstOf(name) - MINUTE);
  assert.ok(moments.every((moment) => moment >= 0 && moment < MINUTE));
  assert.equal(new Set(moments).size, moments.length);
  const first = after(SETTLED, { clock: '1m' });
  assert.equal(after(SETTLED, { clock: '1m' }, { now: first }), MINUTE);
  assert.equal(after(SETTLED, { clock: '1m' }, { now: first + SECOND }), MINUTE - SECOND);
  assert.equal(after(waiting(SECOND), { clock: '1h' }), SECOND);
  assert.equal(after(SETTLED, { clock: '1m' }, { readTime: false }), HOUR);
});

test('what was looked at before its moment in a step is looked at in the next one: its time is the same until then', () => {
  const first = after(SETTLED, { clock: '1m' });
  assert.equal(after(SETTLED, { clock: '1m' }, { now: first + 7 * MINUTE - SECOND }), MINUTE + SECOND);
});
