import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pause } from '#controller/places.js';
import { type Task, WorkQueue, type WorkQueueOptions } from '#controller/work-queue.js';
import type { ObjectKey } from '#model/object.js';
import { FakeTimer, settled } from './fake-timer.js';

const key = (name: string, namespace = 'shop', kind = 'Thing'): ObjectKey => ({
  apiVersion: 'example.org/v1',
  kind,
  namespace,
  name,
});
const GROUP_KIND = 'example.org/Thing';

/** A queue whose work lasts until the test ends it. */
class Bench {
  readonly timer = new FakeTimer();
  readonly begun: string[] = [];
  readonly working = new Map<string, () => void>();
  readonly pauses = new Map<string, Pause>();
  readonly waited: number[] = [];
  readonly queue: WorkQueue;

  constructor(options: Partial<WorkQueueOptions> = {}) {
    const work = (task: Task): Promise<void> => this.#work(task);
    this.queue = new WorkQueue({
      timer: this.timer,
      random: () => 1,
      concurrency: 100,
      limitOf: () => 100,
      work,
      ...options,
    });
  }

  #work({ key: { name }, waited, pause }: Task): Promise<void> {
    assert.equal(this.working.has(name), false, `${name} is at work twice`);
    this.begun.push(name);
    this.waited.push(waited);
    this.pauses.set(name, pause);
    return new Promise((resolve) => {
      this.working.set(name, () => {
        this.working.delete(name);
        resolve();
      });
    });
  }

  async end(...names: string[]): Promise<void> {
    for (const name of names) this.working.get(name)?.();
    await settled();
  }
}

test('nothing begins before the start, and each due key begins once', () => {
  const { queue, begun } = new Bench();
  for (const name of ['a', 'b', 'a']) queue.add(key(name));
  assert.deepEqual(begun, []);
  queue.start();
  queue.start();
  assert.deepEqual(begun, ['a', 'b']);
});

test('a key that is added while it is at work is due once more afterwards, and never at work twice', async () => {
  const bench = new Bench();
  bench.queue.start();
  for (let time = 0; time < 3; time++) bench.queue.add(key('a'));
  assert.deepEqual(bench.begun, ['a']);
  await bench.end('a');
  assert.deepEqual(bench.begun, ['a', 'a']);
  await bench.end('a');
  assert.deepEqual([bench.begun.length, bench.queue.state().get(GROUP_KIND)], [2, { due: 0, working: 0, oldest: 0 }]);
});

test('one object in two versions of its kind is one key', () => {
  const { queue, begun } = new Bench();
  queue.add(key('a'));
  queue.add({ ...key('a'), apiVersion: 'example.org/v2' });
  queue.start();
  assert.deepEqual(begun, ['a']);
});

test('of several delays the earliest counts, and none that was set before the key was at work', async () => {
  const bench = new Bench();
  const { queue, timer, begun } = bench;
  queue.start();
  queue.addAfter(key('a'), 5000);
  queue.addAfter(key('a'), 2000);
  queue.addAfter(key('a'), 3000);
  await timer.pass(1999);
  assert.deepEqual(begun, []);
  await timer.pass(1);
  assert.deepEqual(begun, ['a']);
  queue.addAfter(key('a'), 1000);
  await timer.pass(1000);
  await bench.end('a');
  assert.deepEqual(begun, ['a', 'a']);
  await bench.end('a');
  queue.addAfter(key('a'), 1000);
  queue.add(key('a'));
  await bench.end('a');
  await timer.pass(10_000);
  assert.deepEqual([begun.length, timer.pending], [3, 0]);
  queue.addAfter(key('b'), 0);
  assert.deepEqual(begun.at(-1), 'b');
});

