import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Supersession } from '#adapters/kubernetes/supersession.js';
import type { KubernetesObject } from '#model/object.js';

const MINUTE = 60_000;
let now: number;
let superseded: Supersession;

beforeEach(() => {
  now = 0;
  superseded = new Supersession(() => now);
});

function thing(resourceVersion: string, uid = 'u'): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', uid, resourceVersion } };
}

test('a watch that was silent twice, and tells what was before the answer, is not believed', () => {
  superseded.noteWrite('a', thing('9'));
  now = 6 * MINUTE;
  assert.ok(superseded.covers('a', thing('9')));
  for (const version of ['5', '7']) assert.ok(superseded.isStale('a', thing(version), thing('9')));
  assert.ok(superseded.isStale('a', thing('9'), thing('9')));
  assert.equal(superseded.isStale('a', thing('10'), thing('9')), false);
});

test('a server that was restored from a backup is believed in the end', () => {
  superseded.noteWrite('a', thing('9'));
  now = 10 * MINUTE;
  assert.equal(superseded.covers('a', thing('9')), false);
  assert.equal(superseded.isStale('a', thing('5'), thing('9')), false);
});

test('what is gone stays gone as long, and each counts from when it was last said to be', () => {
  superseded.noteGone('u');
  superseded.noteGone('v');
  now = 6 * MINUTE;
  superseded.noteGone('u');
  now = 10 * MINUTE + 1;
  superseded.noteGone('w');
  assert.deepEqual(
    ['u', 'v', 'w'].map((uid) => superseded.isGone(thing('5', uid))),
    [true, false, true],
  );
});
