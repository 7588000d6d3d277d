import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FolderCluster } from '#adapters/files/folder-cluster.js';
import { EdictError } from '#errors/edict-error.js';
import { codeOf, deployment, open, web } from './folders.js';

type Spec = Record<string, unknown>;

async function apply(cluster: FolderCluster, fieldManager: string, spec: Spec, force = false): Promise<unknown> {
  return (await cluster.apply({ object: deployment(spec), fieldManager, force })).spec;
}

let count = 0;
const fresh = (): FolderCluster => open(`apply-${count++}`);

test('a manager keeps the fields of others and removes its own that it no longer sends', async () => {
  const cluster = fresh();
  await apply(cluster, 'a', { replicas: 1, strategy: { type: 'Recreate' } });
  assert.deepEqual(await apply(cluster, 'b', { paused: true }), {
    replicas: 1,
    strategy: { type: 'Recreate' },
    paused: true,
  });
  assert.deepEqual(await apply(cluster, 'a', { replicas: 2 }), { replicas: 2, paused: true });
  assert.deepEqual(await apply(cluster, 'b', {}), { replicas: 2 });
});

test('a field that two managers send stays until both let go', async () => {
  const cluster = fresh();
  await apply(cluster, 'a', { replicas: 1, paused: true });
  await apply(cluster, 'b', { replicas: 1 });
  assert.deepEqual(await apply(cluster, 'a', { paused: true }), { replicas: 1, paused: true });
  assert.deepEqual(await apply(cluster, 'b', {}), { paused: true });
});

test('a value of another manager is refused with its name and field, and taken by force', async () => {
  const cluster = fresh();
  await apply(cluster, 'a', { template: { containers: [{ name: 'app', image: 'x:1' }] }, replicas: 1 });
  const attempt = { template: { containers: [{ name: 'app', image: 'x:2' }] } };
  const error: unknown = await apply(cluster, 'b', attempt).catch((reason: unknown) => reason);
  assert.ok(error instanceof EdictError);
  const [fault] = error.faults;
  assert.deepEqual(
    [fault?.code, fault?.fragment, fault?.location.path],
    ['FieldTaken', 'a', 'spec.template.containers[name="app"].image'],
  );
  assert.deepEqual(await apply(cluster, 'b', attempt, true), {
    template: { containers: [{ name: 'app', image: 'x:2' }] },
    replicas: 1,
  });
  assert.equal(
    await codeOf(apply(cluster, 'a', { template: { containers: [{ name: 'app', image: 'x:1' }] } })),
    'FieldTaken',
  );
  assert.deepEqual(await apply(cluster, 'b', {}), { template: { containers: [{ name: 'app' }] }, replicas: 1 });
});

test('list items that have names belong to who sends them, in the order of the last sender', async () => {
  const cluster = fresh();
  await apply(cluster, 'a', {
    containers: [
      { name: 'x', image: '1' },
      { name: 'y', image: '1' },
    ],
  });
  await apply(cluster, 'b', {
    containers: [
      { name: 'side', image: 's' },
      { name: 'x', tty: true },
    ],
  });
  assert.deepEqual(await apply(cluster, 'a', { containers: [{ name: 'y', image: '2' }] }), {
    containers: [
      { name: 'y', image: '2' },
      { name: 'side', image: 's' },
      { name: 'x', tty: true },
    ],
  });
  assert.deepEqual(await apply(cluster, 'b', {}), { containers: [{ name: 'y', image: '2' }] });
  assert.deepEqual(await apply(cluster, 'a', { replicas: 1 }), { replicas: 1 });
});

test('a list without names has one owner and is replaced whole', async () => {
  const cluster = fresh();
  await apply(cluster, 'a', { args: ['x', 'y'], rules: [{ host: 'a' }] });
  assert.equal(await codeOf(apply(cluster, 'b', { args: ['x'] })), 'FieldTaken');
  assert.deepEqual(await apply(cluster, 'a', { args: ['z'], rules: [] }), { args: ['z'], rules: [] });
  assert.deepEqual(await apply(cluster, 'a', { args: [{ name: 'n' }] }), { args: [{ name: 'n' }] });
});

test('values may change their type, be null or be empty', async () => {
  const cluster = fresh();
  await apply(cluster, 'a', { v: { deep: { er: 1 } }, n: 1, e: {} });
  assert.deepEqual(await apply(cluster, 'a', { v: 'text', n: null, e: { x: 1 } }), { v: 'text', n: null, e: { x: 1 } });
  assert.deepEqual(await apply(cluster, 'a', { v: { b: 1 }, e: {} }), { v: { b: 1 }, e: {} });
});

test('an apply that changes nothing writes nothing', async () => {
  const cluster = fresh();
  const request = { object: deployment({ replicas: 1 }, { labels: { a: 'b' } }), fieldManager: 'a', force: false };
  const first = await cluster.apply(request);
  let events = 0;
  cluster.watch(() => events++);
  assert.equal(await cluster.apply(request), first);
  assert.equal(events, 0);
});

test('a dry run answers with what would be stored and stores nothing', async () => {
  const cluster = fresh();
  const preview = await cluster.apply({
    object: deployment({ replicas: 1 }),
    fieldManager: 'a',
    force: false,
    dryRun: true,
  });
  assert.deepEqual([preview.metadata.generation, preview.spec], [1, { replicas: 1 }]);
  assert.equal(await cluster.get(web), null);
});

test('what is no valid object, another one or another version is refused', async () => {
  const cluster = fresh();
  cluster.serve([
    { ...web, namespaced: true },
    { apiVersion: 'v1', kind: 'Namespace', namespaced: false },
  ]);
  const attempt = (object: unknown) =>
    codeOf(cluster.apply({ object: object as never, fieldManager: 'a', force: true }));
  const valid = deployment({});
  const metadata = (change: object) => ({ ...valid, metadata: { ...valid.metadata, ...change } });
  for (const object of [
    metadata({ name: '' }),
    metadata({ name: '..' }),
    metadata({ name: 'a/b' }),
    metadata({ namespace: '../x' }),
    metadata({ namespace: 'Shop' }),
    { ...valid, metadata: { name: 'web' } },
    { ...valid, kind: 'a/b' },
    { ...valid, apiVersion: 'x/y/v1' },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', namespace: 'b' } },
  ]) {
    assert.equal(await attempt(object), 'ObjectInvalid', JSON.stringify(object));
  }
  assert.equal(await attempt({ ...valid, data: 'x'.repeat(5_000_000) }), 'ObjectTooLarge');
  assert.equal(await attempt(metadata({ uid: 'another' })), 'ObjectConflict');
  const stored = await cluster.apply({ object: valid, fieldManager: 'a', force: true });
  await cluster.apply({ object: deployment({ replicas: 2 }), fieldManager: 'a', force: true });
  assert.equal(await attempt(metadata({ resourceVersion: stored.metadata.resourceVersion })), 'ObjectConflict');
  assert.equal(await attempt(metadata({ uid: stored.metadata.uid })), 'nothing was refused');
});

test('status is not applied, and a key such as __proto__ stays a key', async () => {
  const cluster = fresh();
  const spec = JSON.parse('{"__proto__": {"polluted": true}}') as Spec;
  const object = await cluster.apply({
    object: { ...deployment(spec), status: { a: 1 } },
    fieldManager: 'a',
    force: true,
  });
  assert.equal(object.status, undefined);
  assert.equal(({} as Spec).polluted, undefined);
  assert.equal(Object.hasOwn(object.spec as object, '__proto__'), true);
});
