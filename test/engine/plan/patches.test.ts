import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PatchChange } from '#model/change-set.js';
import type { JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { FINALIZER, fieldManagerOf } from '#model/ownership.js';
import { stands } from '#plan/managed-fields.js';
import type { Pass } from '#reconcile/engine.js';
import { CONFIG, mirror, THING } from '../reconcile/thing.js';
import { actions, condition, config, ended, World } from '../reconcile/world.js';

const THEIRS = { ...CONFIG, metadata: { name: 'x', namespace: 'shop' }, data: { a: 'theirs' } } as KubernetesObject;

async function worldWith(spec: JsonObject, theirs: KubernetesObject | null = THEIRS): Promise<World> {
  const world = new World({ template: mirror });
  if (theirs !== null) await world.store(theirs, 'somebody');
  await world.thing('one', spec);
  return world;
}

const patching = (data: JsonObject, more: JsonObject = {}): JsonObject => ({ patches: [config('x', data)], ...more });

async function dataOf(world: World): Promise<unknown> {
  const object = await world.get(CONFIG, 'x');
  return object === null ? null : asJson(object).data;
}

function patchOf(pass: Pass): PatchChange {
  const found = pass.changes?.changes.find(({ sink }) => sink === 'patch');
  assert.ok(found?.sink === 'patch');
  return found;
}

const fieldsOf = (pass: Pass) => patchOf(pass).fields.map(({ path, before, after }) => [path, before, after]);

test('fields are set on an object of somebody else, changed, and given back, and the rest of it is left alone', async () => {
  const world = await worldWith(patching({ b: '1', c: '1' }));
  const first = await world.pass('one');
  assert.deepEqual([ended(first), ...actions(first)], ['settled', 'patch ConfigMap/x']);
  assert.deepEqual(fieldsOf(first), [
    ['data.b', undefined, '1'],
    ['data.c', undefined, '1'],
  ]);
  assert.deepEqual(await dataOf(world), { a: 'theirs', b: '1', c: '1' });
  const { labels, annotations, ownerReferences } = (await world.get(CONFIG, 'x'))?.metadata ?? {};
  assert.deepEqual(
    [labels, annotations, ownerReferences],
    [undefined, undefined, undefined],
    'it gets no marks of ours',
  );

  await world.thing('one', patching({ b: '2' }));
  assert.deepEqual(fieldsOf(await world.pass('one')), [
    ['data.b', '1', '2'],
    ['data.c', '1', undefined],
  ]);
  assert.deepEqual(await dataOf(world), { a: 'theirs', b: '2' });

  await world.thing('one', {});
  const last = await world.pass('one');
  assert.deepEqual(actions(last), ['release ConfigMap/x']);
  assert.deepEqual(fieldsOf(last), [['data.b', '2', undefined]]);
  assert.deepEqual(await dataOf(world), { a: 'theirs' });
  assert.deepEqual(actions(await world.pass('one')), []);
});

test('a patch that stands writes nothing, whatever else of the object changes', async () => {
  const world = await worldWith(patching({ b: '1' }));
  await world.pass('one');
  await world.store({ ...THEIRS, data: { a: 'changed', z: '1' } } as KubernetesObject, 'somebody');
  const before = await world.everything();
  assert.deepEqual(actions(await world.pass('one')), ['none ConfigMap/x']);
  assert.equal(await world.everything(), before);
});

test('a field that another manager set otherwise is named with it, and never taken', async () => {
  for (const data of [{ a: 'ours' }, { b: 'ours' }]) {
    const world = await worldWith(patching(data));
    if ('b' in data) {
      assert.equal(ended(await world.pass('one')), 'settled');
      await world.store({ ...THEIRS, data: { a: 'theirs', b: 'theirs' } } as KubernetesObject, 'somebody');
    }
    assert.equal(ended(await world.pass('one', 'plan')), 'stalled FieldTaken', 'whoever reads the plan is told');
    const pass = await world.pass('one');
    assert.equal(ended(pass), 'stalled FieldTaken');
    assert.equal(pass.faults[0]?.fragment, 'somebody');
    assert.match(pass.faults[0]?.message ?? '', /data\.[ab]/);
    assert.doesNotMatch(JSON.stringify(await dataOf(world)), /ours/);
  }
});

test('of two objects that patch one field otherwise the second is refused, by the name of the first', async () => {
  const world = await worldWith(patching({ b: '1' }));
  await world.thing('two', patching({ b: '2' }));
  assert.equal(ended(await world.pass('one')), 'settled');
  const pass = await world.pass('two');
  assert.equal(ended(pass), 'stalled FieldTaken');
  assert.match(pass.faults[0]?.message ?? '', /Thing\/shop\/one/);
  await world.thing('two', patching({ b: '1' }));
  assert.equal(ended(await world.pass('two')), 'settled', 'equal values have two managers');
  await world.thing('one', {});
  await world.pass('one');
  assert.deepEqual(await dataOf(world), { a: 'theirs', b: '1' }, 'what another one manages too stays');
});

test('an object that is not there is awaited by its name and never created, and nothing is removed meanwhile', async () => {
  const world = await worldWith(patching({ b: '1' }, { resources: [config('own')] }));
  await world.pass('one');
  await world.delete(CONFIG, 'x');
  await world.thing('one', patching({ b: '1' }));
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'waiting PatchTargetMissing');
  assert.deepEqual(actions(pass), ['await ConfigMap/x', 'delete ConfigMap/own']);
  assert.match(JSON.stringify(pass.outcome), /ConfigMap\/shop\/x is to be patched, but it is not there/);
  assert.equal(await world.get(CONFIG, 'x'), null);
  assert.notEqual(await world.get(CONFIG, 'own'), null);

  await world.store(THEIRS, 'somebody');
  assert.equal(ended(await world.pass('one')), 'settled', 'another object of that name is patched anew');
  assert.deepEqual(await dataOf(world), { a: 'theirs', b: '1' });
  assert.equal(await world.get(CONFIG, 'own'), null);
});

