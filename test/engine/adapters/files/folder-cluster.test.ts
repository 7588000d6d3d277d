import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ObjectEvent } from '#adapters/files/object-store.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { allOf, base, by, clock, codeOf, configMap, deployment, open, owner, run, web } from './folders.js';

const uidOf = ({ metadata }: KubernetesObject): string => metadata.uid ?? '';
const names = (objects: readonly KubernetesObject[]) => objects.map(({ metadata }) => metadata.name);

test('objects have identity, versions that only grow, and generations that count changes of content', async () => {
  const [created, changed, labelled, reported] = await run('versions', async (cluster) => {
    const first = await cluster.apply(by(deployment({ replicas: 1 })));
    const second = await cluster.apply(by(deployment({ replicas: 2 })));
    const third = await cluster.apply(by(deployment({ replicas: 2 }, { labels: { a: 'b' } })));
    const fourth = await cluster.updateStatus({ key: web, uid: uidOf(third), status: { ready: true } });
    return [first, second, third, fourth];
  });
  const versions = [created, changed, labelled, reported].map((object) => object?.metadata.resourceVersion);
  assert.deepEqual(versions, ['1', '2', '3', '4']);
  assert.deepEqual(
    [created, changed, labelled, reported].map((object) => object?.metadata.generation),
    [1, 2, 2, 2],
  );
  assert.equal(created?.metadata.creationTimestamp, '2023-11-14T22:13:20Z');
  assert.match(uidOf(reported as KubernetesObject), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.deepEqual(await open('versions', 'read').get(web), reported);
  await run('versions', async (cluster) => {
    await cluster.delete({ key: web, uid: uidOf(created as KubernetesObject) });
    const again = await cluster.apply(by(configMap('a')));
    assert.equal(again.metadata.resourceVersion, '6');
    await cluster.delete({ key: keyOf(again), uid: uidOf(again) });
  });
  const later = await run('versions', (cluster) => cluster.apply(by(deployment({ replicas: 1 }))));
  assert.equal(later.metadata.resourceVersion, '8');
  assert.notEqual(uidOf(later), uidOf(created as KubernetesObject));
});

test('each object is one file that people can read, whatever its name', async () => {
  await run('names', async (cluster) => {
    const role = (name: string) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name },
    });
    for (const name of ['system:node', 'Über', '.hidden', 'a'.repeat(253), 'b'.repeat(252), '_cluster'])
      await cluster.apply(by(role(name)));
    await cluster.apply(by(deployment({ replicas: 1 })));
  });
  const folder = join(base, 'names', '_cluster', 'clusterrole.rbac.authorization.k8s.io');
  const files = readdirSync(folder);
  assert.equal(files.length, 6);
  assert.ok(
    files.includes('system%3Anode.yaml') && files.includes('%2Ehidden.yaml') && files.includes('%C3%9Cber.yaml'),
  );
  assert.match(readFileSync(join(base, 'names/shop/deployment.apps/web.yaml'), 'utf8'), /^spec:\n {2}replicas: 1$/m);
  const roles = await open('names', 'read').list({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' });
  assert.equal(roles.length, 6);
});

test('objects are found by kind, namespace and labels, sorted, and in any version of their group', async () => {
  const cluster = open('queries');
  for (const name of ['b', 'a', 'c']) await cluster.apply(by(configMap(name, { labels: { app: 'x', name } })));
  await cluster.apply(by({ ...configMap('z'), metadata: { name: 'z', namespace: 'other', labels: { app: 'x' } } }));
  assert.deepEqual(names(await cluster.list(allOf)), ['z', 'a', 'b', 'c']);
  assert.deepEqual(names(await cluster.list({ ...allOf, namespace: 'shop' })), ['a', 'b', 'c']);
  assert.deepEqual(names(await cluster.list({ ...allOf, labels: { app: 'x', name: 'b' } })), ['b']);
  assert.deepEqual(names(await cluster.list({ ...allOf, namespace: 'other', labels: { app: 'x' } })), ['z']);
  assert.deepEqual(await cluster.list({ ...allOf, labels: { app: 'y' } }), []);
  assert.deepEqual(await cluster.list({ apiVersion: 'other/v1', kind: 'ConfigMap' }), []);
  await cluster.apply(by(configMap('b', { labels: { app: 'y' } })));
  assert.deepEqual(names(await cluster.list({ ...allOf, labels: { app: 'x' } })), ['z', 'a', 'c']);
  await cluster.apply(by(deployment({})));
  assert.equal((await cluster.get({ ...web, apiVersion: 'apps/v2' }))?.apiVersion, 'apps/v2');
  assert.equal(await cluster.get({ ...web, name: 'nope' }), null);
});

