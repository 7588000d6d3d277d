import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceChange } from '#model/change-set.js';
import type { JsonObject } from '#model/json.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { belongsToPredecessor, WAVE_ANNOTATION } from '#model/ownership.js';
import { ownsEvery, surplus } from '#plan/managed-fields.js';
import { CONFIG, type Facts, mirror, SECRET, THING } from '../reconcile/thing.js';
import { actions, changeOf, config, ended, World } from '../reconcile/world.js';

const fieldsOf = (change: { readonly fields: ResourceChange['fields'] }) =>
  change.fields.map(({ path, before, after }) => [path, before ?? null, after ?? null]);

const PORTS = [
  { containerPort: 1, protocol: 'TCP' },
  { containerPort: 2, protocol: 'TCP' },
];

test('what another manager adds is no drift, whether or not its items have names', async () => {
  const world = new World({ template: mirror });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'a', image: 'i', ports: PORTS }], restartPolicy: 'Never' },
  };
  await world.thing('one', { resources: [pod] });
  await world.pass('one');
  const key = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' } };
  await world.store(
    { ...key, spec: { containers: [{ name: 'sidecar', image: 's' }], schedulerName: 'x' } } as KubernetesObject,
    'injector',
  );
  assert.deepEqual(actions(await world.pass('one', 'plan')), ['none Pod/p']);
});

test('list items that only their keys tell apart are found by them', () => {
  const ports = {
    'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} },
    'k:{"port":90,"protocol":"TCP"}': { '.': {}, 'f:port': {} },
  };
  const live = {
    ports: [
      { port: 70, protocol: 'TCP' },
      { port: 80, protocol: 'TCP' },
      { port: 90, protocol: 'TCP' },
    ],
  };
  const body = { ports: [{ port: 80 }] };
  const applied = { 'f:ports': ports };
  assert.deepEqual(surplus(applied, live, body), [['ports', 2, 'port']]);
  assert.equal(ownsEvery(applied, body), true);
  assert.equal(ownsEvery(applied, { ports: [{ port: 70 }] }), false);
  assert.equal(ownsEvery({ 'f:ports': {} }, { ports: [{ port: 70 }] }), true, 'an atomic list is owned as a whole');
  assert.equal(ownsEvery({ 'f:finalizers': { 'v:"a"': {} } }, { finalizers: ['a', 'b'] }), false);
});

test('drift is corrected, taking the field back, or only reported', async () => {
  for (const drift of ['Correct', 'Report']) {
    const world = new World({ template: mirror, rule: { drift } });
    await world.thing('one', { resources: [config('x', { a: '1', b: '1' })] });
    await world.pass('one');
    await world.store(
      { ...CONFIG, metadata: { name: 'x', namespace: 'shop' }, data: { a: 'edited' } } as KubernetesObject,
      'kubectl-edit',
    );
    const pass = await world.pass('one');
    assert.equal(ended(pass), 'settled');
    assert.deepEqual(fieldsOf(changeOf(pass, 'x')), [['data.a', 'edited', '1']]);
    const { data } = (await world.get(CONFIG, 'x')) as unknown as { data: JsonObject };
    assert.equal(data.a, drift === 'Correct' ? '1' : 'edited');
    assert.equal(changeOf(pass, 'x').action, drift === 'Correct' ? 'update' : 'none');
  }
});

test('a field that another manager took is not taken back with another body, but named', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x', { a: '1' })] });
  await world.pass('one');
  await world.store(
    { ...CONFIG, metadata: { name: 'x', namespace: 'shop' }, data: { a: 'scaled' } } as KubernetesObject,
    'autoscaler',
  );
  await world.thing('one', { resources: [config('x', { a: '2' })] });
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'stalled FieldTaken');
  assert.equal(pass.faults[0]?.fragment, 'autoscaler');
});

test('kinds are changed in place, made anew or left as they were made', async () => {
  for (const [update, action, same] of [
    ['InPlace', 'update', true],
    ['Recreate', 'replace', false],
    ['Once', 'none', true],
  ] as const) {
    const world = new World({ template: mirror, rule: { writes: { resources: [{ ...CONFIG, update }] } } });
    await world.thing('one', { resources: [config('x', { a: '1' })] });
    await world.pass('one');
    const before = await world.get(CONFIG, 'x');
    await world.thing('one', { resources: [config('x', { a: '2' })] });
    const pass = await world.pass('one');
    assert.equal(changeOf(pass, 'x').action, action);
    const after = await world.get(CONFIG, 'x');
    assert.equal(after?.metadata.uid === before?.metadata.uid, same, update);
    assert.equal((after as unknown as { data: JsonObject }).data.a, update === 'Once' ? '1' : '2');
    assert.equal(ended(await world.pass('one')), 'settled');
    assert.deepEqual(actions(await world.pass('one', 'plan')), ['none ConfigMap/x']);
  }
});

test('a template replaces exactly the object that it names by uid', async () => {
  const world = new World({
    template: {
      desired: ({ object }: Facts) => ({
        resources: [config('x', {}, { annotations: { 'edict.dev/replace': object.spec.replace ?? 'none' } })],
      }),
    },
  });
  await world.thing('one');
  await world.pass('one');
  const { uid = '' } = (await world.get(CONFIG, 'x'))?.metadata ?? {};
  await world.thing('one', { replace: uid });
  assert.deepEqual(actions(await world.pass('one')), ['replace ConfigMap/x']);
  assert.notEqual((await world.get(CONFIG, 'x'))?.metadata.uid, uid);
  assert.deepEqual(actions(await world.pass('one')), ['none ConfigMap/x']);
});

