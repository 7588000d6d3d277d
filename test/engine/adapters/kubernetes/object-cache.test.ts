import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type ClusterEvent, ObjectCache } from '#adapters/kubernetes/object-cache.js';
import { isLater } from '#adapters/kubernetes/resource-version.js';
import type { JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { OWNER_LABEL } from '#model/ownership.js';

let cache: ObjectCache;
let told: string[];

beforeEach(() => {
  told = [];
  cache = new ObjectCache(({ type, object, own }: ClusterEvent) => {
    told.push(
      `${own ? 'own ' : ''}${type} ${object.metadata.name} ${object.metadata.uid} ${object.metadata.resourceVersion}`,
    );
  });
});

function thing(version: string, more: Partial<KubernetesObject['metadata']> = {}): KubernetesObject {
  const metadata = { name: 'a', namespace: 'one', uid: 'u1', resourceVersion: version, ...more };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

const version = (): string | undefined => cache.get('one', 'a')?.metadata.resourceVersion;

test('versions are compared as numbers', () => {
  assert.equal(isLater('10', '9'), true);
  assert.equal(isLater('9', '10'), false);
  assert.equal(isLater('9', '9'), false);
  assert.equal(isLater('99999999999999999999999', '99999999999999999999998'), true);
  assert.equal(isLater('x', '1'), false);
  assert.equal(isLater('1', undefined), false);
});

test('an answer stands until the watch has caught up, and its echo is not told again', () => {
  cache.note('ADDED', thing('5'));
  cache.beginWrite('one', 'a')({ object: thing('9') });
  cache.note('MODIFIED', thing('7'));
  assert.equal(version(), '9');
  cache.note('MODIFIED', thing('9'));
  cache.note('MODIFIED', thing('11'));
  assert.deepEqual(told, ['Added a u1 5', 'own Modified a u1 9', 'Modified a u1 11']);
});

test('what the watch tells before the answer comes is known to be our own', () => {
  const end = cache.beginWrite('one', 'a');
  cache.note('ADDED', thing('9'));
  assert.deepEqual(told, []);
  end({ object: thing('9') });
  assert.deepEqual(told, ['own Added a u1 9']);
});

test('what the watch tells while a write fails is told then', () => {
  const ends = [cache.beginWrite('one', 'a'), cache.beginWrite('one', 'a')];
  cache.note('ADDED', thing('9'));
  ends[0]?.();
  assert.deepEqual(told, []);
  ends[1]?.();
  assert.deepEqual(told, ['Added a u1 9']);
});

test('an answer that came late does not replace what is newer', () => {
  const end = cache.beginWrite('one', 'a');
  cache.note('ADDED', thing('9'));
  cache.note('MODIFIED', thing('12'));
  end({ object: thing('9') });
  assert.equal(version(), '12');
  assert.deepEqual(told, ['own Added a u1 9', 'Modified a u1 12']);
});

test('an answer that changed nothing is not told', () => {
  cache.note('ADDED', thing('9'));
  cache.beginWrite('one', 'a')({ object: thing('9') });
  assert.deepEqual(told, ['Added a u1 9']);
});

test('an object that was deleted by us does not come back with what the watch still tells of it', () => {
  cache.note('ADDED', thing('5'));
  cache.beginWrite('one', 'a')({ gone: 'u1' });
  cache.note('MODIFIED', thing('6'));
  assert.equal(version(), undefined);
  cache.beginWrite('one', 'a')({ object: thing('8', { uid: 'u2' }) });
  cache.note('DELETED', thing('7'));
  assert.equal(cache.get('one', 'a')?.metadata.uid, 'u2');
  assert.deepEqual(told, ['Added a u1 5', 'own Deleted a u1 5', 'own Added a u2 8']);
});

test('another object of the same name is told as one that went and one that came', () => {
  cache.note('ADDED', thing('5'));
  cache.note('MODIFIED', thing('8', { uid: 'u2' }));
  assert.deepEqual(told, ['Added a u1 5', 'Deleted a u1 5', 'Added a u2 8']);
});

test('a whole list replaces all but answers that it is too old to know', () => {
  cache.replace([thing('5'), thing('4', { name: 'b', uid: 'b' })], '5');
  cache.beginWrite('one', 'a')({ object: thing('9') });
  cache.beginWrite('one', 'c')({ object: thing('10', { name: 'c', uid: 'c' }) });
  told = [];
  cache.replace([thing('5')], '8');
  assert.deepEqual(told, ['Deleted b b 4']);
  told = [];
  cache.replace([thing('11')], '12');
  assert.deepEqual(told, ['Modified a u1 11', 'Deleted c c 10']);
});

test('objects are found by namespace and labels, sorted, also by a label that is first asked for later', () => {
  const labels = { app: 'x', [OWNER_LABEL]: 'o' };
  cache.replace(
    [
      thing('1', { name: 'b', labels }),
      thing('2', { name: 'a', labels: { app: 'x' } }),
      thing('3', { name: 'a', namespace: 'another', labels }),
    ],
    '3',
  );
  const found = (query: Parameters<ObjectCache['list']>[0]): readonly string[] =>
    cache.list(query).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  assert.deepEqual(found({}), ['another/a', 'one/a', 'one/b']);
  assert.deepEqual(found({ namespace: 'one' }), ['one/a', 'one/b']);
  assert.deepEqual(found({ labels: { app: 'x', [OWNER_LABEL]: 'o' } }), ['another/a', 'one/b']);
  cache.note('MODIFIED', thing('4', { name: 'b', labels: { app: 'y' } }));
  assert.deepEqual(found({ namespace: 'one', labels: { app: 'x' } }), ['one/a']);
  cache.note('DELETED', thing('5', { name: 'a', labels: { app: 'x' } }));
  assert.deepEqual(found({ labels: { app: 'x' } }), ['another/a']);
});

test('equal field sets of several objects are kept once', () => {
  const managedFields = (): readonly JsonObject[] => [
    { manager: 'edict:r:1', operation: 'Apply', time: 't', fieldsV1: { 'f:data': {} } },
    { manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:x': {} } },
  ];
  const labels = { [OWNER_LABEL]: 'o' };
  cache.note('ADDED', thing('1', { name: 'a', labels, managedFields: managedFields() }));
  cache.note('ADDED', thing('2', { name: 'b', labels, managedFields: managedFields() }));
  const [first, second] = cache.list({}).map(({ metadata }) => metadata.managedFields ?? []);
  assert.equal(first?.length, 1);
  assert.equal(first?.[0]?.fieldsV1, second?.[0]?.fieldsV1);
});