test('a kind is ready when it is served or stored, and absent otherwise', async () => {
  const cluster = open('kinds');
  cluster.serve([{ apiVersion: 'shop.example/v1', kind: 'Order', namespaced: true }]);
  await cluster.apply(by(deployment({})));
  const availability = (apiVersion: string, kind: string) => cluster.availability({ apiVersion, kind });
  assert.equal(await availability('shop.example/v1', 'Order'), 'ready');
  assert.equal(await availability('apps/v1', 'Deployment'), 'ready');
  assert.equal(await availability('apps/v1', 'StatefulSet'), 'absent');
  const { version, capabilities } = await cluster.server();
  assert.equal(version, 'v1.36.0');
  assert.deepEqual(capabilities, ['apps/v1', 'apps/v1/Deployment', 'shop.example/v1', 'shop.example/v1/Order']);
  const order = await cluster.applyManifest({
    apiVersion: 'shop.example/v1',
    kind: 'Order',
    metadata: { name: 'one', labels: { a: 'b' } },
  });
  assert.equal(order.metadata.namespace, 'default');
  assert.deepEqual(
    order.metadata.managedFields?.map(({ manager }) => manager),
    ['edict-cli'],
  );
});

test('an object with finalizers waits for them, and cannot get new ones while it does', async () => {
  const cluster = open('finalizers');
  const { metadata } = await cluster.apply(by(deployment({})));
  const request = { key: web, uid: metadata.uid ?? '' };
  const held = await cluster.updateFinalizers({ ...request, add: ['a/x', 'a/y'] });
  assert.deepEqual(held.metadata.finalizers, ['a/x', 'a/y']);
  assert.equal(await cluster.updateFinalizers({ ...request, add: ['a/x'], remove: ['a/z'] }), held);
  await cluster.delete(request);
  const terminating = await cluster.get(web);
  assert.equal(terminating?.metadata.deletionTimestamp, '2023-11-14T22:13:20Z');
  await cluster.delete(request);
  assert.equal(await cluster.get(web), terminating);
  assert.equal(await codeOf(cluster.updateFinalizers({ ...request, add: ['a/new'] })), 'ObjectInvalid');
  await cluster.updateFinalizers({ ...request, remove: ['a/x'] });
  assert.notEqual(await cluster.get(web), null);
  await cluster.updateFinalizers({ ...request, remove: ['a/y'] });
  assert.equal(await cluster.get(web), null);
  assert.equal(await codeOf(cluster.updateFinalizers({ ...request, remove: ['a/y'] })), 'ObjectNotFound');
});

test('what has no other owner is deleted with its owner, and its own dependents with it', async () => {
  const cluster = open('owners');
  const [parent, friend] = [await cluster.apply(by(configMap('parent'))), await cluster.apply(by(configMap('friend')))];
  const child = await cluster.apply(by(configMap('child', owner(parent))));
  await cluster.apply(by(configMap('grandchild', owner(child))));
  const both = [...owner(parent).ownerReferences, ...owner(friend).ownerReferences];
  await cluster.apply(by(configMap('shared', { ownerReferences: both })));
  const events: string[] = [];
  cluster.watch(({ type, object }) => events.push(`${type} ${object.metadata.name}`));
  await cluster.delete({ key: keyOf(parent), uid: 'another' });
  assert.deepEqual(events, []);
  await cluster.delete({ key: keyOf(parent), uid: uidOf(parent) });
  assert.deepEqual(events, ['Deleted parent', 'Deleted child', 'Deleted grandchild', 'Modified shared']);
  assert.deepEqual(names(await cluster.list(allOf)), ['friend', 'shared']);
  await cluster.delete({ key: keyOf(friend), uid: uidOf(friend), orphan: true });
  const [left] = await cluster.list(allOf);
  assert.deepEqual([left?.metadata.name, left?.metadata.ownerReferences], ['shared', undefined]);
});