test('failures double the delay up to five minutes, and success forgets them', async () => {
  const { queue, timer, begun, ...bench } = new Bench();
  queue.start();
  const delays: number[] = [];
  for (let failures = 0; failures < 11; failures++) {
    queue.retry(key('a'));
    const started = timer.now();
    for (const before = begun.length; begun.length === before; ) await timer.pass(1000);
    delays.push((timer.now() - started) / 1000);
    for (const end of bench.working.values()) end();
    await settled();
  }
  assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  queue.forget(key('a'));
  queue.retry(key('a'));
  await timer.pass(1000);
  assert.equal(begun.length, 12);
});

test('chance makes a delay up to half as long', async () => {
  const { queue, timer, begun } = new Bench({ random: () => 0 });
  queue.start();
  queue.retry(key('a'));
  await timer.pass(499);
  assert.deepEqual(begun, []);
  await timer.pass(1);
  assert.deepEqual(begun, ['a']);
});

test('namespaces take turns, and so do kinds', async () => {
  const bench = new Bench({ concurrency: 1 });
  const { queue } = bench;
  for (let index = 0; index < 40; index++) queue.add(key(`many${index}`, 'crowd'));
  for (const name of ['x', 'y']) queue.add(key(name, 'calm'));
  queue.add(key('other', 'crowd', 'Gadget'));
  queue.start();
  for (let index = 0; index < 43; index++) await bench.end(...bench.working.keys());
  assert.deepEqual(bench.begun.slice(0, 6), ['many0', 'other', 'x', 'many1', 'y', 'many2']);
  assert.equal(bench.begun.length, 43);
  assert.deepEqual(
    bench.begun.slice(5),
    Array.from({ length: 38 }, (_, index) => `many${index + 2}`),
  );
});

test('an urgent key comes before others, also where it was at work when it became so', async () => {
  const bench = new Bench({ concurrency: 1 });
  const { queue, begun } = bench;
  queue.start();
  for (const name of ['a', 'b', 'c', 'd']) queue.add(key(name));
  queue.add(key('d'), true);
  queue.add(key('a'));
  queue.add(key('a'), true);
  queue.add(key('a'));
  for (let index = 0; index < 5; index++) await bench.end(...bench.working.keys());
  assert.deepEqual(begun, ['a', 'd', 'a', 'b', 'c']);
});

test('no more keys are in work at once than there may be, overall and of a kind', async () => {
  const limits = new Map([[GROUP_KIND, 2]]);
  const bench = new Bench({ concurrency: 3, limitOf: (kind) => limits.get(kind) ?? 5 });
  for (const name of ['a', 'b', 'c']) bench.queue.add(key(name));
  for (const name of ['x', 'y', 'z']) bench.queue.add(key(name, 'shop', 'Gadget'));
  bench.queue.start();
  assert.deepEqual([...bench.working.keys()].sort(), ['a', 'b', 'x']);
  await bench.end('x');
  assert.deepEqual([...bench.working.keys()].sort(), ['a', 'b', 'y']);
  await bench.end('y', 'z');
  limits.set(GROUP_KIND, 3);
  await bench.end('z');
  assert.deepEqual([...bench.working.keys()].sort(), ['a', 'b', 'c']);
});

test('a kind without places is held until the queue is told of some', () => {
  const limits = new Map([[GROUP_KIND, 0]]);
  const { queue, begun } = new Bench({ limitOf: (kind) => limits.get(kind) ?? 1 });
  queue.start();
  queue.add(key('a'));
  queue.add(key('x', 'shop', 'Gadget'));
  assert.deepEqual(begun, ['x']);
  limits.set(GROUP_KIND, 1);
  queue.refresh();
  assert.deepEqual(begun, ['x', 'a']);
});

