import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EdictError } from '#errors/edict-error.js';
import type { JsonObject } from '#model/json.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { RepositoryQueue } from '#publish/repository-queue.js';
import type { CommitRequest } from '#publish/repository-writer.js';
import type { Engine } from '#reconcile/engine.js';
import { reconcile } from '#reconcile/reconcile.js';
import { actions, CONFIG, config, ended, type Facts, file, REPOSITORY, THING, World } from '../reconcile/world.js';

const mirror = {
  desired: ({ object }: Facts) => ({ resources: object.spec.resources ?? [], files: object.spec.files ?? [] }),
};
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

test('changes of many owners are one commit, whose message names them all', async () => {
  const world = new World({ template: mirror, window: 40 });
  const names = Array.from({ length: 60 }, (_, index) => `thing-${index}`);
  for (const name of names)
    await world.thing(name, { files: [file(`${name}.yaml`, name), file('common.yaml', 'c', { shared: true })] });
  assert.deepEqual([...new Set((await passes(world, names)).map(ended))], ['settled']);
  assert.equal(world.commits(), 1);
  const message = world.git('log', '-1', '--format=%B', 'main');
  const trailers = world.git('log', '-1', '--format=%(trailers:key=Edict-Object,valueonly)', 'main').split('\n');
  assert.equal(trailers.length, 60);
  assert.ok(trailers.includes('Thing/shop/thing-7 generation 1'));
  assert.match(message, /^Update 60 objects\n/);
  assert.equal(world.git('log', '-1', '--format=%(trailers:key=Edict-Catalog,valueonly)', 'main'), 'catalog');
  await world.thing('thing-7', {
    files: [file('thing-7.yaml', 'changed'), file('common.yaml', 'c', { shared: true })],
  });
  await passes(world, names);
  assert.equal(world.commits(), 2);
  assert.match(
    world.git('log', '-1', '--format=%B', 'main'),
    /^Update Thing\/shop\/thing-7\n\nThing\/shop\/thing-7: 1 written, 0 removed\n/,
  );
  assert.equal(world.git('fsck', '--strict'), '');
});

test('a shared file leaves with its last owner, also when the last two leave in one window', async () => {
  const world = new World({ template: mirror, window: 40 });
  const names = ['one', 'two', 'three'];
  for (const name of names)
    await world.thing(name, { files: [file('common', 'c', { shared: true }), file(name, name)] });
  await passes(world, names);
  await world.thing('one', {});
  assert.deepEqual(actions(await world.pass('one')), ['orphan common', 'delete one']);
  assert.deepEqual(
    (await world.files()).filter((path) => !path.startsWith('.')),
    ['common', 'three', 'two'],
  );
  assert.equal(await world.record('one'), undefined);
  await world.thing('two', {});
  await world.thing('three', {});
  await passes(world, ['two', 'three']);
  assert.deepEqual(await world.files(), []);
  assert.equal(world.commits(), 3);
});

test('a file that is left behind stays, also when all its owners leave at once', async () => {
  const world = new World({ template: mirror, window: 40, rule: { deletion: { files: 'Orphan' } } });
  for (const name of ['one', 'two']) await world.thing(name, { files: [file('common', 'c', { shared: true })] });
  await passes(world, ['one', 'two']);
  for (const name of ['one', 'two']) await world.thing(name, {});
  await passes(world, ['one', 'two']);
  assert.deepEqual(await world.files(), ['common']);
});

test('an owner that comes while another leaves keeps the shared file', async () => {
  const world = new World({ template: mirror, window: 40 });
  await world.thing('one', { files: [file('common', 'c', { shared: true })] });
  await world.pass('one');
  await world.thing('one', {});
  await world.thing('two', { files: [file('common', 'c', { shared: true })] });
  await passes(world, ['one', 'two']);
  assert.deepEqual(await world.files(), ['common', '.edict/one/example.org/thing/shop/two.json']);
});

test('objects that disagree about one path in one window are refused by name, and the others go on', async () => {
  const world = new World({ template: mirror, window: 40 });
  await world.thing('one', { files: [file('same.yaml', '1')] });
  await world.thing('two', { files: [file('same.yaml', '2'), file('two.yaml', '2')] });
  await world.thing('three', { files: [file('three.yaml', '3')] });
  await world.thing('four', { files: [file('same.yaml', '1')] });
  await world.thing('five', { files: [file('three.yaml/below', 'a file in the place of a folder')] });
  const results = await passes(world, ['one', 'two', 'three', 'four', 'five']);
  assert.deepEqual(results.map(ended), [
    'settled',
    'stalled PathTaken',
    'settled',
    'stalled PathTaken',
    'stalled PathTaken',
  ]);
  assert.match(results[1]?.faults[0]?.message ?? '', /thing\/shop\/one/);
  assert.deepEqual(
    (await world.files()).filter((path) => !path.startsWith('.')),
    ['same.yaml', 'three.yaml'],
  );
  for (const name of ['two', 'four', 'five']) assert.equal(await world.record(name), undefined, name);
  assert.equal(world.commits(), 1);
});

