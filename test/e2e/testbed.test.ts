import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dump } from 'js-yaml';
import { countWrites } from '../testbed/api-metrics.js';
import { APPLY } from '../testbed/api-request.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { locatePrograms } from '../testbed/locate-programs.js';
import { startControlPlane } from '../testbed/start-control-plane.js';

const CRD = 'crds/performer/performer.yaml';
const PERFORMERS = '/apis/hourglass.eigenlayer.io/v1alpha1/namespaces/default/performers';
let plane: ControlPlane;

before(async () => {
  plane = await startControlPlane({ kwok: true, users: { alice: ['developers'] } });
  await succeed(['apply', '--server-side', '-f', CRD]);
  await succeed(['wait', '--for=condition=Established', 'crd/performers.hourglass.eigenlayer.io']);
});
after(() => plane?.stop());

/** What kubectl prints where it succeeds. */
async function succeed(words: readonly string[], input?: object): Promise<string> {
  const { code, out, err } = await plane.kubectl(words, input === undefined ? {} : { input: dump(input) });
  assert.equal(code, 0, `kubectl ${words.join(' ')}: ${out}${err}`);
  return out;
}

function performer(name: string, image: string) {
  return {
    apiVersion: 'hourglass.eigenlayer.io/v1alpha1',
    kind: 'Performer',
    metadata: { name, namespace: 'default' },
    spec: { avsAddress: '0x1', image },
  };
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits for what comes without a message; the time limit of the test ends a wait in vain. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

test('the API server says the version that go.mod asks for', async () => {
  const [, asked] = /k8s\.io\/kubernetes (v\S+)/.exec(readFileSync('test/testbed/kubernetes/go.mod', 'utf8')) ?? [];
  const { text } = await plane.request('/version');
  if (!process.env.KUBEBUILDER_ASSETS) assert.equal((JSON.parse(text) as { gitVersion: string }).gitVersion, asked);
});

test('a server-side apply creates, fills defaults, and names the manager of a field that another one wants', async () => {
  const path = `${PERFORMERS}/applied`;
  const apply = (manager: string, image: string) =>
    plane.request(`${path}?fieldManager=${manager}`, {
      method: 'PATCH',
      contentType: APPLY,
      body: performer('applied', image),
    });
  const created = await apply('first', 'example.org/one:1');
  assert.equal(created.status, 201, created.text);
  assert.equal(JSON.parse(created.text).spec.imagePullPolicy, 'IfNotPresent');
  const conflict = await apply('second', 'example.org/two:2');
  assert.equal(conflict.status, 409);
  const { details } = JSON.parse(conflict.text) as { details: { causes: { field: string; message: string }[] } };
  assert.equal(details.causes[0]?.field, '.spec.image');
  assert.match(details.causes[0]?.message ?? '', /"first"/);
});

test('what a CRD does not allow is refused', async () => {
  const { code, err } = await plane.kubectl(['apply', '-f', '-'], { input: dump(performer('refused', '')) });
  assert.equal(code, 1);
  assert.match(err, /spec\.image/);
});

test('a watch tells of changes as they happen', async () => {
  const watch = plane.startKubectl(['get', 'performers', '--watch-only', '-o', 'name']);
  const lines = createInterface(watch.stdout!)[Symbol.asyncIterator]();
  // Nothing says that a watch has begun: changes are made until it tells of one.
  let seen: IteratorResult<string> | undefined;
  const first = lines.next().then((line) => {
    seen = line;
  });
  for (let round = 0; seen === undefined; round++) {
    await succeed(['apply', '-f', '-'], performer('watched', `example.org/image:${round}`));
  }
  await first;
  assert.equal(seen.value, 'performer.hourglass.eigenlayer.io/watched');
  watch.kill();
  await once(watch, 'close');
});

test('a user may do what RBAC grants, and nothing else', async () => {
  await succeed(['create', 'role', 'reader', '--verb=get,list', '--resource=performers.hourglass.eigenlayer.io']);
  await succeed(['create', 'rolebinding', 'reader', '--role=reader', '--group=developers']);
  const as = (...words: string[]) => plane.kubectl(words, { user: 'alice' });
  assert.equal((await as('get', 'performers')).code, 0);
  const denied = await as('get', 'secrets');
  assert.equal(denied.code, 1);
  assert.match(denied.err, /Forbidden.*"alice"/);
  assert.equal((await as('get', 'performers', '-n', 'kube-system')).code, 1);
  assert.equal((await plane.request(PERFORMERS, { token: 'not-a-token' })).status, 401);
});

test('a service account gets tokens that are who it is', async () => {
  const token = (await succeed(['create', 'token', 'default'])).trim();
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const { text } = await plane.request('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    method: 'POST',
    token,
    body,
  });
  assert.equal(JSON.parse(text).status.userInfo.username, 'system:serviceaccount:default:default');
});

