import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import type { ClusterEvent } from '#adapters/kubernetes/object-cache.js';
import { EdictError } from '#errors/edict-error.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { OWNER_LABEL } from '#model/ownership.js';
import { CONFIG_MAP, configMap, keyOf, MANAGER, refusedWith, startWorld, until, type World } from './world.js';

const SECRET = { apiVersion: 'v1', kind: 'Secret' };
const PERFORMER = { apiVersion: 'hourglass.eigenlayer.io/v1alpha1', kind: 'Performer' };

let world: World;
let cluster: KubernetesCluster;
const events: ClusterEvent[] = [];

before(async () => {
  world = await startWorld({ alice: ['developers'] });
  cluster = new KubernetesCluster({ client: world.client });
  cluster.watch((event) => events.push(event));
  cluster.serve([CONFIG_MAP, SECRET]);
  await cluster.synced();
});
after(async () => {
  await cluster?.close();
  await world?.stop();
});

const succeed = (words: readonly string[]): Promise<string> => world.succeed(words);

const create = (name: string, data = { a: '1' }): Promise<KubernetesObject> =>
  cluster.apply({ object: configMap(name, data), fieldManager: MANAGER, force: false });

test('an answer is read at once, before the watch tells of it, and told once', async () => {
  const created = await create('at-once');
  assert.equal(await cluster.get(keyOf('at-once')).then((object) => object?.metadata.uid), created.metadata.uid);
  await create('fence');
  await until(() => events.some(({ object }) => object.metadata.name === 'fence'));
  await sleep(200);
  const told = events.filter(({ object }) => object.metadata.name === 'at-once');
  assert.deepEqual(
    told.map(({ type, own }) => [type, own]),
    [['Added', true]],
  );
});

test('of managedFields only what planning asks for is kept', async () => {
  const child = configMap('child', { a: '1' }, { [OWNER_LABEL]: 'abc' });
  await cluster.apply({ object: child, fieldManager: MANAGER, force: false });
  await succeed(['annotate', 'configmap/child', 'other=1']);
  await succeed(['create', 'configmap', 'foreign', '--from-literal=a=1']);
  await until(async () => (await cluster.get(keyOf('child')))?.metadata.annotations?.other === '1');
  await until(async () => (await cluster.get(keyOf('foreign'))) !== null);
  const fields = { 'f:metadata': { 'f:labels': { [`f:${OWNER_LABEL}`]: {} } }, 'f:data': { 'f:a': {} } };
  const kept = (await cluster.get(keyOf('child')))?.metadata.managedFields;
  assert.deepEqual(kept, [{ manager: MANAGER, operation: 'Apply', fieldsV1: fields }]);
  assert.deepEqual((await cluster.get(keyOf('foreign')))?.metadata.managedFields, [
    { manager: 'kubectl-create', operation: 'Update' },
  ]);
  const found = await cluster.list({ ...CONFIG_MAP, labels: { [OWNER_LABEL]: 'abc' } });
  assert.deepEqual(
    found.map(({ metadata }) => metadata.name),
    ['child'],
  );
});

test('changes of others are told with what was before', async () => {
  await create('changed');
  await succeed(['patch', 'configmap/changed', '--patch={"data": {"a": "2"}}']);
  await succeed(['delete', 'configmap/changed']);
  const told = (): readonly ClusterEvent[] => events.filter(({ object }) => object.metadata.name === 'changed');
  await until(() => told().length === 3);
  assert.deepEqual(
    told().map(({ type, own, oldObject }) => [type, own, oldObject === undefined ? null : asJson(oldObject).data]),
    [
      ['Added', true, null],
      ['Modified', false, { a: '1' }],
      ['Deleted', false, { a: '2' }],
    ],
  );
});

test('a field of another manager is not taken, and its manager is named; forced, it is', async () => {
  await create('taken');
  await succeed(['patch', 'configmap/taken', '--field-manager=somebody "else"', '--patch={"data": {"a": "2"}}']);
  const object = configMap('taken', { a: '3' });
  await assert.rejects(cluster.apply({ object, fieldManager: MANAGER, force: false }), (error) => {
    assert.ok(error instanceof EdictError);
    assert.equal(error.code, 'FieldTaken');
    assert.deepEqual(
      error.faults.map(({ fragment, location }) => [fragment, location.path]),
      [['somebody "else"', 'data.a']],
    );
    return true;
  });
  assert.deepEqual(asJson(await cluster.apply({ object, fieldManager: MANAGER, force: true })).data, { a: '3' });
});

test('a dry run writes nothing and is not read', async () => {
  const object = configMap('dry', { a: '1' });
  const answer = await cluster.apply({ object, fieldManager: MANAGER, force: false, dryRun: true });
  assert.ok(answer.metadata.uid);
  assert.equal(await cluster.get(keyOf('dry')), null);
  assert.match((await world.plane.kubectl(['get', 'configmap/dry'])).err, /not found/);
});

