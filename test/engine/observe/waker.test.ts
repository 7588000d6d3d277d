import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '#catalog/schema/cel/expression.js';
import type { JsonObject } from '#model/json.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { OWNER_LABEL, ownerHash } from '#model/ownership.js';
import type { ObjectEvent } from '#observe/dependency-index.js';
import { PatchTargets } from '#observe/patch-targets.js';
import { Waker } from '#observe/waker.js';
import { entryOf } from '../catalog/rule-set.js';

const POD = { apiVersion: 'v1', kind: 'Pod' } as const;

function gadget(name: string, { metadata = {}, ...more }: JsonObject = {}): KubernetesObject {
  return {
    apiVersion: 'example.org/v1',
    kind: 'Gadget',
    ...more,
    metadata: { name, namespace: 'x', uid: name, ...(metadata as JsonObject) },
  } as KubernetesObject;
}

function child(owner: string, { metadata = {}, ...more }: JsonObject = {}): KubernetesObject {
  const labels = { [OWNER_LABEL]: ownerHash(keyOf(gadget(owner))) };
  const named = { name: 'pod', namespace: 'y', labels, ...(metadata as JsonObject) };
  return { ...POD, ...more, metadata: named } as unknown as KubernetesObject;
}

function wokenBy(waker: Waker, event: ObjectEvent): readonly string[] {
  return waker.note(event).map(({ key, by }) => `${key.name} by ${by}`);
}

const changed = (before: KubernetesObject | undefined, after: KubernetesObject | undefined): ObjectEvent => ({
  before,
  after,
});

test('an object wakes itself when it comes, asks something else, is being deleted, and goes', () => {
  const waker = new Waker([entryOf({})]);
  const before = gadget('one', { spec: { size: 1 }, metadata: { generation: 1, labels: { a: 'b' } } });
  assert.deepEqual(wokenBy(waker, changed(undefined, before)), ['one by self']);
  const changes: readonly JsonObject[] = [
    { spec: { size: 2 }, metadata: { generation: 2, labels: { a: 'b' } } },
    { spec: { size: 1 }, metadata: { generation: 1, labels: { a: 'c' } } },
    { spec: { size: 1 }, metadata: { generation: 1, labels: { a: 'b' }, annotations: { c: 'd' } } },
    { spec: { size: 1 }, metadata: { generation: 2, labels: { a: 'b' }, deletionTimestamp: '2026-01-01T00:00:00Z' } },
    { spec: { size: 1 }, metadata: { generation: 1, labels: { a: 'b' }, uid: 'another' } },
  ];
  for (const change of changes)
    assert.deepEqual(wokenBy(waker, changed(before, gadget('one', change))), ['one by self']);
  assert.deepEqual(wokenBy(waker, changed(before, undefined)), ['one by self']);
});

test('no object is woken by its status, its finalizers or the bookkeeping of the API server', () => {
  const waker = new Waker([entryOf({})]);
  const before = gadget('one', { spec: { size: 1 }, status: { phase: 'Old' } });
  waker.put(before);
  const metadata = { resourceVersion: '2', managedFields: [{}], finalizers: ['edict.dev/finalizer'] };
  assert.deepEqual(
    wokenBy(waker, changed(before, gadget('one', { spec: { size: 1 }, status: { phase: 'New' }, metadata }))),
    [],
  );
});

test('objects of a built-in kind that the rule is not for are woken once, and when that changes', () => {
  const where = compileExpression('self.spec.ours', { variables: ['self'] });
  const waker = new Waker([entryOf({}, { where })]);
  const other = gadget('one', { spec: { ours: false } });
  const touched = gadget('one', { spec: { ours: false, size: 2 } });
  const ours = gadget('one', { spec: { ours: true } });
  assert.deepEqual(wokenBy(waker, changed(undefined, other)), ['one by self']);
  assert.deepEqual(wokenBy(waker, changed(other, touched)), []);
  assert.deepEqual(wokenBy(waker, changed(touched, ours)), ['one by self']);
  assert.deepEqual(wokenBy(waker, changed(ours, other)), ['one by self']);
  const strange = gadget('one', { spec: {} });
  assert.deepEqual(wokenBy(waker, changed(strange, gadget('one', { spec: { size: 2 } }))), ['one by self']);
});

