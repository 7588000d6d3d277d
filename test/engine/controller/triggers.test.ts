import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#model/json.js';
import { CONFIG, type Facts, mirror, THING } from '../reconcile/thing.js';
import { condition, config } from '../reconcile/world.js';
import { Bench } from './bench.js';
import { settled } from './fake-timer.js';

test('another catalog wakes only objects of rules that differ', async () => {
  const bench = new Bench();
  await bench.world.thing('one', { resources: [] });
  await bench.controller.start();
  await bench.quiet();
  bench.passes();
  const reload = (change: JsonObject): Promise<void> => {
    const [entry] = bench.engine.catalog.entries;
    const entries = entry === undefined ? [] : [{ ...entry, ...change }];
    return bench.controller.reload({ ...bench.engine, catalog: { ...bench.engine.catalog, entries } });
  };
  await reload({});
  await bench.quiet();
  assert.deepEqual(bench.passes(), []);
  await reload({ revision: 'another' });
  await bench.quiet();
  assert.deepEqual(bench.passes(), ['one settled']);
  await bench.controller.reload({ ...bench.engine, catalog: { ...bench.engine.catalog, entries: [] } });
  await bench.world.thing('two', { resources: [] });
  await bench.quiet();
  assert.deepEqual(bench.passes(), []);
});

test('objects that were made or changed while nobody was at work come before those that only have to be looked at', async () => {
  const bench = new Bench({ controller: { concurrency: 1 } });
  const { world, controller } = bench;
  for (const name of ['a', 'b', 'c', 'd']) {
    await world.thing(name, { resources: [] });
    await world.pass(name);
  }
  await world.thing('c', { resources: [], more: true });
  await world.thing('e', { resources: [] });
  await controller.start();
  await bench.quiet();
  assert.deepEqual(
    bench.passes(),
    ['c', 'e', 'a', 'b', 'd'].map((name) => `${name} settled`),
  );
});

test('a pass that has begun ends by the catalog that it began with, which is waited for', async () => {
  let open: () => void = () => undefined;
  const held = new Promise<void>((done) => {
    open = done;
  });
  let isHeld = false;
  const bench = new Bench({
    cluster: (cluster) => ({
      get: async (key) => {
        if (isHeld && key.name === 'one') await held;
        return cluster.get(key);
      },
    }),
  });
  const { controller, engine } = bench;
  await controller.start();
  isHeld = true;
  await bench.world.thing('one', { resources: [] });
  await settled();
  await controller.reload({ ...engine, catalog: { ...engine.catalog, revision: 'another' } });
  let isRenewed = false;
  const renewed = controller.renewed().then(() => {
    isRenewed = true;
  });
  await settled();
  assert.equal(isRenewed, false);
  open();
  await renewed;
  assert.deepEqual(bench.passes(), ['one settled']);
  await controller.renewed();
});

test('a catalog that cannot be loaded leaves the one before in force', async () => {
  let broken = false;
  const bench = new Bench({
    cluster: (cluster) => ({
      list: (query) => (broken ? Promise.reject(new Error('no')) : cluster.list(query)),
    }),
  });
  await bench.controller.start();
  broken = true;
  await assert.rejects(bench.controller.reload(bench.engine));
  broken = false;
  await bench.world.thing('one', { resources: [] });
  await bench.quiet();
  assert.deepEqual(bench.passes(), ['one settled']);
});

test('changes of others lead to one pass in the time of the throttle, changes of the object itself at once', async () => {
  const bench = new Bench({
    rule: {
      triggers: { throttle: '5s' },
      reads: { resources: [{ as: 'base', ...THING, name: { path: 'spec.base' } }] },
    },
  });
  const { world, controller, timer } = bench;
  const base = (size: number) =>
    world.store({ ...THING, metadata: { namespace: 'shop', name: 'base' }, spec: { size } });
  await base(1);
  await world.thing('user', { base: 'base' });
  await controller.start();
  await bench.quiet();
  await timer.pass(10_000);
  bench.passes();
  const ofUser = (): number => bench.passes().filter((pass) => pass.startsWith('user')).length;
  await base(2);
  await bench.quiet();
  assert.equal(ofUser(), 1);
  for (const size of [3, 4, 5]) await base(size);
  await bench.quiet();
  assert.equal(ofUser(), 0);
  await timer.pass(5000);
  await bench.quiet();
  assert.equal(ofUser(), 1);
  await world.thing('user', { base: 'base', more: true });
  await bench.quiet();
  assert.equal(ofUser(), 1);
});

