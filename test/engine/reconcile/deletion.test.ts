import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#model/json.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { FINALIZER } from '#model/ownership.js';
import { CONFIG, mirror, THING } from './thing.js';
import { actions, condition, config, ended, file, World } from './world.js';

const phase = async (world: World, name: string) =>
  ((await world.get(THING, name)) as unknown as { status?: JsonObject } | null)?.status?.phase;

test('deletion never renders: it works though template and policies have faults', async () => {
  const never = () => {
    throw new Error('asked while deleting');
  };
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x')], files: [file('a', '1')] });
  await world.pass('one');
  assert.deepEqual((await world.get(THING, 'one'))?.metadata.finalizers, [FINALIZER]);
  await world.delete(THING, 'one');
  world.close();
  const broken = new World({
    root: world.root,
    template: { charts: never, desired: never, status: never },
    request: never,
    change: never,
  });
  const planned = await broken.pass('one', 'plan');
  assert.deepEqual(actions(planned), ['delete a', 'delete ConfigMap/x']);
  const pass = await broken.pass('one');
  assert.deepEqual([ended(pass), pass.deleting, broken.calls], ['settled', true, []]);
  assert.deepEqual([await broken.get(THING, 'one'), await broken.get(CONFIG, 'x')], [null, null]);
  assert.deepEqual(await broken.files(), []);
});

test('an object that is held up in its deletion tells so, with the fields of its template', async () => {
  const world = new World({
    template: {
      ...mirror,
      status: (_: unknown, { deleting }: JsonObject) => ({ phase: deleting === true ? 'Bad' : 'Good' }),
    },
    installation: { protected: { kinds: [CONFIG] } },
  });
  await world.thing('one', { resources: [config('x')], files: [file('a', '1')] });
  await world.pass('one');
  await world.delete(THING, 'one');
  assert.equal(ended(await world.pass('one')), 'stalled DeletionHeld');
  assert.deepEqual(
    [await phase(world, 'one'), condition(await world.get(THING, 'one'), 'Stalled')],
    ['Bad', 'True DeletionHeld'],
  );
  assert.notEqual(await world.get(CONFIG, 'x'), null);
});

test('the finalizers of replaced operators go with ours, and only when all is gone', async () => {
  const world = new World({ template: mirror, rule: { deletion: { finalizers: ['old.example.org/finalizer'] } } });
  await world.thing(
    'one',
    { files: [file('a', '1')], resources: [config('x', {}, { finalizers: ['example.org/slow'] })] },
    { finalizers: ['old.example.org/finalizer', 'other.example.org/keep'] },
  );
  await world.pass('one');
  await world.delete(THING, 'one');
  assert.equal(ended(await world.pass('one')), 'waiting Deleting');
  assert.equal((await world.get(THING, 'one'))?.metadata.finalizers?.length, 3);
  const child = (await world.get(CONFIG, 'x')) as KubernetesObject;
  await world.cluster.updateFinalizers({
    key: keyOf(child),
    uid: child.metadata.uid ?? '',
    remove: ['example.org/slow'],
  });
  assert.equal(ended(await world.pass('one')), 'settled');
  assert.deepEqual((await world.get(THING, 'one'))?.metadata.finalizers, ['other.example.org/keep']);
});

test('a finalizer is added only where garbage collection cannot do the work', async () => {
  for (const [spec, rule, held] of [
    [{ resources: [config('x')] }, {}, false],
    [{ files: [file('a', '1')] }, {}, true],
    [{ files: [file('a', '1')] }, { deletion: { files: 'Orphan' } }, false],
    [
      { resources: [config('x', {}, { namespace: 'elsewhere' })] },
      { writes: { resources: [{ ...CONFIG, namespaces: 'any' }] } },
      true,
    ],
    [
      { resources: [config('x', {}, { namespace: 'elsewhere' })] },
      { writes: { resources: [{ ...CONFIG, namespaces: 'any' }] }, deletion: { resources: 'Orphan' } },
      false,
    ],
  ] as const) {
    const world = new World({ template: mirror, rule: rule as unknown as JsonObject });
    await world.thing('one', spec as unknown as JsonObject);
    assert.equal(ended(await world.pass('one')), 'settled');
    assert.equal(
      (await world.get(THING, 'one'))?.metadata.finalizers?.includes(FINALIZER) ?? false,
      held,
      JSON.stringify([spec, rule]),
    );
  }
});