test('an object that is replaced between plan and write is not patched in the place of the one that was meant', async () => {
  const world = await worldWith(patching({ b: '1' }));
  const { apply } = world.engine.writer;
  const racing = new Proxy(world.engine.writer, {
    get: (writer, name) => async (request: never) => {
      if (name === 'apply' && (request as { fieldManager: string }).fieldManager.startsWith('edict:')) {
        await world.delete(CONFIG, 'x');
        await world.store(THEIRS, 'somebody');
      }
      return (name === 'apply' ? apply : (writer[name as 'delete'] as never as typeof apply)).call(writer, request);
    },
  });
  Object.assign(world.engine, { writer: racing });
  assert.equal(ended(await world.pass('one')), 'failed ObjectConflict');
  assert.deepEqual(await dataOf(world), { a: 'theirs' });
});

test('who leaves is held until its patches are given back, also where the rule leaves all else behind', async () => {
  for (const rule of [{}, { deletion: { resources: 'Orphan' } }]) {
    const world = new World({ template: mirror, rule });
    await world.store(THEIRS, 'somebody');
    await world.thing('one', patching({ b: '1' }));
    await world.pass('one');
    assert.deepEqual((await world.get(THING, 'one'))?.metadata.finalizers, [FINALIZER]);
    await world.delete(THING, 'one');
    const pass = await world.pass('one');
    assert.deepEqual([ended(pass), ...actions(pass)], ['settled', 'release ConfigMap/x']);
    assert.deepEqual(await dataOf(world), { a: 'theirs' });
    assert.equal(await world.get(THING, 'one'), null);
  }
});

test('what a rule patched is found though the rule lists the kind no more', async () => {
  const world = await worldWith(patching({ b: '1' }));
  await world.pass('one');
  world.close();
  const later = new World({ template: { desired: () => ({}) }, rule: { writes: {} }, root: world.root });
  assert.deepEqual(actions(await later.pass('one')), ['release ConfigMap/x']);
  assert.deepEqual(await dataOf(later), { a: 'theirs' });
});

test('a patch of a later wave is applied when the wave before is ready', async () => {
  const world = await worldWith({
    resources: [{ ...CONFIG, apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: {} }],
    patches: [{ wave: 1, object: config('x', { b: '1' }) }],
  });
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'waiting ResourceNotReady');
  assert.deepEqual(await dataOf(world), { a: 'theirs' });
});

test('a child of the object itself is not patched', async () => {
  const world = await worldWith({ resources: [config('x', { a: '1' })] }, null);
  await world.pass('one');
  await world.thing('one', patching({ b: '1' }));
  assert.equal(ended(await world.pass('one')), 'stalled TemplateOutputInvalid');
  assert.deepEqual(await dataOf(world), { a: '1' });
});

test('an object that was only patched is not taken for one that was made: rendering it is refused', async () => {
  const world = await worldWith(patching({ b: '1' }));
  await world.pass('one');
  await world.thing('one', { resources: [config('x', { b: '1' })] });
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'stalled FieldTaken');
  assert.match(pass.faults[0]?.message ?? '', /made by somebody$/);
  assert.deepEqual(await dataOf(world), { a: 'theirs', b: '1' });
});

test('while an object is awaited not everything is published', async () => {
  const world = await worldWith(patching({ b: '1' }), null);
  await world.pass('one');
  assert.equal(condition(await world.get(THING, 'one'), 'Published'), 'False PatchTargetMissing');
});

test('whether a patch stands is told by managers and values, item by item', () => {
  const fields = {
    'f:spec': {
      'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {}, 'f:name': {} } },
      'f:args': {},
      'f:set': { 'v:"a"': {} },
    },
  };
  const other = { port: 70, protocol: 'TCP', name: 'other' };
  const port = { port: 80, protocol: 'TCP', name: 'web' };
  const live = { spec: { ports: [other, port], args: ['x'], set: ['b', 'a'] } };
  const body = (spec: JsonObject): JsonObject => ({ ...CONFIG, metadata: { name: 'x' }, spec });
  assert.equal(stands(fields, live, body({ ports: [{ port: 80, name: 'web' }], args: ['x'], set: ['a'] })), true);
  for (const spec of [
    { ports: [{ port: 80, name: 'changed' }] },
    { ports: [{ port: 70, name: 'other' }] },
    { args: ['y'] },
    { set: ['b'] },
    { more: 1 },
  ] as JsonObject[])
    assert.equal(stands(fields, live, body(spec)), false, JSON.stringify(spec));
});

test('patches are found by the manager of their owner, which children are not', async () => {
  const world = await worldWith(patching({ b: '1' }, { resources: [config('own')] }));
  await world.pass('one');
  const patchedBy = fieldManagerOf('thing', { ...THING, namespace: 'shop', name: 'one' });
  const found = await world.cluster.list({ ...CONFIG, patchedBy });
  assert.deepEqual(
    found.map(({ metadata }) => metadata.name),
    ['x'],
  );
});
