import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { RepositoryQueue } from '#publish/repository-queue.js';
import type { CommitRequest } from '#publish/repository-writer.js';
import type { Engine, Pass } from '#reconcile/engine.js';
import { reconcile } from '#reconcile/reconcile.js';
import { type Facts, mirror, THING } from '../reconcile/thing.js';
import { actions, ended, file, World } from '../reconcile/world.js';

/** Passes over several things at once, as an engine makes them. */
const passes = (world: World, names: readonly string[]) => Promise.all(names.map((name) => world.pass(name)));

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
  const world = new World({ template: mirror, window: 100 });
  const specs: { readonly [name: string]: readonly JsonObject[] } = {
    one: [file('same.yaml', '1'), file('one.yaml', '1')],
    two: [file('same.yaml', '2'), file('two.yaml', '2')],
    three: [file('three.yaml', '3')],
    four: [file('four', '4')],
    five: [file('four/below', 'a file in the place of a folder')],
  };
  const names = Object.keys(specs);
  for (const name of names) await world.thing(name, { files: specs[name] ?? [] });
  const results = await passes(world, names);
  const losers = names.filter((_, index) => ended(results[index] as Pass) === 'stalled PathTaken');
  const winners = names.filter((_, index) => ended(results[index] as Pass) === 'settled');
  assert.deepEqual([losers.length, winners.length], [2, 3]);
  assert.ok(winners.includes('three'));
  const loser = losers.includes('one') ? 'one' : 'two';
  const winner = loser === 'one' ? 'two' : 'one';
  assert.match(results[names.indexOf(loser)]?.faults[0]?.message ?? '', new RegExp(`thing/shop/${winner} `));
  const written = winners.flatMap((name) => (specs[name] ?? []).map(({ path }) => path)).sort();
  assert.deepEqual(
    (await world.files()).filter((path) => !path.startsWith('.')),
    written,
  );
  for (const name of losers) assert.equal(await world.record(name), undefined, name);
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