test('who pauses gives its place up, and goes on before anything new begins', async () => {
  const bench = new Bench({ limitOf: () => 1 });
  for (const name of ['a', 'b', 'c']) bench.queue.add(key(name));
  bench.queue.start();
  assert.deepEqual(bench.begun, ['a']);
  const pause = bench.pauses.get('a') as Pause;
  const releases: (() => void)[] = [];
  const wait = (): Promise<void> => new Promise((resolve) => releases.push(resolve));
  let over = 0;
  for (let count = 0; count < 2; count++) void pause(wait).then(() => over++);
  assert.deepEqual(bench.begun, ['a', 'b']);
  bench.queue.add(key('a'));
  releases[0]?.();
  await settled();
  assert.equal(over, 1);
  releases[1]?.();
  await settled();
  assert.equal(over, 1);
  await bench.end('b');
  assert.deepEqual([over, bench.begun], [2, ['a', 'b']]);
  await bench.end('a');
  assert.deepEqual(bench.begun, ['a', 'b', 'c']);
});

test('what pauses ends though its kind is held or the queue has stopped', async () => {
  const limits = new Map([[GROUP_KIND, 1]]);
  const bench = new Bench({ limitOf: (kind) => limits.get(kind) ?? 1 });
  bench.queue.add(key('a'));
  bench.queue.start();
  let release: () => void = () => undefined;
  const result = (bench.pauses.get('a') as Pause)(
    () => new Promise<string>((resolve) => (release = () => resolve('commit'))),
  );
  limits.set(GROUP_KIND, 0);
  bench.queue.stop();
  release();
  assert.equal(await result, 'commit');
});

test('after a stop nothing begins, and a new start goes on with what is due', async () => {
  const bench = new Bench({ concurrency: 1 });
  bench.queue.start();
  for (const name of ['a', 'b']) bench.queue.add(key(name));
  bench.queue.stop();
  await bench.end('a');
  assert.deepEqual(bench.begun, ['a']);
  bench.queue.start();
  assert.deepEqual(bench.begun, ['a', 'b']);
});

test('a drained queue takes nothing more, forgets its delays, and tells whether all work was done in time', async () => {
  const bench = new Bench({ concurrency: 2 });
  const { queue, timer } = bench;
  queue.start();
  for (const name of ['a', 'b', 'c']) queue.add(key(name));
  queue.addAfter(key('d'), 1000);
  const drained = queue.drain(5000);
  assert.equal(timer.pending, 1);
  await bench.end('a');
  queue.add(key('e'));
  queue.addAfter(key('f'), 1000);
  queue.start();
  await bench.end('b');
  assert.equal(await drained, true);
  assert.deepEqual([bench.begun, timer.pending], [['a', 'b'], 0]);

  const late = new Bench();
  late.queue.start();
  late.queue.add(key('a'));
  const abandoned = late.queue.drain(5000);
  await late.timer.pass(5000);
  assert.equal(await abandoned, false);
  assert.equal(await new Bench().queue.drain(1), true);
});

test('the queue tells what is due, what is at work, and how long the first has waited', async () => {
  const bench = new Bench({ concurrency: 1 });
  const { queue, timer } = bench;
  queue.start();
  queue.add(key('a'));
  await timer.pass(10);
  queue.add(key('b', 'one'));
  await timer.pass(20);
  queue.add(key('c', 'two'));
  await timer.pass(30);
  assert.deepEqual(queue.state().get(GROUP_KIND), { due: 2, working: 1, oldest: 50 });
  await bench.end('a');
  assert.deepEqual([queue.state().get(GROUP_KIND), bench.waited], [{ due: 1, working: 1, oldest: 30 }, [0, 50]]);
});

test('a hundred thousand keys of a hundred namespaces are handed out in their turn', async () => {
  const done: string[] = [];
  const timer = new FakeTimer();
  const work = async ({ key: { name } }: Task): Promise<void> => void done.push(name);
  const queue = new WorkQueue({ timer, random: () => 1, concurrency: 16, limitOf: () => 16, work });
  for (let index = 0; index < 100_000; index++) queue.add(key(`k${index}`, `n${index % 100}`));
  queue.start();
  while (done.length < 100_000) await settled();
  assert.deepEqual([new Set(done).size, done[99], done[100]], [100_000, 'k99', 'k100']);
});
