import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Controller, type ControllerOptions, type PassNotice } from '#controller/controller.js';
import { EdictError } from '#errors/edict-error.js';
import { inventoryKey, parseInventory } from '#model/inventory.js';
import type { Submission } from '#publish/integrate.js';
import type { Engine } from '#reconcile/engine.js';
import { STAGES } from '#reconcile/stopwatch.js';
import { CONFIG, SECRET, THING } from '../reconcile/thing.js';
import { condition, config, file } from '../reconcile/world.js';
import { Bench } from './bench.js';
import { settled } from './fake-timer.js';

test('existing objects, new ones and changed ones are looked at, and afterwards nothing until something changes', async () => {
  const bench = new Bench();
  const { world, controller } = bench;
  await world.thing('one', { resources: [config('c1', { a: '1' })] });
  await controller.start();
  await bench.quiet();
  assert.equal(condition(await world.get(THING, 'one'), 'Ready'), 'True Settled');
  await world.thing('two', { resources: [config('c2')] });
  await bench.quiet();
  assert.ok((await world.get(CONFIG, 'c2')) !== null);
  bench.passes();
  await world.thing('one', { resources: [config('c1', { a: '2' })] });
  await bench.quiet();
  assert.deepEqual(new Set(bench.passes()), new Set(['one settled']));
  await bench.timer.pass(60_000);
  assert.deepEqual(bench.passes(), []);
});

test('a child that somebody changes or deletes is put right, and a deleted object goes with everything', async () => {
  const bench = new Bench();
  const { world, controller } = bench;
  await world.thing('one', { resources: [config('c', { a: '1' })], files: [file('f', '1')] });
  await controller.start();
  await bench.quiet();
  await world.delete(CONFIG, 'c');
  await bench.quiet();
  assert.ok((await world.get(CONFIG, 'c')) !== null);
  await world.delete(THING, 'one');
  await bench.quiet();
  assert.deepEqual([await world.get(THING, 'one'), await world.get(CONFIG, 'c')], [null, null]);
  assert.equal(await world.text('f'), undefined);
  assert.equal(bench.timer.pending, 1);
});

test('observers are told of objects that are gone', async () => {
  const gone: string[] = [];
  const bench = new Bench({
    controller: { observers: [{ onPass: () => undefined, onGone: ({ name }) => void gone.push(name) }] },
  });
  await bench.world.thing('one', { resources: [] });
  await bench.world.thing('two', { resources: [] });
  await bench.controller.start();
  await bench.quiet();
  assert.deepEqual(gone, []);
  await bench.world.delete(THING, 'one');
  await bench.quiet();
  assert.deepEqual([...new Set(gone)], ['one']);
});

test('every outcome leads to what its type says', async () => {
  const bench = new Bench({ rule: { triggers: { resync: '20m' } } });
  const { world, controller, timer } = bench;
  await world.thing('good', { resources: [] });
  await world.thing('waits', { waiting: 'for a database' });
  await world.thing('bad', { stalled: 'too large' });
  await controller.start();
  await bench.quiet();
  assert.deepEqual([...bench.passes()].sort(), ['bad stalled BadSize', 'good settled', 'waits waiting NoDatabase']);
  await timer.pass(5000);
  await bench.quiet();
  assert.deepEqual(bench.passes(), ['waits waiting NoDatabase']);
  await world.thing('waits', { resources: [] });
  await bench.quiet();
  bench.passes();
  await timer.pass(600_000);
  await bench.quiet();
  assert.deepEqual(bench.passes(), ['bad stalled BadSize']);
  await timer.pass(600_000);
  await bench.quiet();
  assert.deepEqual([...bench.passes()].sort(), ['bad stalled BadSize', 'good settled', 'waits settled']);
});

const REFUSALS = [
  ['RepositoryUnavailable', 'failed'],
  ['ClusterForbidden', 'stalled'],
] as const;

