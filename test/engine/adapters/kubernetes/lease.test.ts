import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { LeaderElection, type LeaseOptions } from '#adapters/kubernetes/lease.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import { FakeApiServer, json, refuse, until } from './fake-api-server.js';

interface Lease {
  metadata: { resourceVersion?: string };
  spec: { holderIdentity?: string; leaseTransitions: number; leaseDurationSeconds: number };
}

const LEASES = /^\/apis\/coordination\.k8s\.io\/v1\/namespaces\/edict-system\/leases/;
let server: FakeApiServer;
let client: RestClient;
let lease: Lease | undefined;
let now: number;
/** Whether the server answers at all. */
let isUp: boolean;

beforeEach(async () => {
  server = await FakeApiServer.start();
  client = new RestClient(server.connection());
  [lease, now, isUp] = [undefined, 0, true];
  for (const method of ['GET', 'POST', 'PUT']) server.on(method, LEASES, serve);
});
afterEach(async () => {
  client.close();
  await server.close();
});

async function serve(request: Parameters<Parameters<FakeApiServer['on']>[2]>[0], response: Parameters<typeof json>[0]) {
  if (!isUp) return void response.destroy();
  if (request.method === 'GET')
    return lease === undefined ? refuse(response, 404, 'NotFound', 'none') : json(response, 200, lease);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Lease;
  if (body.metadata.resourceVersion !== lease?.metadata.resourceVersion)
    return refuse(response, 409, 'Conflict', 'changed');
  const version = String(Number(lease?.metadata.resourceVersion ?? '0') + 1);
  lease = { ...body, metadata: { ...body.metadata, resourceVersion: version } };
  return json(response, 200, lease);
}

/** A replica for which time passes only while it waits. */
function replica(identity: string, more: Partial<LeaseOptions> = {}): LeaderElection {
  return new LeaderElection({
    client,
    namespace: 'edict-system',
    name: 'edict',
    identity,
    clock: { now: () => 0 },
    monotonic: () => now,
    pause: async (milliseconds, signal) => {
      await setImmediate(undefined, signal === undefined ? {} : { signal });
      now += milliseconds;
    },
    ...more,
  });
}

const never = (): AbortSignal => new AbortController().signal;

test('the first leads, and leaves the lease to the next when it ends', async () => {
  const leaders: string[] = [];
  const first = replica('first');
  await first.acquire(never());
  assert.equal(first.isLeading, true);
  assert.deepEqual(lease?.spec.holderIdentity, 'first');
  const stop = new AbortController();
  const held = first.hold(stop.signal);
  const second = replica('second', { onNewLeader: (leader) => leaders.push(leader) });
  const acquired = second.acquire(never());
  await until(() => leaders.length === 1);
  stop.abort();
  assert.equal(await held, 'released');
  assert.equal(first.isLeading, false);
  await acquired;
  assert.equal(lease?.spec.holderIdentity, 'second');
  assert.equal(lease?.spec.leaseTransitions, 1);
  assert.deepEqual(leaders, ['first', 'second']);
});

test('a leader that says nothing is waited for as long as its lease lasts, by the clock of who waits', async () => {
  await replica('first').acquire(never());
  const begun = now;
  const second = replica('second');
  await second.acquire(never());
  assert.ok(now - begun >= 15_000 && now - begun < 20_000, String(now - begun));
});

test('a leader that cannot renew gives up before others may begin', async () => {
  const first = replica('first');
  await first.acquire(never());
  isUp = false;
  const begun = now;
  assert.equal(await first.hold(never()), 'lost');
  assert.ok(now - begun >= 10_000 && now - begun < 15_000, String(now - begun));
  assert.throws(() => first.assertLeading(), /LeadershipLost/);
});

test('a leader that was frozen does not lead when it wakes, not even where nobody took its place', async () => {
  const first = replica('first');
  await first.acquire(never());
  first.assertLeading();
  now += 60_000;
  assert.throws(() => first.assertLeading(), /LeadershipLost/);
  assert.equal(await first.hold(never()), 'lost');
});

test('of two that want the same lease at once, one gets it', async () => {
  const replicas = [replica('first'), replica('second')];
  const stop = new AbortController();
  const attempts = replicas.map((each) => each.acquire(stop.signal));
  await Promise.race(attempts);
  assert.equal(replicas.filter(({ isLeading }) => isLeading).length, 1);
  stop.abort();
  await Promise.allSettled(attempts);
});

test('a leader that was pushed out stops at once', async () => {
  const first = replica('first');
  await first.acquire(never());
  const spec = { holderIdentity: 'second', leaseTransitions: 1, leaseDurationSeconds: 15 };
  lease = { metadata: { resourceVersion: '77' }, spec };
  const begun = now;
  assert.equal(await first.hold(never()), 'lost');
  assert.ok(now - begun < 3_000);
  assert.equal(lease.spec.holderIdentity, 'second');
});