test('a child wakes its owner by what can be put right, its readiness and what the rule observes, and by nothing else', () => {
  const waker = new Waker([entryOf({ writes: { resources: [{ ...POD, observe: ['status.podIP'] }] } })]);
  waker.put(gadget('one'));
  waker.put(gadget('two'));
  const before = child('one', { spec: { image: 'a' }, status: { phase: 'Pending' } });
  const woken = (change: JsonObject): readonly string[] => wokenBy(waker, changed(before, child('one', change)));
  assert.deepEqual(wokenBy(waker, changed(undefined, before)), ['one by child']);
  assert.deepEqual(woken({ spec: { image: 'b' }, status: { phase: 'Pending' } }), ['one by child']);
  assert.deepEqual(woken({ spec: { image: 'a' }, status: { phase: 'Failed' } }), ['one by child']);
  assert.deepEqual(woken({ spec: { image: 'a' }, status: { phase: 'Pending', podIP: '10.0.0.1' } }), ['one by child']);
  assert.deepEqual(woken({ spec: { image: 'a' }, status: { phase: 'Pending', startTime: 'now' } }), []);
  assert.deepEqual(wokenBy(waker, changed(before, undefined)), ['one by child']);
  assert.deepEqual(wokenBy(waker, changed(before, child('two'))), ['one by child', 'two by child']);
  assert.deepEqual(wokenBy(waker, changed(undefined, child('stranger'))), []);
});

test('whoever reads an object is woken by it, once, and by the nearest cause', () => {
  const reads = {
    resources: [{ as: 'base', apiVersion: 'example.org/v1', kind: 'Gadget', name: { path: 'spec.base' } }],
  };
  const waker = new Waker([entryOf({ reads })]);
  waker.put(gadget('user', { spec: { base: 'base' } }));
  waker.put(gadget('self', { spec: { base: 'self' } }));
  assert.deepEqual(wokenBy(waker, changed(undefined, gadget('base'))), ['base by self', 'user by related']);
  assert.deepEqual(wokenBy(waker, changed(gadget('self', { spec: { base: 'self' } }), undefined)), ['self by self']);
});

test('the objects of a kind are known until they are gone, and events of nothing wake nobody', () => {
  const waker = new Waker([entryOf({})]);
  waker.put(gadget('one'));
  waker.put(child('one'));
  assert.deepEqual(waker.ownersOfKind(gadget('')), [keyOf(gadget('one'))]);
  waker.note(changed(gadget('one'), undefined));
  assert.deepEqual(waker.ownersOfKind(gadget('')), []);
  assert.deepEqual(waker.note(changed(undefined, child('one'))), []);
  assert.deepEqual(waker.note(changed(undefined, undefined)), []);
});

test('who patches an object is woken where it comes or goes, or loses a field, and by nothing else of it', () => {
  const targets = new PatchTargets();
  const waker = new Waker([entryOf({})], targets);
  waker.put(gadget('one'));
  const manager = 'edict:gadget:0123456789abcdef';
  const pod = (managedFields: readonly JsonObject[], more: JsonObject = {}): KubernetesObject =>
    ({ ...POD, metadata: { name: 'theirs', namespace: 'y', uid: 'u', managedFields }, ...more }) as KubernetesObject;
  const ours = (fieldsV1: JsonObject): JsonObject => ({ manager, operation: 'Apply', fieldsV1 });
  const full = pod([ours({ 'f:spec': {}, 'f:data': {} })]);
  const note = (isWanting: boolean): void =>
    targets.set({ owner: keyOf(gadget('one')), manager, isWanting }, [keyOf(full)]);
  const woken = (before: KubernetesObject | undefined, after: KubernetesObject | undefined): boolean =>
    waker.note(changed(before, after)).length > 0;
  note(false);
  assert.deepEqual(
    [
      woken(undefined, full),
      woken(full, undefined),
      woken(full, pod([ours({ 'f:spec': {} })])),
      woken(full, pod([])),
      woken(pod([]), full),
      woken(full, pod([...(full.metadata.managedFields ?? []), { manager: 'other' }], { spec: { replicas: 2 } })),
      woken(full, { ...full, status: { phase: 'Running' } }),
    ],
    [true, true, true, true, false, false, false],
  );
  note(true);
  assert.equal(woken(full, { ...full, spec: { replicas: 2 } }), true, 'somebody may have given way');
  assert.equal(woken(full, { ...full, status: { phase: 'Running' } }), false);
  targets.set({ owner: keyOf(gadget('one')), manager, isWanting: false }, []);
  assert.equal(woken(full, undefined), false);
});
