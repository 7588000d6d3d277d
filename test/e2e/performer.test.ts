import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countWrites } from '../testbed/api-metrics.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { freePort } from '../testbed/free-port.js';
import { startControlPlane } from '../testbed/start-control-plane.js';
import { install, RunningEdict } from './running-edict.js';

const NAMESPACE = 'avs';
const PERFORMER = `
apiVersion: hourglass.eigenlayer.io/v1alpha1
kind: Performer
metadata: {name: price-feed, namespace: ${NAMESPACE}}
spec:
  avsAddress: "0x1234567890abcdef1234567890abcdef12345678"
  image: ghcr.io/acme/price-feed:v1.5.0
  version: v1.5.0
  config:
    grpcPort: 9090
    environment: {LOG_LEVEL: debug}
`;
const POD = 'performer-price-feed';

let plane: ControlPlane;
let kubeconfig: string;
let edict: RunningEdict;
let pages: { readonly metrics: string; readonly ready: string };

before(async () => {
  plane = await startControlPlane({ kwok: true });
  kubeconfig = await install(plane);
  await kubectl('create', 'namespace', NAMESPACE);
  const [metrics, probes] = [await freePort(), await freePort()];
  pages = { metrics: `http://127.0.0.1:${metrics}/metrics`, ready: `http://127.0.0.1:${probes}/readyz` };
  edict = new RunningEdict(kubeconfig, undefined, [
    `--metrics-bind-address=127.0.0.1:${metrics}`,
    `--health-probe-bind-address=127.0.0.1:${probes}`,
  ]);
  await edict.running();
});
after(async () => {
  await edict?.stop();
  edict?.forget();
  await plane?.stop();
});

async function kubectl(...words: string[]): Promise<string> {
  return given('', ...words);
}

/** What kubectl prints, with this on its standard input. Throws where it fails. */
async function given(input: string, ...words: string[]): Promise<string> {
  const { code, out, err } = await plane.kubectl(words, { input });
  assert.equal(code, 0, `kubectl ${words.join(' ')}: ${out}${err}\n${edict?.log}`);
  return out;
}

const field = (kind: string, name: string, path: string, namespace = NAMESPACE): Promise<string> =>
  kubectl('get', kind, name, '-n', namespace, '--ignore-not-found', '-o', `jsonpath={${path}}`);