test('an object that somebody else made is taken over only from a manager that the rule adopts', async () => {
  const world = new World({ template: mirror });
  const theirs = { ...CONFIG, metadata: { name: 'x', namespace: 'shop' }, data: { a: 'theirs' } } as KubernetesObject;
  await world.store(theirs, 'helm');
  await world.thing('one', { resources: [config('x', { b: 'ours' })] });
  const before = await world.everything();
  const planned = await world.pass('one', 'plan');
  assert.equal(ended(planned), 'stalled FieldTaken');
  assert.equal(planned.faults[0]?.fragment, 'helm');
  assert.match(planned.faults[0]?.remedy ?? '', /adopt/);
  assert.equal(await world.everything(), before);

  const adopting = new World({ template: mirror });
  await adopting.store(theirs, 'old-operator');
  await adopting.thing('one', { resources: [config('x', { a: 'ours' })] });
  const pass = await adopting.pass('one');
  assert.deepEqual([ended(pass), ...actions(pass)], ['settled', 'adopt ConfigMap/x']);
  assert.equal(((await adopting.get(CONFIG, 'x')) as unknown as { data: JsonObject }).data.a, 'ours');
});

test('a child that lost its label is still known by its field manager', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x', { a: '1' })] });
  await world.pass('one');
  const manifest = { ...CONFIG, metadata: { name: 'x', namespace: 'shop', labels: { 'edict.dev/owner': 'x' } } };
  await world.store(manifest as unknown as KubernetesObject);
  await world.store({ ...CONFIG, metadata: { name: 'x', namespace: 'shop' } } as KubernetesObject);
  assert.equal((await world.get(CONFIG, 'x'))?.metadata.labels?.['edict.dev/owner'], undefined);
  const pass = await world.pass('one');
  assert.deepEqual([ended(pass), ...actions(pass)], ['settled', 'update ConfigMap/x']);
});

test('an object of another owner is refused by the name of that owner', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x')] });
  await world.thing('two', { resources: [config('x')] });
  await world.pass('one');
  const pass = await world.pass('two');
  assert.equal(ended(pass), 'stalled ObjectTaken');
  assert.match(pass.faults[0]?.message ?? '', /Thing\/one/);
  assert.deepEqual(actions(await world.pass('one', 'plan')), ['none ConfigMap/x']);
});

test('a re-created owner awaits what is left of its predecessor', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x', { a: '1' }, { finalizers: ['example.org/slow'] })] });
  await world.pass('one');
  await world.delete(THING, 'one');
  await world.thing('one', { resources: [config('x', { a: '2' })] });
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'waiting ResourceNotReady');
  const child = await world.get(CONFIG, 'x');
  const owner = await world.get(THING, 'one');
  assert.ok(child !== null && owner !== null);
  assert.equal(belongsToPredecessor(child, owner), true);
  assert.equal((child as unknown as { data: JsonObject }).data.a, '1');
  await world.cluster.updateFinalizers({
    key: keyOf(child),
    uid: child.metadata.uid ?? '',
    remove: ['example.org/slow'],
  });
  assert.deepEqual(actions(await world.pass('one')), ['create ConfigMap/x']);
});

test('a handle of a Secret is no drift, and another version of the Secret is another body', async () => {
  const world = new World({
    rule: { reads: { resources: [{ as: 'credentials', ...SECRET, name: 'credentials' }] } },
    template: {
      desired: () => ({
        resources: [
          config('x', { password: { $secret: { as: 'credentials', key: 'password' } } }),
          {
            ...SECRET,
            metadata: { name: 'copy' },
            data: { password: { $secret: { as: 'credentials', key: 'password' } } },
          },
        ],
      }),
    },
  });
  const credentials = (value: string) =>
    ({
      ...SECRET,
      metadata: { name: 'credentials', namespace: 'shop' },
      data: { password: Buffer.from(value).toString('base64') },
    }) as unknown as KubernetesObject;
  await world.store(credentials('first'));
  await world.thing('one');
  const first = await world.pass('one');
  assert.equal(ended(first), 'settled');
  const dataOf = async (kind: typeof CONFIG | typeof SECRET, name: string) =>
    ((await world.get(kind, name)) as unknown as { data: JsonObject }).data.password;
  assert.deepEqual(
    [await dataOf(CONFIG, 'x'), await dataOf(SECRET, 'copy')],
    ['first', Buffer.from('first').toString('base64')],
  );
  assert.deepEqual(actions(await world.pass('one')), ['none ConfigMap/x', 'none Secret/copy']);
  await world.store(credentials('second'));
  const pass = await world.pass('one');
  assert.deepEqual(actions(pass), ['update ConfigMap/x', 'update Secret/copy']);
  assert.doesNotMatch(JSON.stringify(pass.changes), /first|second/);
  assert.equal(await dataOf(CONFIG, 'x'), 'second');
});

test('a child whose wave somebody made unreadable is removed all the same', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [{ wave: 3, object: config('x') }] });
  assert.equal(ended(await world.pass('one')), 'settled');
  const child = (await world.get(CONFIG, 'x')) as KubernetesObject;
  const annotations = { ...child.metadata.annotations, [WAVE_ANNOTATION]: 'soon' };
  await world.store({ ...child, metadata: { ...child.metadata, annotations } });
  await world.thing('one', { resources: [] });
  assert.equal(ended(await world.pass('one')), 'settled');
  assert.equal(await world.get(CONFIG, 'x'), null);
});
