import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { systemTimer } from '#adapters/clock/system-timer.js';

test('a call comes after its time, however long that is, and not at all once it is cancelled', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const called: string[] = [];
  const year = 365 * 24 * 3_600_000;
  systemTimer.after(year, () => called.push('year'));
  systemTimer.after(1000, () => called.push('second'));
  const cancel = systemTimer.after(year, () => called.push('never'));
  mock.timers.tick(1000);
  assert.deepEqual(called, ['second']);
  for (let day = 0; day < 364; day++) mock.timers.tick(24 * 3_600_000);
  assert.deepEqual(called, ['second']);
  cancel();
  // A mocked timer that begins within a tick begins at the end of it.
  for (let day = 0; day < 20; day++) mock.timers.tick(24 * 3_600_000);
  assert.deepEqual(called, ['second', 'year']);
  mock.timers.reset();
});
