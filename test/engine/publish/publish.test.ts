import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EdictError } from '#errors/edict-error.js';
import type { Account } from '#model/identity.js';
import type { JsonObject } from '#model/json.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import type { ClusterWriter } from '#publish/cluster-writer.js';
import type { Engine } from '#reconcile/engine.js';
import { reconcile } from '#reconcile/reconcile.js';
import { CONFIG, mirror, REPOSITORY, THING } from '../reconcile/thing.js';
import { actions, config, ended, file, World } from '../reconcile/world.js';

const POD = { apiVersion: 'v1', kind: 'Pod' } as const;

const pod = (name: string): JsonObject => ({
  ...POD,
  metadata: { name },
  spec: { containers: [{ name: 'a', image: 'i' }] },
});
const inWave = (wave: number, object: JsonObject): JsonObject => ({ wave, object });

async function makeReady(world: World, name: string): Promise<void> {
  const live = await world.get(POD, name);
  assert.ok(live !== null, name);
  await world.cluster.updateStatus({
    key: keyOf(live),
    uid: live.metadata.uid ?? '',
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

/** Passes over several things at once, as an engine makes them. */
const passes = (world: World, names: readonly string[]) => Promise.all(names.map((name) => world.pass(name)));

test('children are written as the installation says, all else as Edict', async () => {
  const world = new World({ template: mirror, installation: { identity: 'Namespace' } });
  const seen: string[] = [];
  const note = (what: string, { as }: { readonly as?: Account | undefined }): void => {
    seen.push(`${what} ${as === undefined ? 'Edict' : `${as.namespace}/${as.name}`}`);
  };
  const { cluster } = world;
  const writer: ClusterWriter = {
    apply: (request) => {
      note(`apply ${request.object.metadata.name}`, request);
      return cluster.apply(request);
    },
    delete: (request) => {
      note(`delete ${request.key.name}`, request);
      return cluster.delete(request);
    },
    updateStatus: (request) => cluster.updateStatus(request),
    updateFinalizers: (request) => cluster.updateFinalizers(request),
  };
  const pass = (): Promise<unknown> =>
    world
      .get(THING, 'one')
      .then((object) => reconcile(object as KubernetesObject, world.entry, { ...world.engine, writer }));
  await world.thing('one', { resources: [config('c')] });
  await pass();
  await world.thing('one', { resources: [] });
  await pass();
  assert.deepEqual(seen, ['apply edict-inventory-test-thing Edict', 'apply c shop/edict', 'delete c shop/edict']);
});

test('a wave over files and resources starts when the one before is ready, and removals wait for all of them', async () => {
  const world = new World({ template: mirror });
  const stale = { resources: [config('stale')], files: [file('stale', 'text')] };
  await world.thing('one', stale);
  await world.pass('one');
  await world.thing('one', {
    resources: [inWave(0, pod('first')), inWave(1, pod('second')), inWave(2, config('third'))],
    files: [file('a', 'zero'), file('b', 'one', { wave: 1 }), file('c', 'two', { wave: 2 })],
  });
  const state = async () => [
    ...(await world.files()).filter((path) => !path.startsWith('.edict/')),
    ...(await Promise.all(
      ['first', 'second'].map(async (name) => ((await world.get(POD, name)) === null ? '-' : name)),
    )),
    (await world.get(CONFIG, 'third')) === null ? '-' : 'third',
    (await world.get(CONFIG, 'stale')) === null ? '-' : 'stale',
  ];
  assert.equal(ended(await world.pass('one')), 'waiting ResourceNotReady');
  assert.deepEqual(await state(), ['a', 'stale', 'first', '-', '-', 'stale']);
  assert.deepEqual((await world.record('one'))?.files, ['a', 'stale'], 'what is not removed yet is still owned');
  assert.equal(ended(await world.pass('one')), 'waiting ResourceNotReady');
  assert.deepEqual(await state(), ['a', 'stale', 'first', '-', '-', 'stale']);
  await makeReady(world, 'first');
  const second = await world.pass('one');
  assert.equal(second.published?.complete, false);
  assert.deepEqual(await state(), ['a', 'b', 'stale', 'first', 'second', '-', 'stale']);
  await makeReady(world, 'second');
  assert.equal(ended(await world.pass('one')), 'settled');
  assert.deepEqual(await state(), ['a', 'b', 'c', 'first', 'second', 'third', '-']);
  assert.deepEqual(await world.record('one'), { files: ['a', 'b', 'c'], shared: [] });
});

test('a later wave that is waited for again keeps what it owns', async () => {
  const world = new World({ template: mirror });
  const spec = (content: string): JsonObject => ({
    resources: [inWave(0, pod('gate'))],
    files: [file('a', content), file('b', content, { wave: 1 })],
  });
  await world.thing('one', spec('1'));
  await world.pass('one');
  await makeReady(world, 'gate');
  await world.pass('one');
  await world.delete(POD, 'gate');
  await world.thing('one', spec('2'));
  assert.equal(ended(await world.pass('one')), 'waiting ResourceNotReady');
  assert.deepEqual((await world.record('one'))?.files, ['a', 'b']);
  assert.deepEqual([await world.text('a'), await world.text('b')], ['2', '1']);
});

test('applying twice writes nothing: no commit and no new resourceVersion', async () => {
  const world = new World({ template: { ...mirror, status: () => ({ phase: 'Good' }) } });
  await world.thing('one', {
    resources: [config('x', { a: '1' })],
    files: [file('a.yaml', { a: 1 }), file('common', 'c', { shared: true })],
  });
  await world.pass('one');
  const [commits, before] = [world.commits(), await world.everything()];
  world.now += 3_600_000;
  for (let round = 0; round < 2; round++) assert.equal(ended(await world.pass('one')), 'settled');
  assert.equal(world.commits(), commits);
  assert.equal(await world.everything(), before);
});

test('after a write that fails, records and objects say exactly what was done, and the next pass completes it', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x'), config('y')], files: [file('a', '1')] });
  const failing: Engine = {
    ...world.engine,
    writer: {
      apply: (request) => {
        const { name } = request.object.metadata;
        if (name === 'y') throw new EdictError({ code: 'ObjectConflict', message: 'a race', location: {} });
        return world.cluster.apply(request);
      },
      delete: (request) => world.cluster.delete(request),
      updateStatus: (request) => world.cluster.updateStatus(request),
      updateFinalizers: (request) => world.cluster.updateFinalizers(request),
    },
  };
  const object = (await world.get(THING, 'one')) as KubernetesObject;
  assert.equal(ended(await reconcile(object, world.entry, failing)), 'failed ObjectConflict');
  assert.deepEqual((await world.record('one'))?.files, ['a']);
  assert.notEqual(await world.get(CONFIG, 'x'), null);
  assert.deepEqual(actions(await world.pass('one')), ['none a', 'none ConfigMap/x', 'create ConfigMap/y']);
  assert.equal(world.commits(), 1);
});

test('owners that write to new places at the same time are all noted in the inventory of their rule', async () => {
  const world = new World({ template: mirror });
  const names = ['a', 'b', 'c', 'd'];
  for (const name of names) {
    const elsewhere = { ...file('f', name), repository: { ...REPOSITORY, name: `team/${name}` } };
    await world.thing(name, { files: [elsewhere], resources: name === 'a' ? [config('x')] : [] });
  }
  await passes(world, names);
  const record = await world.cluster.get({ ...CONFIG, namespace: 'edict-system', name: 'edict-inventory-test-thing' });
  const { kinds, repositories } = (record as unknown as { data: { kinds: string; repositories: string } }).data;
  assert.equal(kinds, 'v1 ConfigMap');
  assert.deepEqual(
    repositories.split('\n'),
    names.map((name) => `gitea team/${name} main`),
  );
});

test('deletion goes through the waves in reverse and awaits each', async () => {
  const world = new World({ template: mirror });
  const slow = { finalizers: ['example.org/slow'] };
  await world.thing('one', {
    resources: [inWave(0, config('base')), inWave(1, config('top', {}, slow))],
    files: [file('a', '1')],
  });
  await world.pass('one');
  await world.delete(THING, 'one');
  assert.equal(ended(await world.pass('one')), 'waiting Deleting');
  const top = await world.get(CONFIG, 'top');
  assert.ok(top?.metadata.deletionTimestamp !== undefined);
  assert.notEqual(await world.get(CONFIG, 'base'), null);
  assert.deepEqual((await world.record('one'))?.files, ['a']);
  await world.cluster.updateFinalizers({ key: keyOf(top), uid: top.metadata.uid ?? '', remove: ['example.org/slow'] });
  assert.equal(ended(await world.pass('one')), 'settled');
  assert.equal(await world.get(CONFIG, 'base'), null);
  assert.deepEqual(await world.files(), []);
  assert.equal(await world.get(THING, 'one'), null);
});

test('preflight finds a refusal before the first write', async () => {
  for (const preflight of [true, false]) {
    const world = new World({ template: mirror, rule: { preflight } });
    await world.thing('one', { resources: [config('y', { a: '1' })] });
    await world.pass('one');
    await world.store(
      { ...CONFIG, metadata: { name: 'y', namespace: 'shop' }, data: { a: 'theirs' } } as KubernetesObject,
      'somebody',
    );
    await world.thing('one', { resources: [config('x'), config('y', { a: '2' })] });
    assert.equal(ended(await world.pass('one')), 'stalled FieldTaken');
    assert.equal((await world.get(CONFIG, 'x')) === null, preflight);
  }
});