test('what does not fit is refused with its path and without its value', async () => {
  const unknown = { ...configMap('unknown', {}), dataa: {} };
  await assert.rejects(
    cluster.apply({ object: unknown, fieldManager: MANAGER, force: false }),
    refusedWith('ObjectInvalid', /dataa/),
  );
  await assert.rejects(
    cluster.apply({
      object: { ...configMap('types', {}), data: { a: { b: 'hunter2' } } },
      fieldManager: MANAGER,
      force: false,
    }),
    (error) => {
      assert.ok(error instanceof EdictError);
      assert.deepEqual(
        error.faults.map(({ code, location }) => [code, location.path]),
        [['ObjectInvalid', 'data.a']],
      );
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    },
  );
  const secret = { ...SECRET, metadata: { name: 's', namespace: 'default' }, type: 'kubernetes.io/dockerconfigjson' };
  const wrong = { ...secret, data: { '.dockerconfigjson': Buffer.from('hunter2').toString('base64') } };
  await assert.rejects(cluster.apply({ object: wrong, fieldManager: MANAGER, force: false }), (error) => {
    assert.ok(error instanceof EdictError && error.code === 'ObjectInvalid', String(error));
    assert.equal(error.faults[0]?.location.path, 'data[.dockerconfigjson]');
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error.faults)} ${error.cause}`, /hunter2|aHVudGVy/);
    return true;
  });
  await assert.rejects(
    cluster.apply({ object: configMap('a/../../../x', {}), fieldManager: MANAGER, force: false }),
    refusedWith('ObjectInvalid', /metadata\.name/),
  );
  await assert.rejects(
    cluster.apply({
      object: { ...configMap('x', {}), metadata: { name: 'x', namespace: 'nowhere' } },
      fieldManager: MANAGER,
      force: false,
    }),
    refusedWith('ObjectNotFound', /no namespace nowhere/),
  );
});

test('an apply that means one object does not make or change another', async () => {
  const { uid } = (await create('meant')).metadata;
  const meant = (name: string, of: string | undefined): Promise<KubernetesObject> => {
    const { metadata, ...rest } = configMap(name, { a: '2' });
    const object = { ...rest, metadata: { ...metadata, ...(of === undefined ? {} : { uid: of }) } } as KubernetesObject;
    return cluster.apply({ object, fieldManager: MANAGER, force: false });
  };
  await meant('meant', uid);
  await assert.rejects(meant('meant', '00000000-0000-0000-0000-000000000000'), refusedWith('ObjectConflict'));
  await assert.rejects(meant('not-there', uid), refusedWith('ObjectConflict'));
});

test('a deletion names its object by uid, and reads as done at once', async () => {
  const { uid = '' } = (await create('deleted')).metadata;
  await cluster.delete({ key: keyOf('deleted'), uid: 'another' });
  assert.ok((await cluster.get(keyOf('deleted'))) !== null);
  await cluster.delete({ key: keyOf('deleted'), uid });
  assert.equal(await cluster.get(keyOf('deleted')), null);
  await cluster.delete({ key: keyOf('deleted'), uid });
  const again = await create('deleted');
  assert.notEqual(again.metadata.uid, uid);
  await sleep(200);
  assert.equal((await cluster.get(keyOf('deleted')))?.metadata.uid, again.metadata.uid);
});

test('finalizers are added and removed beside those of others, and hold a deletion up', async () => {
  const { uid = '' } = (await create('held')).metadata;
  await succeed(['patch', 'configmap/held', '--patch={"metadata": {"finalizers": ["other.dev/x"]}}']);
  // The cache may be behind the patch: the version test makes it read again.
  const held = await cluster.updateFinalizers({ key: keyOf('held'), uid, add: ['edict.dev/finalizer'] });
  assert.deepEqual(held.metadata.finalizers, ['other.dev/x', 'edict.dev/finalizer']);
  await cluster.delete({ key: keyOf('held'), uid });
  assert.ok((await cluster.get(keyOf('held')))?.metadata.deletionTimestamp !== undefined);
  await cluster.updateFinalizers({ key: keyOf('held'), uid, remove: ['other.dev/x'] });
  assert.ok((await cluster.get(keyOf('held'))) !== null);
  await cluster.updateFinalizers({ key: keyOf('held'), uid, remove: ['edict.dev/finalizer'] });
  assert.equal(await cluster.get(keyOf('held')), null);
  await assert.rejects(
    cluster.updateFinalizers({ key: keyOf('held'), uid, remove: ['edict.dev/finalizer'] }),
    refusedWith('ObjectNotFound'),
  );
});

test('a kind is absent until it is installed; then its status is written apart, guarded by its version', async () => {
  assert.equal(await cluster.availability(PERFORMER), 'syncing');
  await cluster.synced();
  assert.equal(await cluster.availability(PERFORMER), 'absent');
  await succeed(['apply', '--server-side', '-f', 'crds/performer/performer.yaml']);
  await until(async () => (await cluster.availability(PERFORMER)) === 'ready');
  assert.ok((await cluster.server()).capabilities.includes('hourglass.eigenlayer.io/v1alpha1/Performer'));
  const performer = {
    ...PERFORMER,
    metadata: { name: 'one', namespace: 'default' },
    spec: { avsAddress: '0x1', image: 'i' },
  };
  const misspelt = { ...performer, spec: { ...performer.spec, imagePullPolice: 'Always' } };
  await assert.rejects(
    cluster.apply({ object: misspelt, fieldManager: MANAGER, force: false }),
    refusedWith('ObjectInvalid', /spec\.imagePullPolice/),
  );
  const created = await cluster.apply({ object: performer, fieldManager: MANAGER, force: false });
  const { uid = '' } = created.metadata;
  const key = keyOf('one', PERFORMER);
  const written = await cluster.updateStatus({ key, uid, status: { phase: 'Running', podName: 'x' } });
  assert.deepEqual(asJson(written).status, { phase: 'Running', podName: 'x' });
  const again = await cluster.updateStatus({ key, uid, status: { phase: 'Running' } });
  assert.deepEqual(asJson(again).status, { phase: 'Running' });
  const writes = world.client.counts.read().filter(({ resource }) => resource.endsWith('/status'));
  await cluster.updateStatus({ key, uid, status: { phase: 'Running' } });
  assert.deepEqual(
    world.client.counts.read().filter(({ resource }) => resource.endsWith('/status')),
    writes,
  );
  await assert.rejects(cluster.updateStatus({ key, uid: 'other', status: {} }), refusedWith('ObjectConflict'));
});

test('what a user may not do is refused with the rule that it lacks', async () => {
  const limited = new KubernetesCluster({ client: await world.clientFor('alice') });
  limited.follow(CONFIG_MAP);
  await limited.synced();
  assert.equal(await limited.availability(CONFIG_MAP), 'forbidden');
  await assert.rejects(
    limited.apply({ object: configMap('forbidden', {}), fieldManager: MANAGER, force: false }),
    refusedWith('ClusterForbidden', /\{apiGroups: \[""\], resources: \["configmaps"\], verbs: \["create", "patch"\]\}/),
  );
  await limited.close();
});

test('as a ServiceAccount, what counts is what that one may do', async () => {
  await succeed(['create', 'role', 'maps', '--verb=create,patch', '--resource=configmaps']);
  await succeed(['create', 'rolebinding', 'maps', '--role=maps', '--serviceaccount=default:bob']);
  const as = { namespace: 'default', name: 'bob' };
  await cluster.apply({ object: configMap('of-bob', {}), fieldManager: MANAGER, force: false, as });
  assert.ok((await cluster.get(keyOf('of-bob'))) !== null);
  const secret = { ...SECRET, metadata: { name: 'of-bob', namespace: 'default' } };
  await assert.rejects(
    cluster.apply({ object: secret, fieldManager: MANAGER, force: false, as }),
    refusedWith('ClusterForbidden', /ServiceAccount default\/bob may not .* secrets/),
  );
});

test('many objects are read in a stream, and objects with one rule share what is kept of them', async () => {
  const labels = { [OWNER_LABEL]: 'many' };
  const many = Array.from({ length: 1200 }, (_, index) => configMap(`many-${index}`, { index: String(index) }, labels));
  const queue = [...many];
  const worker = async (): Promise<void> => {
    for (let object = queue.pop(); object !== undefined; object = queue.pop())
      await cluster.apply({ object, fieldManager: MANAGER, force: false });
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  const second = new KubernetesCluster({ client: await world.clientFor() });
  const paged = await second.list({ ...CONFIG_MAP, labels });
  second.follow(CONFIG_MAP);
  await second.synced();
  const found = await second.list({ ...CONFIG_MAP, labels });
  await second.close();
  assert.equal(found.length, many.length);
  assert.deepEqual(found, paged);
  assert.equal(new Set(found.map(({ metadata }) => metadata.managedFields?.[0]?.fieldsV1)).size, 1);
  assert.deepEqual(await cluster.list({ ...CONFIG_MAP, labels }), found);
});

test('an API server that comes back is followed on', async () => {
  const server = world.plane.server('kube-apiserver');
  await server.kill();
  await assert.rejects(create('while-down'), refusedWith('ClusterUnavailable'));
  server.start();
  await world.plane.waitFor('/readyz');
  await succeed(['create', 'configmap', 'after-restart']);
  await until(async () => (await cluster.get(keyOf('after-restart'))) !== null);
  assert.equal(await cluster.availability(CONFIG_MAP), 'ready');
});
