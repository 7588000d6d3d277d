import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Provenance } from '#controller/provenance.js';
import type { Trail } from '#controller/trail.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import type { ClusterWriter } from '#publish/cluster-writer.js';

const config = (resourceVersion: string, metadata = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'shop', resourceVersion, ...metadata },
});
const KEY = keyOf(config(''));
const TRAIL: Trail = { key: KEY, rule: 'test/thing', from: undefined };
const APPLY = { object: config(''), fieldManager: 'edict', force: false };

/** A writer that answers with this object when it is let to. */
function answering(answer: () => Promise<KubernetesObject>): ClusterWriter {
  return { apply: answer, updateStatus: answer, updateFinalizers: answer, delete: async () => void (await answer()) };
}

test('an event of the version that a write was answered with comes from its pass, once, and any other from outside', async () => {
  const provenance = new Provenance();
  const writer = provenance.writer(
    answering(async () => config('2')),
    TRAIL,
  );
  const writes = [
    () => writer.apply(APPLY),
    () => writer.updateStatus({ key: KEY, uid: 'u', status: {} }),
    () => writer.updateFinalizers({ key: KEY, uid: 'u', add: ['a/b'] }),
  ];
  for (const write of writes) {
    await write();
    assert.equal(provenance.causeOf({ before: config('1'), after: config('2') }), TRAIL);
    assert.equal(provenance.causeOf({ before: config('2'), after: config('2') }), undefined);
    await write();
    assert.equal(provenance.causeOf({ before: config('1'), after: config('3') }), undefined);
  }
});

test('an event may come before the answer to its write', async () => {
  const provenance = new Provenance();
  let answer: (object: KubernetesObject) => void = () => undefined;
  const writer = provenance.writer(
    answering(() => new Promise((resolve) => (answer = resolve))),
    TRAIL,
  );
  const written = writer.apply(APPLY);
  assert.equal(provenance.causeOf({ before: undefined, after: config('2') }), TRAIL);
  answer(config('2'));
  await written;
  assert.equal(provenance.causeOf({ before: config('2'), after: config('2') }), undefined);
});

test('a deletion leads to everything until the object is gone, but not to what others still change in it', async () => {
  const provenance = new Provenance();
  const writer = provenance.writer(
    answering(async () => config('2')),
    TRAIL,
  );
  await writer.delete({ key: KEY, uid: 'u' });
  assert.equal(provenance.causeOf({ before: config('1'), after: config('2') }), undefined);
  const leaving = config('3', { deletionTimestamp: '2026-01-01T00:00:00Z' });
  assert.equal(provenance.causeOf({ before: config('2'), after: leaving }), TRAIL);
  assert.equal(provenance.causeOf({ before: leaving, after: undefined }), TRAIL);
  assert.equal(provenance.causeOf({ before: undefined, after: config('9') }), undefined);
});

test('a dry run, a refused write and the objects of others lead to nothing', async () => {
  const provenance = new Provenance();
  const refused = provenance.writer(
    answering(() => Promise.reject(new Error('refused'))),
    TRAIL,
  );
  await assert.rejects(refused.apply(APPLY));
  assert.equal(provenance.causeOf({ before: undefined, after: config('2') }), undefined);
  const writer = provenance.writer(
    answering(async () => config('2')),
    TRAIL,
  );
  await writer.apply({ ...APPLY, dryRun: true });
  assert.equal(provenance.causeOf({ before: undefined, after: config('2') }), undefined);
  assert.equal(provenance.causeOf({ before: undefined, after: undefined }), undefined);
});