test('with a clock every object that looks at the time is looked at once in each step of it, and no other', async () => {
  const desired = ({ object, time }: Facts) => ({ resources: [config(object.metadata.name, { time: time ?? '' })] });
  const template = {
    desired: (facts: Facts) => (facts.object.metadata.name === 'idle' ? { resources: [] } : desired(facts)),
  };
  const bench = new Bench({ rule: { triggers: { clock: '1m' } }, template });
  for (const name of ['a', 'b', 'idle']) await bench.world.thing(name);
  await bench.controller.start();
  await bench.quiet();
  await bench.timer.pass(60_000);
  bench.passes();
  await bench.timer.pass(180_000);
  assert.deepEqual(
    [...bench.passes()].sort(),
    ['a', 'a', 'a', 'b', 'b', 'b'].map((name) => `${name} settled`),
  );
});

/** Two objects of which each writes what the other reads, and counts up: no end to it. */
const counting = {
  reads: { resources: [{ as: 'other', ...CONFIG, name: { path: 'spec.reads' } }] },
  template: {
    desired: ({ object: { metadata, spec }, related }: Facts) => {
      const data = (related.other as { data?: { count?: string } } | null)?.data;
      const count = spec.still === true ? 0 : Number(data?.count ?? 0) + 1;
      return { resources: [config(metadata.name, { count: String(count) })] };
    },
  },
};

test('rules that undo each other’s work are stopped, named in the status, and tried again when one of the loop changes', async () => {
  const bench = new Bench({ rule: { reads: counting.reads }, template: counting.template });
  const { world, controller } = bench;
  await controller.start();
  await world.thing('a', { reads: 'b' });
  await world.thing('b', { reads: 'a' });
  await bench.quiet();
  const stopped = bench.passes().filter((pass) => pass.endsWith('stalled Unsettled'));
  assert.equal(stopped.length, 1);
  const [name = '', other = ''] = stopped[0]?.startsWith('a') ? ['a', 'b'] : ['b', 'a'];
  const stalled = await world.get(THING, name);
  assert.equal(condition(stalled, 'Stalled'), 'True Unsettled');
  assert.match(
    JSON.stringify(stalled),
    /Thing\/shop\/a \(rule test\/thing\), Thing\/shop\/b|Thing\/shop\/b \(rule test\/thing\), Thing\/shop\/a/,
  );
  assert.equal(condition(await world.get(THING, other), 'Ready'), 'True Settled');
  await world.delete(CONFIG, name);
  await bench.timer.pass(10_000_000);
  await bench.quiet();
  assert.equal(await world.get(CONFIG, name), null);
  await world.thing(other, { reads: name, still: true });
  await bench.quiet();
  assert.equal(condition(await world.get(THING, name), 'Ready'), 'True Settled');
});

test('an object that follows a world that changes often is no loop', async () => {
  const bench = new Bench({ rule: { reads: counting.reads }, template: counting.template });
  await bench.controller.start();
  await bench.world.thing('a', { reads: 'outside' });
  for (let count = 0; count < 60; count++) {
    await bench.world.store({
      ...CONFIG,
      metadata: { namespace: 'shop', name: 'outside' },
      data: { count: String(count) },
    });
    if (count % 3 === 0) await bench.quiet();
  }
  await bench.quiet();
  assert.deepEqual(
    bench.passes().filter((pass) => pass !== 'a settled'),
    [],
  );
});

test('an object is looked at again when a chart of it has changed', async () => {
  let digest = '1';
  const bench = new Bench({
    installation: { remotes: [{ name: 'charts', kind: 'oci', url: 'oci://charts.example.org' }] },
    rule: { reads: { charts: [{ remote: 'charts' }] } },
    template: { ...mirror, charts: () => [{ repository: 'charts', chart: 'web', version: '^1' }] },
    engine: (engine) => ({
      ...engine,
      charts: { read: async () => ({ metadata: { name: 'web' }, values: {}, profiles: {}, digest }) },
    }),
  });
  await bench.world.thing('one', { resources: [] });
  await bench.controller.start();
  await bench.quiet();
  bench.passes();
  await bench.timer.pass(300_000);
  await bench.quiet();
  assert.deepEqual(bench.passes(), []);
  digest = '2';
  await bench.timer.pass(300_000);
  await bench.quiet();
  assert.deepEqual(bench.passes(), ['one settled']);
});