test('a shared file follows its rule: new rule files overtake old ones, and a hand edit is put right', async () => {
  const world = new World({
    template: {
      desired: ({ object }: Facts) => ({ files: [file('common', object.spec.content ?? 'old', { shared: true })] }),
    },
  });
  const names = ['one', 'two', 'three'];
  for (const name of names) await world.thing(name, {});
  await passes(world, names);
  await world.foreignCommit({ common: 'by hand' });
  assert.equal(ended(await world.pass('two')), 'settled');
  assert.equal(await world.text('common'), 'old');

  const next = { ...world.entry, revision: 'next' };
  const changed = async (name: string, content: string) =>
    reconcile(await world.thing(name, { content }), next, world.engine);
  assert.equal(ended(await changed('one', 'new')), 'settled', 'what others said by the old rule files is overtaken');
  assert.equal(ended(await changed('two', 'new')), 'settled');
  assert.equal(ended(await changed('three', 'newer')), 'stalled PathTaken', 'by the same rule files they disagree');
  assert.equal(await world.text('common'), 'new');
});

test('a commit of somebody else between plan and commit loses nothing', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { files: [file('a', '1')] });
  await world.pass('one');
  await world.thing('one', { files: [file('a', '2')] });
  const raced = racing(world, async () => world.foreignCommit({ elsewhere: 'kept' }));
  assert.equal(
    ended(await reconcile((await world.get(THING, 'one')) as KubernetesObject, world.entry, raced)),
    'settled',
  );
  assert.deepEqual([await world.text('a'), await world.text('elsewhere')], ['2', 'kept']);

  await world.thing('one', { files: [file('a', '3')] });
  const touched = racing(world, async () => world.foreignCommit({ a: 'theirs' }));
  const pass = await reconcile((await world.get(THING, 'one')) as KubernetesObject, world.entry, touched);
  assert.equal(ended(pass), 'failed RepositoryConflict');
  assert.equal(await world.text('a'), 'theirs');
  assert.equal(ended(await world.pass('one')), 'settled');
  assert.equal(await world.text('a'), '3');
});

test('a file that somebody changed since the plan is not removed unseen', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { files: [file('a', '1'), file('b', '1')] });
  await world.pass('one');
  await world.thing('one', { files: [file('a', '1')] });
  const touched = racing(world, async () => world.foreignCommit({ b: 'theirs' }));
  const pass = await reconcile((await world.get(THING, 'one')) as KubernetesObject, world.entry, touched);
  assert.equal(ended(pass), 'failed RepositoryConflict');
  assert.equal(await world.text('b'), 'theirs');
});

/** The engine of `world` with something happening just before its next commit. */
function racing(world: World, happening: () => Promise<void>): Engine {
  let due = true;
  const writer = {
    commit: async (request: CommitRequest) => {
      if (due) {
        due = false;
        await happening();
      }
      return world.repositories.commit(request);
    },
  };
  const { repositories, records } = world.engine;
  return {
    ...world.engine,
    queue: new RepositoryQueue({ reader: repositories, writer, records, revision: 'catalog', window: 5 }),
  };
}

test('two engines on one repository leave each other alone', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { files: [file('mine', '1'), file('taken', '1')] });
  await world.pass('one');
  world.close();
  const other = new World({ template: mirror, root: world.root, installation: { instance: 'two' } });
  await other.thing('one', { files: [file('theirs', '1')] });
  assert.deepEqual(actions(await other.pass('one')), ['create theirs']);
  assert.deepEqual(
    (await other.files()).filter((path) => !path.startsWith('.')),
    ['mine', 'taken', 'theirs'],
  );
  await other.thing('two', { files: [file('taken', '2')] });
  assert.equal(ended(await other.pass('two')), 'stalled PathTaken');
  assert.deepEqual((await other.record('one', 'one'))?.files, ['mine', 'taken']);
  assert.deepEqual((await other.record('one', 'two'))?.files, ['theirs']);
});

test('a file that is there already becomes owned, and one that is gone is owned no more', async () => {
  const world = new World({ template: mirror });
  await world.foreignCommit({ a: 'same' });
  await world.thing('one', { files: [file('a', 'same')] });
  const pass = await world.pass('one');
  assert.deepEqual(actions(pass), ['update a']);
  assert.deepEqual((await world.record('one'))?.files, ['a']);
  assert.deepEqual(actions(await world.pass('one')), ['none a']);
  await world.foreignCommit({ a: undefined });
  await world.thing('one', {});
  assert.deepEqual(actions(await world.pass('one')), ['orphan a']);
  assert.deepEqual(await world.files(), []);
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