test('status is replaced whole, of this object only, and not written when it is equal', async () => {
  const cluster = open('status');
  const { metadata } = await cluster.apply(by(deployment({})));
  const request = { key: web, uid: metadata.uid ?? '', status: { a: 1, list: ['x'] } };
  const updated = await cluster.updateStatus(request);
  assert.equal(await cluster.updateStatus(request), updated);
  assert.deepEqual((await cluster.updateStatus({ ...request, status: { b: 2 } })).status, { b: 2 });
  assert.deepEqual((await cluster.apply(by(deployment({ replicas: 1 })))).status, { b: 2 });
  assert.equal(await codeOf(cluster.updateStatus({ ...request, uid: 'another' })), 'ObjectConflict');
  assert.equal(await codeOf(cluster.updateStatus({ ...request, key: { ...web, name: 'nope' } })), 'ObjectNotFound');
});

test('a watcher sees every change in order, also those it makes itself, until it stops', async () => {
  const cluster = open('watch');
  const seen: ObjectEvent[] = [];
  const stop = cluster.watch(({ type, object }) => {
    if (type === 'Added') cluster.updateStatus({ key: keyOf(object), uid: uidOf(object), status: { seen: true } });
  });
  cluster.watch((event) => seen.push(event));
  const { metadata } = await cluster.apply(by(deployment({})));
  await cluster.delete({ key: web, uid: metadata.uid ?? '' });
  assert.deepEqual(
    seen.map(({ type, object }) => `${type} ${object.metadata.resourceVersion}`),
    ['Added 1', 'Modified 2', 'Deleted 3'],
  );
  assert.deepEqual(seen[1]?.oldObject, seen[0]?.object);
  stop();
  await cluster.apply(by(deployment({})));
  assert.equal((await cluster.get(web))?.status, undefined);
});

test('one process at a time writes to a folder, and a dead one holds nobody up', async () => {
  const first = open('locked');
  assert.throws(() => open('locked'), { code: 'FolderLocked' });
  await open('locked', 'read').list(allOf);
  first.close();
  const second = open('locked');
  second.close();
  for (let round = 0; round < 100; round++) open('locked').close();
  assert.ok(readFileSync(join(base, 'locked/.lock'), 'utf8').length < 20_000);
});

test('a dead process whose parent never noticed holds nobody up', async () => {
  // A child that ends after its shell became another program, which waits for nobody, stays a zombie.
  const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const id = line.toString().trim();
    const state = (): readonly string[] => readFileSync(`/proc/${id}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    while (state()[0] !== 'Z') await sleep(5);
    open('zombie').close();
    writeFileSync(join(base, 'zombie/.lock'), `+ ${id} ${state()[19]} 1.a\n`);
    open('zombie').close();
  } finally {
    parent.kill();
  }
});

test('killed at any moment, a writer leaves whole objects and no doubled version', async () => {
  const root = join(base, 'killed');
  const writer = fileURLToPath(new URL('./write-forever.js', import.meta.url));
  for (let round = 0; round < 12; round++) {
    const child = spawn(execPath, [writer, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = new Promise((resolve) => child.once('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    if (round === 0) assert.throws(() => open('killed'), { code: 'FolderLocked' });
    await sleep(Math.random() * 30);
    child.kill('SIGKILL');
    await closed;
    await run('killed', async (cluster) => {
      assert.deepEqual(cluster.faults, []);
      const objects = await cluster.list(allOf);
      const versions = objects.map(({ metadata }) => metadata.resourceVersion);
      assert.equal(new Set(versions).size, versions.length);
      const uids = new Set(objects.map(uidOf));
      for (const { metadata } of objects)
        for (const { uid } of metadata.ownerReferences ?? []) assert.ok(uids.has(uid));
    });
  }
  assert.equal(existsSync(join(root, 'shop/configmap/child-1.yaml.edict-tmp')), false);
  clock.time += 1;
});
