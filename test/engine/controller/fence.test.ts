import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leadership } from '#controller/leadership.js';
import { CONFIG, THING } from '../reconcile/thing.js';
import { condition, config, file } from '../reconcile/world.js';
import { Bench } from './bench.js';
import { settled } from './fake-timer.js';

/** Whether this process leads, as a test says. */
class Election implements Leadership {
  readonly #listeners = new Set<() => void>();
  leads = false;
  isLeader(): boolean {
    return this.leads;
  }
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  set(leads: boolean): void {
    this.leads = leads;
    for (const listener of this.#listeners) listener();
  }
}

test('only the leader works, and one that has lost its lease begins nothing and writes nothing more', async () => {
  const leadership = new Election();
  let render: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (render = resolve));
  const bench = new Bench({
    controller: { leadership },
    engine: (engine) => ({
      ...engine,
      templates: {
        call: async (call) => {
          if (call.function === 'desired') await held;
          return engine.templates.call(call);
        },
      },
    }),
  });
  await bench.world.thing('one', { resources: [config('c')] });
  await bench.controller.start();
  await settled();
  assert.equal(bench.world.calls.length, 0);
  leadership.set(true);
  await settled();
  // The lease ends while a pass renders, and nobody tells of it: what was frozen cannot know.
  leadership.leads = false;
  render();
  await settled();
  assert.deepEqual([await bench.world.get(CONFIG, 'c'), bench.passes()], [null, []]);
  leadership.set(false);
  await bench.world.thing('two', { resources: [] });
  await settled();
  assert.deepEqual(bench.passes(), []);
  leadership.set(true);
  await bench.quiet();
  assert.deepEqual([...new Set(bench.passes())].sort(), ['one settled', 'two settled']);
});

test('at the end what has begun to write comes to its end, and what has not writes nothing', async () => {
  const gates = new Map<string, () => void>();
  const reached = (name: string): Promise<void> => new Promise((resolve) => gates.set(name, resolve));
  const bench = new Bench({
    engine: (engine) => ({
      ...engine,
      templates: {
        call: async (call) => {
          if (call.function === 'desired' && call.object === 'Thing/shop/renders') await reached('renders');
          return engine.templates.call(call);
        },
      },
      writer: {
        apply: async (request) => {
          if (request.object.metadata.name === 'first') await reached('first');
          return engine.writer.apply(request);
        },
        delete: (request) => engine.writer.delete(request),
        updateStatus: (request) => engine.writer.updateStatus(request),
        updateFinalizers: (request) => engine.writer.updateFinalizers(request),
      },
    }),
  });
  const { world, controller } = bench;
  await world.thing('renders', { resources: [config('never')] });
  await world.thing('writes', { resources: [config('first'), config('second')], files: [file('f', '1')] });
  await controller.start();
  while (gates.size < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  const stopped = controller.stop(10_000);
  for (const open of gates.values()) open();
  assert.equal(await stopped, true);
  assert.deepEqual([bench.passes(), bench.timer.pending], [['writes settled'], 0]);
  const found = await Promise.all(['never', 'first', 'second'].map((name) => world.get(CONFIG, name)));
  assert.deepEqual(
    found.map((object) => object !== null),
    [false, true, true],
  );
  assert.equal(condition(await world.get(THING, 'writes'), 'Ready'), 'True Settled');
  await world.thing('late', { resources: [] });
  await settled();
  assert.deepEqual(bench.passes(), []);
});

test('after the deadline nobody writes any more, whatever has begun', async () => {
  let open: () => void = () => undefined;
  const bench = new Bench({
    engine: (engine) => ({
      ...engine,
      writer: {
        apply: async (request) => {
          if (request.object.metadata.name === 'first') await new Promise<void>((resolve) => (open = resolve));
          return engine.writer.apply(request);
        },
        delete: (request) => engine.writer.delete(request),
        updateStatus: (request) => engine.writer.updateStatus(request),
        updateFinalizers: (request) => engine.writer.updateFinalizers(request),
      },
    }),
  });
  await bench.world.thing('one', { resources: [config('first'), { wave: 1, object: config('second') }] });
  await bench.controller.start();
  await settled();
  const stopped = bench.controller.stop(1000);
  await bench.timer.pass(1000);
  assert.equal(await stopped, false);
  open();
  await settled();
  const found = await Promise.all(['first', 'second'].map((name) => bench.world.get(CONFIG, name)));
  assert.deepEqual([found.map((object) => object !== null), bench.passes()], [[true, false], []]);
});