test('a pod runs and is ready, a Deployment becomes available, a Job completes', async () => {
  await succeed(['run', 'one', '--image=example.org/one']);
  await succeed(['create', 'deployment', 'three', '--image=example.org/three', '--replicas=3']);
  await succeed(['create', 'job', 'once', '--image=example.org/once']);
  await succeed(['wait', '--for=condition=Ready', 'pod/one', '--timeout=60s']);
  await succeed(['wait', '--for=condition=Available', 'deployment/three', '--timeout=60s']);
  await succeed(['wait', '--for=condition=Complete', 'job/once', '--timeout=60s']);
  const addresses = (await succeed(['get', 'pods', '-o', 'jsonpath={.items[*].status.podIP}'])).split(' ');
  assert.equal(new Set(addresses).size, 5);
  await succeed(['delete', 'pod/one', '--timeout=60s']);
});

test('a pod that is made to fail stays so', async () => {
  await succeed(['run', 'failing', '--image=example.org/failing']);
  await succeed(['wait', '--for=condition=Ready', 'pod/failing', '--timeout=60s']);
  await succeed(['patch', 'pod/failing', '--subresource=status', '--patch={"status": {"phase": "Failed"}}']);
  await succeed(['run', 'later', '--image=example.org/later']);
  await succeed(['wait', '--for=condition=Ready', 'pod/later', '--timeout=60s']);
  assert.equal(await succeed(['get', 'pod/failing', '-o', 'jsonpath={.status.phase}']), 'Failed');
});

test('the API server counts the writes to a resource', async () => {
  const before = countWrites(await plane.metrics(), 'performers');
  await succeed(['apply', '--server-side', '-f', '-'], performer('counted', 'example.org/image:1'));
  await succeed(['apply', '--server-side', '--dry-run=server', '-f', '-'], performer('counted', 'example.org/image:2'));
  await succeed(['get', 'performers']);
  await succeed(['delete', 'performer/counted']);
  assert.equal(countWrites(await plane.metrics(), 'performers') - before, 2);
});

test('objects whose owner is deleted are collected, and a namespace goes with all that it holds', async () => {
  // The garbage collector learns of new kinds every 30 seconds, and when it starts.
  await plane.server('kube-controller-manager').restart();
  await succeed(['create', 'namespace', 'gone']);
  await plane.waitFor('/api/v1/namespaces/gone/serviceaccounts/default');
  const owner = performer('owner', 'example.org/image:1');
  const { uid } = JSON.parse(await succeed(['create', '-f', '-', '-o', 'json'], owner)).metadata as { uid: string };
  const { apiVersion, kind } = owner;
  const metadata = { name: 'owned', ownerReferences: [{ apiVersion, kind, name: 'owner', uid }] };
  await succeed(['create', '-f', '-'], { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  await succeed(['delete', 'performer/owner']);
  await succeed(['wait', '--for=delete', 'configmap/owned', '--timeout=90s']);
  await succeed(['create', 'configmap', 'inside', '-n', 'gone']);
  await succeed(['delete', 'namespace', 'gone', '--timeout=90s']);
  assert.equal((await plane.request('/api/v1/namespaces/gone/configmaps/inside')).status, 404);
});

test('an API server that was killed comes back with what it had', async () => {
  await succeed(['create', 'configmap', 'kept']);
  const server = plane.server('kube-apiserver');
  await server.kill();
  assert.equal(server.pid, undefined);
  await assert.rejects(plane.request('/readyz'));
  server.start();
  await plane.waitFor('/readyz');
  await succeed(['get', 'configmap', 'kept']);
});

test('CPU time and memory of every server can be read', () => {
  for (const server of plane.servers) {
    const { cpuSeconds, residentBytes } = server.usage();
    assert.ok(cpuSeconds > 0 && residentBytes > 1e6, `${server.name}: ${cpuSeconds} s, ${residentBytes} bytes`);
  }
});

test('stopping leaves no process and no file', async () => {
  const other = await startControlPlane({ controllerManager: false });
  const pids = other.servers.map(({ pid }) => pid);
  assert.ok(pids.length === 2 && pids.every(isAlive));
  await other.stop();
  assert.deepEqual(pids.filter(isAlive), []);
  assert.equal(existsSync(other.folder), false);
});

test('a test run that is killed leaves no process and no file either', async () => {
  const script = `
    const { startControlPlane } = await import('./dist/test/testbed/start-control-plane.js');
    const { folder, servers } = await startControlPlane({ controllerManager: false });
    console.log(JSON.stringify({ folder, pids: servers.map(({ pid }) => pid) }));
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 2] });
  const { value } = await createInterface(child.stdout!)[Symbol.asyncIterator]().next();
  const { folder, pids } = JSON.parse(value) as { folder: string; pids: number[] };
  assert.ok(pids.every(isAlive));
  child.kill('SIGKILL');
  await until(() => !pids.some(isAlive) && !existsSync(folder));
});

test('a folder of assets that lacks a program is refused by name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edict-assets-'));
  after(() => rmSync(folder, { recursive: true }));
  const options = { environment: { KUBEBUILDER_ASSETS: folder }, onProgress: assert.fail };
  await assert.rejects(locatePrograms(['etcd', 'kwok'], options), /KUBEBUILDER_ASSETS .* lacks etcd, kwok/);
});

test('without Go and without assets it fails, and says what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edict-no-go-'));
  after(() => rmSync(folder, { recursive: true }));
  const options = { environment: { PATH: folder, XDG_CACHE_HOME: folder }, onProgress: assert.fail };
  await assert.rejects(locatePrograms(['etcd'], options), /install Go .* KUBEBUILDER_ASSETS/);
});