for (const [code, state] of REFUSALS) {
  test(`what nobody tells the end of is tried again with growing delays, and keeps no other object: ${code}`, async () => {
    let broken = true;
    const submit = (world: Engine) => (submission: Submission) =>
      broken ? Promise.reject(new EdictError({ code, message: 'down', location: {} })) : world.queue.submit(submission);
    const bench = new Bench({ engine: (engine) => ({ ...engine, queue: { submit: submit(engine) } }) });
    await bench.world.thing('files', { files: [file('f', '1')] });
    await bench.world.thing('other', { resources: [config('c')] });
    await bench.controller.start();
    await bench.quiet();
    assert.deepEqual(new Set(bench.passes()), new Set([`files ${state} ${code}`, 'other settled']));
    for (const delay of [750, 1500, 3000]) {
      await bench.timer.pass(delay - 1);
      assert.deepEqual(bench.passes(), []);
      await bench.timer.pass(1);
      await bench.quiet();
      assert.deepEqual(bench.passes(), [`files ${state} ${code}`]);
    }
    broken = false;
    await bench.timer.pass(6000);
    await bench.quiet();
    assert.deepEqual(bench.passes(), ['files settled']);
  });
}

test('what throws is a failure of that object alone, and an observer that throws is a defect of nobody else', async () => {
  const bench = new Bench({
    cluster: (cluster) => ({
      get: (key) => (key.name === 'cursed' ? Promise.reject(new Error('a defect')) : cluster.get(key)),
    }),
  });
  const observers = [
    {
      onPass: () => {
        throw new Error('no disk for logs');
      },
    },
    { onPass: (notice: PassNotice) => void bench.notices.push(notice) },
  ];
  const controller = new Controller({ ...optionsOf(bench), observers });
  await bench.world.thing('cursed');
  await bench.world.thing('fine');
  await controller.start();
  await settled();
  while ([...controller.state().values()].some(({ due, working }) => due + working > 0)) await settled();
  assert.deepEqual([...bench.passes()].sort(), ['cursed failed InternalFault', 'fine settled']);
  assert.equal(bench.defects.length, 2);
  await controller.stop(0);
});

test('objects that are the first to write their kinds at once are all in the record of their rule', async () => {
  const bench = new Bench();
  const { world, controller } = bench;
  await world.thing('one', { resources: [config('c')] });
  await world.thing('two', { resources: [{ ...SECRET, metadata: { name: 's' } }] });
  await world.thing('three', { resources: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }] });
  await controller.start();
  await bench.quiet();
  const { kinds } = parseInventory(await world.cluster.get(inventoryKey(world.entry.rule)));
  assert.deepEqual(
    kinds.map(({ kind }) => kind),
    ['ConfigMap', 'Pod', 'Secret'],
  );
});

test('what each stage of a pass takes is told where somebody measures, as far as the pass came', async () => {
  let now = 0;
  const bench = new Bench({ controller: { monotonic: () => now++ } });
  await bench.world.thing('whole', { resources: [] });
  await bench.world.thing('waits', { waiting: 'for a database' });
  await bench.controller.start();
  await bench.quiet();
  const stages = new Map(bench.notices.map(({ key, stages: durations }) => [key.name, durations]));
  assert.deepEqual(
    [...(stages.get('whole') ?? [])].map(([stage]) => stage),
    [...STAGES],
  );
  assert.deepEqual(
    [...(stages.get('waits') ?? [])].map(([stage]) => stage),
    ['observe', 'judge', 'render', 'report'],
  );
  for (const duration of stages.get('whole')?.values() ?? []) assert.ok(duration > 0);
  const silent = new Bench();
  await silent.world.thing('one', { resources: [] });
  await silent.controller.start();
  await silent.quiet();
  assert.deepEqual(
    silent.notices.map(({ stages: durations }) => durations.size),
    [0],
  );
});

function optionsOf({ engine, timer, defects }: Bench): ControllerOptions {
  return { engine, timer, random: () => 0.5, concurrency: 10, defect: (error) => defects.push(error) };
}