test('an object that stops matching is treated as deleted, and its status is left to others', async () => {
  const world = new World({ template: mirror, rule: { for: { ...THING, where: 'self.spec.ours == true' } } });
  await world.thing('one', { ours: true, resources: [config('x')], files: [file('a', '1')] });
  await world.pass('one');
  const { status } = (await world.get(THING, 'one')) as unknown as { status: JsonObject };
  await world.thing('one', { ours: false });
  const pass = await world.pass('one');
  assert.deepEqual([ended(pass), pass.deleting], ['settled', true]);
  assert.deepEqual([await world.get(CONFIG, 'x'), await world.files()], [null, []]);
  const left = (await world.get(THING, 'one')) as unknown as { status: JsonObject; metadata: JsonObject };
  assert.deepEqual([left.status, left.metadata.finalizers], [status, undefined]);

  await world.thing('two', { ours: false });
  await world.pass('two');
  assert.equal((await world.get(THING, 'two'))?.status, undefined);
  await world.thing('three', {});
  assert.equal(ended(await world.pass('three')), 'stalled ExpressionFailed', 'a pass never throws');
});

test('a wave is awaited by passes after the one that began it', async () => {
  const world = new World({ template: mirror });
  const slow = config('top', {}, { finalizers: ['example.org/slow'] });
  const resources = [config('base'), { wave: 1, object: slow }];
  await world.thing('one', { resources }, { finalizers: ['example.org/keep'] });
  await world.pass('one');
  await world.delete(THING, 'one');
  for (let pass = 0; pass < 2; pass++) {
    const { outcome } = await world.pass('one');
    assert.match(outcome.state === 'waiting' ? outcome.message : '', /ConfigMap\/shop\/top is still there/);
    assert.notEqual(await world.get(CONFIG, 'base'), null);
  }
  const top = await world.get(CONFIG, 'top');
  const key = { ...CONFIG, namespace: 'shop', name: 'top' };
  await world.cluster.updateFinalizers({ key, uid: top?.metadata.uid ?? '', remove: ['example.org/slow'] });
  assert.equal(ended(await world.pass('one')), 'settled');
  assert.equal(await world.get(CONFIG, 'base'), null);
});

test('who deletes an object and lets its dependents be keeps all that exists for it', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x')], files: [file('a', '1')] }, { finalizers: ['orphan'] });
  await world.pass('one');
  await world.delete(THING, 'one');
  const pass = await world.pass('one');
  assert.deepEqual([ended(pass), actions(pass)], ['settled', ['none ConfigMap/x', 'orphan a']]);
  assert.deepEqual([(await world.get(CONFIG, 'x')) !== null, await world.text('a')], [true, '1']);
  assert.deepEqual((await world.get(THING, 'one'))?.metadata.finalizers, ['orphan']);
});

test('what edict.yaml protects has no owner reference, and its owner is held instead', async () => {
  const world = new World({ template: mirror, installation: { protected: { labels: { keep: 'always' } } } });
  await world.thing('one', { resources: [config('x', {}, { labels: { keep: 'always' } }), config('y')] });
  await world.pass('one');
  assert.equal((await world.get(CONFIG, 'x'))?.metadata.ownerReferences, undefined);
  assert.equal((await world.get(CONFIG, 'y'))?.metadata.ownerReferences?.length, 1);
  assert.deepEqual((await world.get(THING, 'one'))?.metadata.finalizers, [FINALIZER]);
  await world.delete(THING, 'one');
  assert.equal(ended(await world.pass('one')), 'stalled DeletionHeld');
});
