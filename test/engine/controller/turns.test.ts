import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemTimer } from '#adapters/clock/system-timer.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import { THING } from '../reconcile/thing.js';
import { config } from '../reconcile/world.js';
import { Bench } from './bench.js';

test('whatever else is due has a turn between the beginnings of two passes that take long', async () => {
  const order: string[] = [];
  const cluster = (world: ClusterReader): Partial<ClusterReader> => ({
    get: (key) => {
      if (key.kind === THING.kind && !order.includes(key.name)) order.push(key.name);
      return world.get(key);
    },
  });
  let time = 0;
  const now = (): number => (time += 10);
  const timer = { ...systemTimer, now, after: () => () => undefined };
  const bench = new Bench({ cluster, controller: { timer } });
  const names = Array.from({ length: 20 }, (_, index) => `thing-${10 + index}`);
  for (const name of names) await bench.world.thing(name, { resources: [config(`c-${name}`)] });
  order.length = 0;
  let isOver = false;
  const tick = (): void => {
    if (order.at(-1) !== 'tick') order.push('tick');
    if (!isOver) setImmediate(tick);
  };
  tick();
  await bench.controller.start();
  await bench.quiet();
  isOver = true;
  assert.deepEqual(
    order.filter((each) => each !== 'tick'),
    names,
  );
  const neighbours = order.flatMap((each, index) => (each === 'tick' || order[index + 1] === 'tick' ? [] : [each]));
  assert.deepEqual(neighbours, []);
});
