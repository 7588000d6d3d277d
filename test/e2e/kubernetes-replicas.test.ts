import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#adapters/clock/system-clock.js';
import { EventRecorder } from '#adapters/kubernetes/events.js';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { LeaderElection } from '#adapters/kubernetes/lease.js';
import { EdictError } from '#errors/edict-error.js';
import { configMap, MANAGER, refusedWith, startWorld, until, type World } from './world.js';

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

test('one of two replicas leads, and the other takes over when it ends', async () => {
  await world.succeed(['create', 'namespace', 'edict-system']);
  const replica = (identity: string): LeaderElection =>
    new LeaderElection({
      client: world.client,
      namespace: 'edict-system',
      name: 'edict',
      identity,
      clock: systemClock,
      retryPeriod: 200,
    });
  const [first, second] = [replica('first'), replica('second')];
  const stop = new AbortController();
  await first.acquire(stop.signal);
  const held = first.hold(stop.signal);
  const acquired = second.acquire(new AbortController().signal);
  await sleep(600);
  assert.deepEqual([first.isLeading, second.isLeading], [true, false]);
  stop.abort();
  assert.equal(await held, 'released');
  await acquired;
  assert.deepEqual([first.isLeading, second.isLeading], [false, true]);
  const lease = JSON.parse(await world.succeed(['get', 'lease/edict', '-n', 'edict-system', '-o', 'json']));
  assert.equal(lease.spec.holderIdentity, 'second');
  assert.equal(lease.spec.leaseTransitions, 1);
});

test('what a frozen leader still wants to write is refused before it is sent', async () => {
  let isLeading = true;
  const frozen = new KubernetesCluster({
    client: world.client,
    guard: () => {
      if (!isLeading) throw new EdictError({ code: 'LeadershipLost', message: 'frozen', location: {} });
    },
  });
  await frozen.apply({ object: configMap('before', {}), fieldManager: MANAGER, force: false });
  isLeading = false;
  const late = frozen.apply({ object: configMap('late', {}), fieldManager: MANAGER, force: false });
  await assert.rejects(late, refusedWith('LeadershipLost'));
  assert.match((await world.plane.kubectl(['get', 'configmap/late'])).err, /not found/);
});

test('events reach kubectl, repetitions as a count', async () => {
  const cluster = new KubernetesCluster({ client: world.client });
  const object = await cluster.apply({ object: configMap('told-about', {}), fieldManager: MANAGER, force: false });
  const recorder = new EventRecorder({
    client: world.client,
    controller: 'edict.dev/engine',
    instance: 'test',
    clock: systemClock,
  });
  const notice = { object, type: 'Warning', reason: 'Denied', action: 'Reconcile', message: 'it may not' } as const;
  recorder.record(notice);
  const read = async (): Promise<{ items: { note: string; series?: { count: number } }[] }> =>
    JSON.parse(await world.succeed(['get', 'events.events.k8s.io', '--field-selector=reason=Denied', '-o', 'json']));
  await until(async () => (await read()).items.length === 1);
  for (let count = 0; count < 4; count++) recorder.record(notice);
  await until(async () => (await read()).items[0]?.series?.count === 5);
  await recorder.close();
  assert.match(await world.succeed(['events', '--for=configmap/told-about']), /Warning +Denied.*it may not/);
});
