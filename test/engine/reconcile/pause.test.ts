import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FINALIZER } from '#model/ownership.js';
import { CONFIG, mirror, THING } from './thing.js';
import { actions, condition, config, ended, file, World } from './world.js';

const paused = (value: string) => ({ annotations: { 'edict.dev/paused': value } });

test('nothing is written for a paused object but that it is paused, and its plan still tells what would be', async () => {
  const world = new World({ template: mirror });
  const spec = { resources: [config('x')], files: [file('a', '1')] };
  await world.thing('one', spec, paused('true'));
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'waiting Paused');
  assert.match(pass.outcome.state === 'waiting' ? pass.outcome.message : '', /edict\.dev\/paused/);
  const object = await world.get(THING, 'one');
  assert.deepEqual(
    ['Ready', 'Reconciling', 'Stalled'].map((type) => condition(object, type)),
    ['False Paused', 'True Paused', 'False Paused'],
  );
  assert.deepEqual([object?.metadata.finalizers, await world.get(CONFIG, 'x')], [undefined, null]);
  assert.deepEqual(await world.files(), []);
  assert.deepEqual(actions(await world.pass('one', 'plan')), ['create a', 'create ConfigMap/x']);

  await world.thing('one', spec, paused('false'));
  assert.equal(ended(await world.pass('one')), 'settled');
  assert.notEqual(await world.get(CONFIG, 'x'), null);
});

test('the template tells the status of a paused object by what there is', async () => {
  const world = new World({
    template: { ...mirror, status: ({ children }) => ({ note: Object.keys(children).join() }) },
  });
  await world.thing('one', { resources: [config('x')] });
  await world.pass('one');
  await world.thing('one', { resources: [config('x'), config('y')] }, paused('until I am back'));
  assert.equal(ended(await world.pass('one')), 'waiting Paused');
  const { status } = (await world.get(THING, 'one')) as unknown as { status: { note: string } };
  assert.equal(status.note, 'ConfigMap/shop/x');
});

test('the deletion of a paused object waits, and goes on when it is no longer paused', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x')], files: [file('a', '1')] });
  await world.pass('one');
  await world.thing('one', { resources: [config('x')], files: [file('a', '1')] }, paused('true'));
  await world.delete(THING, 'one');
  const pass = await world.pass('one');
  assert.deepEqual([ended(pass), pass.deleting], ['waiting Paused', true]);
  assert.deepEqual(actions(pass), ['delete a', 'delete ConfigMap/x']);
  assert.deepEqual((await world.get(THING, 'one'))?.metadata.finalizers, [FINALIZER]);
  assert.notEqual(await world.get(CONFIG, 'x'), null);
  assert.equal(condition(await world.get(THING, 'one'), 'Reconciling'), 'True Paused');

  await world.thing('one', { resources: [config('x')] }, { annotations: {} });
  assert.equal(ended(await world.pass('one')), 'settled');
  assert.deepEqual([await world.get(THING, 'one'), await world.get(CONFIG, 'x')], [null, null]);
  assert.deepEqual(await world.files(), []);
});