/** Waits until what is read holds; the time limit of the test ends a wait in vain, so this names what it waits for. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await holds()) return;
    await sleep(200);
  }
  assert.fail(`${what} did not come true:\n${edict.log}`);
}

async function podOtherThan(uid: string): Promise<string> {
  let found = '';
  await until('another Pod is ready', async () => {
    found = await field('pod', POD, '.metadata.uid');
    return found !== '' && found !== uid && (await field('performer', 'price-feed', '.status.ready')) === 'true';
  });
  return found;
}

test('a Performer that is applied gets a Pod that serves, and a Service, and says so', async () => {
  await given(PERFORMER, 'apply', '-f', '-');
  await kubectl('wait', '--for=condition=Ready', 'performer/price-feed', '-n', NAMESPACE, '--timeout=60s');
  assert.equal(await field('performer', 'price-feed', '.status.phase'), 'Running');
  assert.equal(
    await field('performer', 'price-feed', '.status.grpcEndpoint'),
    `${POD}.${NAMESPACE}.svc.cluster.local:9090`,
  );
  const table = await kubectl('get', 'performers', '-n', NAMESPACE);
  assert.match(table, /^NAME +AVS +IMAGE +VERSION +PHASE +ENDPOINT +AGE\n/);
  assert.match(table, /price-feed +0x1234\S+ +ghcr\.io\/acme\/price-feed:v1\.5\.0 +v1\.5\.0 +Running /);
  const labels = JSON.parse(await field('pod', POD, '.metadata.labels')) as Record<string, string>;
  assert.equal(labels.app, 'hourglass-performer');
  assert.equal(labels['hourglass.eigenlayer.io/performer'], 'price-feed');
  assert.equal(await field('service', POD, '.spec.ports[0].targetPort'), 'grpc');
  assert.equal(await field('pod', POD, '.metadata.ownerReferences[0].kind'), 'Performer');
});

test('another image replaces the Pod; what else changes does not', async () => {
  const uid = await field('pod', POD, '.metadata.uid');
  await kubectl(
    'patch',
    'performer',
    'price-feed',
    '-n',
    NAMESPACE,
    '--type=merge',
    '-p',
    '{"spec":{"image":"ghcr.io/acme/price-feed:v1.6.0"}}',
  );
  await podOtherThan(uid);
  assert.equal(await field('pod', POD, '.spec.containers[0].image'), 'ghcr.io/acme/price-feed:v1.6.0');
});

test('a Pod that fails gives way to a new one', async () => {
  const uid = await field('pod', POD, '.metadata.uid');
  await kubectl(
    'patch',
    'pod',
    POD,
    '-n',
    NAMESPACE,
    '--subresource=status',
    '--type=merge',
    '-p',
    '{"status":{"phase":"Failed"}}',
  );
  await podOtherThan(uid);
});

test('a Pod and a Service that are deleted by hand come back', async () => {
  const uid = await field('pod', POD, '.metadata.uid');
  await kubectl('delete', 'pod', POD, '-n', NAMESPACE, '--wait=false');
  await podOtherThan(uid);
  await kubectl('delete', 'service', POD, '-n', NAMESPACE);
  await until('the Service is back', async () => (await field('service', POD, '.metadata.uid')) !== '');
});

test('what a policy denies is told, and makes nothing', async () => {
  const denied = PERFORMER.replaceAll('price-feed', 'denied').replace(
    '  version:',
    '  hardwareRequirements: {gpuCount: 1}\n  version:',
  );
  await given(denied, 'apply', '-f', '-');
  await kubectl('wait', '--for=condition=Stalled', 'performer/denied', '-n', NAMESPACE, '--timeout=30s');
  const reason = await field('performer', 'denied', '.status.conditions[?(@.type=="PolicyPassed")].message');
  assert.match(reason, /GPU type must be specified when GPU count > 0/);
  assert.equal(await field('pod', 'performer-denied', '.metadata.uid'), '');
  await kubectl('delete', 'performer', 'denied', '-n', NAMESPACE);
});

test('what was done is told: by events, metrics, probes and a log without values', async () => {
  await until('events tell of the Pod', async () =>
    (await kubectl('events', '-n', NAMESPACE, '--for=performer/price-feed')).includes(`Created`),
  );
  await until('the rule set is ready', async () => (await fetch(pages.ready)).status === 200);
  const metrics = await (await fetch(pages.metrics)).text();
  assert.match(metrics, /^edict_reconcile_total\{rule="performer\/performer",outcome="settled"\} [1-9]/m);
  assert.match(metrics, /^edict_leader 1$/m);
  assert.match(metrics, /^edict_api_requests_total\{[^}]*resource="pods"[^}]*\} [1-9]/m);
  for (const line of edict.log.trim().split('\n')) assert.doesNotThrow(() => JSON.parse(line), line);
  assert.doesNotMatch(edict.log, /ghcr\.io\/acme/);
});

test('a restart with everything in place writes nothing; what was changed meanwhile is put right with one write', async () => {
  assert.equal(await edict.stop(), 0);
  const writes = async (): Promise<number> => {
    const counts = await plane.metrics();
    return ['performers', 'pods', 'services', 'configmaps']
      .map((resource) => countWrites(counts, resource))
      .reduce((sum, count) => sum + count, 0);
  };
  const before = await writes();
  edict = new RunningEdict(kubeconfig, edict.state);
  await edict.running();
  await sleep(4000);
  assert.equal(await writes(), before, edict.log);

  await edict.stop();
  await kubectl(
    'patch',
    'service',
    POD,
    '-n',
    NAMESPACE,
    '--type=merge',
    '-p',
    '{"spec":{"selector":{"somebody":"else","hourglass.eigenlayer.io/performer":"price-x"}}}',
  );
  const changed = await writes();
  edict = new RunningEdict(kubeconfig, edict.state);
  await until('the Service is put right', async () =>
    (await field('service', POD, '.spec.selector')).includes('price-feed'),
  );
  await sleep(2000);
  assert.equal((await writes()) - changed, 1, edict.log);
});

test('a Performer that is deleted leaves nothing', async () => {
  await kubectl('delete', 'performer', 'price-feed', '-n', NAMESPACE, '--timeout=60s');
  await until('its Pod and its Service are gone', async () => {
    const left = await kubectl('get', 'pods,services', '-n', NAMESPACE, '-o', 'name');
    return left.trim() === '';
  });
});
