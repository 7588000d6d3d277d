import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KindReference } from '#model/object.js';
import type { Availability } from '#observe/cluster-reader.js';
import { config } from '../reconcile/world.js';
import { Bench } from './bench.js';

test('no pass begins before all kinds of its rule were read, and objects of which no event told are found then', async () => {
  const states = new Map<string, Availability>([['Pod', 'syncing']]);
  const bench = new Bench({
    cluster: (cluster) => ({
      availability: (kind: KindReference) => Promise.resolve(states.get(kind.kind) ?? cluster.availability(kind)),
    }),
  });
  states.set('Thing', 'syncing');
  await bench.world.thing('early', { resources: [config('c')] });
  await bench.controller.start();
  await bench.timer.pass(5000);
  assert.deepEqual(bench.passes(), []);
  assert.deepEqual(
    bench.controller.held.map(({ rule }) => rule.slug),
    ['thing'],
  );
  states.delete('Thing');
  await bench.timer.pass(5000);
  assert.deepEqual(bench.passes(), []);
  states.set('Pod', 'absent');
  bench.controller.kindChanged({ apiVersion: 'v1', kind: 'Pod' });
  await bench.quiet();
  assert.deepEqual([bench.passes(), bench.controller.held], [['early waiting KindUnavailable'], []]);
  states.delete('Pod');
  bench.controller.kindChanged({ apiVersion: 'v1', kind: 'Pod' });
  await bench.quiet();
  assert.equal(bench.passes()[0], 'early settled');
});
