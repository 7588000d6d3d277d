import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countWrites } from '../testbed/api-metrics.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { startControlPlane } from '../testbed/start-control-plane.js';
import { install, RunningEdict } from './running-edict.js';

const NAMESPACE = 'avs';
/** More Performers than are served before anybody can freeze who serves them. */
const BURST = 150;

let plane: ControlPlane;
let kubeconfig: string;
const replicas = new Set<RunningEdict>();

before(async () => {
  plane = await startControlPlane({ kwok: true });
  kubeconfig = await install(plane);
  await kubectl(['create', 'namespace', NAMESPACE]);
});
after(async () => {
  for (const replica of replicas) {
    await replica.stop('SIGKILL');
    replica.forget();
  }
  await plane?.stop();
});

async function kubectl(words: readonly string[], input = ''): Promise<string> {
  const { code, out, err } = await plane.kubectl(words, { input });
  assert.equal(code, 0, `kubectl ${words.join(' ')}: ${out}${err}\n${[...replicas].map(({ log }) => log).join('\n')}`);
  return out;
}

async function start(): Promise<RunningEdict> {
  const replica = new RunningEdict(kubeconfig, undefined, ['--leader-elect']);
  replicas.add(replica);
  await replica.running();
  return replica;
}

const holder = (): Promise<string> =>
  kubectl(['get', 'lease', 'edict', '-n', 'edict-system', '-o', 'jsonpath={.spec.holderIdentity}']);

/** How often the API server was asked to change what the rules are about. */
async function writes(): Promise<number> {
  const counts = await plane.metrics();
  return ['performers', 'pods', 'services'].reduce((sum, resource) => sum + countWrites(counts, resource), 0);
}

const performer = (name: string): object => ({
  apiVersion: 'hourglass.eigenlayer.io/v1alpha1',
  kind: 'Performer',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    avsAddress: `0x${'12'.repeat(20)}`,
    image: 'ghcr.io/acme/feed:v1',
    version: 'v1',
    config: { grpcPort: 9090 },
  },
});

/** Applies a Performer, and waits until it is served. */
async function served(name: string): Promise<void> {
  await kubectl(['apply', '-f', '-'], JSON.stringify(performer(name)));
  await kubectl(['wait', '--for=condition=Ready', `performer/${name}`, '-n', NAMESPACE, '--timeout=60s']);
}

test('of two replicas one works; the other goes on where a killed one ended', async () => {
  const first = await start();
  await served('before');
  const second = await start();
  const leader = await holder();
  await first.stop('SIGKILL');
  await served('after');
  assert.notEqual(await holder(), leader);
  assert.doesNotMatch(second.log, /performer-before.*Created/);
});

test('a replica that was frozen in the midst of its work writes nothing when it goes on past its lease, and ends', async () => {
  const [, frozen] = [...replicas];
  assert.ok(frozen !== undefined);
  const leader = await holder();
  const items = Array.from({ length: BURST }, (_, index) => performer(`burst-${index}`));
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  while (!frozen.log.includes('create Pod/avs/performer-burst-')) await sleep(5);
  frozen.signal('SIGSTOP');
  await start();
  await kubectl(['wait', '--for=condition=Ready', 'performer', '--all', '-n', NAMESPACE, '--timeout=180s']);
  assert.notEqual(await holder(), leader);
  // What the frozen one knows as undone, the other has done.
  const done = new Set(
    [...frozen.log.matchAll(/"name":"(burst-\d+)"[^\n]*"outcome":"settled"/g)].map(([, name]) => name),
  );
  assert.ok(done.size < BURST, `all ${done.size} were settled before it was frozen`);
  await kubectl(['delete', 'service', 'performer-burst-0', '-n', NAMESPACE]);
  await kubectl(['wait', '--for=create', 'service/performer-burst-0', '-n', NAMESPACE, '--timeout=60s']);
  await sleep(2000);
  const before = await writes();
  frozen.signal('SIGCONT');
  assert.equal(await frozen.exit(), 1);
  assert.match(frozen.log, /another replica leads/);
  assert.equal(await writes(), before);
});

test('a replica that is told to end gives its lease back', async () => {
  const leader = [...replicas].at(-1);
  assert.notEqual(await holder(), '');
  assert.equal(await leader?.stop(), 0);
  assert.equal(await holder(), '');
});
