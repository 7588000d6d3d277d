import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { FairQueue } from '#controller/fair-queue.js';

let queue: FairQueue;

beforeEach(() => {
  queue = new FairQueue();
});

function push(name: string, isUrgent = false, { namespace = 'shop', since = 0 } = {}): void {
  queue.push({ key: { apiVersion: 'example.org/v1', kind: 'Thing', namespace, name }, since }, isUrgent);
}

function take(count = 100): readonly string[] {
  return Array.from({ length: Math.min(count, queue.size) }, () => queue.take()?.key.name ?? 'none');
}

test('urgent keys come before the others of their namespace, but for every fourth', () => {
  for (let index = 0; index < 4; index++) push(`many${index}`);
  for (const name of ['u', 'v', 'w', 'x', 'y']) push(name, true);
  assert.deepEqual(take(), ['u', 'v', 'w', 'many0', 'x', 'y', 'many1', 'many2', 'many3']);
  assert.equal(queue.take(), undefined);
});

test('another namespace has its turn, however urgent the keys of one are', () => {
  for (const name of ['u', 'v', 'w']) push(name, true);
  push('calm', false, { namespace: 'home' });
  assert.deepEqual(take(), ['u', 'calm', 'v', 'w']);
});

test('a key that becomes urgent moves, has waited since it came, and is handed out once', () => {
  push('a', false, { since: 10 });
  push('b', false, { since: 20 });
  push('c', false, { since: 30 });
  push('c', true, { since: 40 });
  push('c', false, { since: 50 });
  push('d', true, { since: 60 });
  push('a', true, { since: 70 });
  assert.deepEqual([queue.size, queue.oldest], [4, 10]);
  assert.deepEqual([queue.take()?.since, queue.take()?.since], [30, 60]);
  assert.deepEqual(take(), ['a', 'b']);
  assert.deepEqual([queue.size, queue.oldest, queue.take()], [0, undefined, undefined]);
});

test('where a key was before it moved counts for nothing, however often it comes back', () => {
  push('a', false, { since: 10 });
  push('b', false, { since: 20 });
  for (let round = 0; round < 2; round++) {
    push('b', true);
    assert.deepEqual(take(1), ['b']);
    push('b', false, { since: 30 });
  }
  push('a', true);
  assert.deepEqual(take(1), ['a']);
  assert.deepEqual([queue.size, queue.oldest], [1, 30]);
  push('a', false, { since: 40 });
  assert.deepEqual(take(), ['b', 'a']);
});
