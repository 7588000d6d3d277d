import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../testbed/control-plane.js';
import { startControlPlane } from '../testbed/start-control-plane.js';
import { install, RunningEdict } from './running-edict.js';

const NAMESPACE = 'avs';

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

/** Applies a Performer, and waits until it is served. */
async function served(name: string): Promise<void> {
  const performer = {
    apiVersion: 'hourglass.eigenlayer.io/v1alpha1',
    kind: 'Performer',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      avsAddress: `0x${'12'.repeat(20)}`,
      image: 'ghcr.io/acme/feed:v1',
      version: 'v1',
      config: { grpcPort: 9090 },
    },
  };
  await kubectl(['apply', '-f', '-'], JSON.stringify(performer));
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

test('a replica that was frozen past its lease writes nothing when it goes on, and ends', async () => {
  const [, frozen] = [...replicas];
  assert.ok(frozen !== undefined);
  const leader = await holder();
  frozen.signal('SIGSTOP');
  await start();
  await served('meanwhile');
  assert.notEqual(await holder(), leader);
  await kubectl(['delete', 'service', 'performer-meanwhile', '-n', NAMESPACE]);
  frozen.signal('SIGCONT');
  assert.equal(await frozen.exit(), 1);
  assert.match(frozen.log, /another replica leads/);
  await sleep(1000);
  const owner = await kubectl(['get', 'service', 'performer-meanwhile', '-n', NAMESPACE, '-o', 'name']);
  assert.match(owner, /performer-meanwhile/);
});

test('a replica that is told to end gives its lease back', async () => {
  const leader = [...replicas].at(-1);
  assert.notEqual(await holder(), '');
  assert.equal(await leader?.stop(), 0);
  assert.equal(await holder(), '');
});
