import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { renewed } from '#adapters/certificates/renew.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { freePort } from '../testbed/free-port.js';
import { startControlPlane } from '../testbed/start-control-plane.js';
import { denied, NAMESPACE, performer, post, ruleSet } from './reviewed-rules.js';
import { edictOutput, install, RunningEdict } from './running-edict.js';

const CONFIGURATION = 'edict-validating-webhook-configuration';
const SECRET = 'edict-webhook-server-cert';

let plane: ControlPlane;
let kubeconfig: string;
let edict: RunningEdict;
const rules = ruleSet();
const port = await freePort();
const url = `https://127.0.0.1:${port}`;

before(async () => {
  plane = await startControlPlane();
  kubeconfig = await install(plane, rules, ['--webhook-url', url]);
  const webhooks = await edictOutput(['manifests', '--root', rules, '--only', 'webhooks', '--webhook-url', url]);
  await given(webhooks, 'apply', '-f', '-');
  for (const name of [NAMESPACE, 'shop']) await kubectl('create', 'namespace', name);
  edict = start(port);
  await edict.running();
  await until('what is denied is refused', async () => /GpuTypeMissing/.test((await refused(denied())).err));
});
after(async () => {
  await edict?.stop();
  edict?.forget();
  await plane?.stop();
  rmSync(rules, { recursive: true, force: true });
});

function start(at: number, words: readonly string[] = []): RunningEdict {
  const flags = [`--webhook-bind-address=127.0.0.1:${at}`, '--webhook-url', url, '--root', rules];
  return new RunningEdict(kubeconfig, undefined, [...flags, ...words], { variables: { ENABLE_WEBHOOKS: 'true' } });
}

async function kubectl(...words: string[]): Promise<string> {
  return given('', ...words);
}

/** What kubectl prints, with this on its standard input. Throws where it fails. */
async function given(input: string, ...words: string[]): Promise<string> {
  const { code, out, err } = await plane.kubectl(words, { input });
  assert.equal(code, 0, `kubectl ${words.join(' ')}: ${out}${err}\n${edict?.log}`);
  return out;
}

/** A server-side dry run of what is to be refused, or something else. */
function refused(input: string, ...words: string[]): Promise<{ readonly code: number | null; readonly err: string }> {
  return plane.kubectl(words.length === 0 ? ['apply', '--dry-run=server', '-f', '-'] : words, { input });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await holds()) return;
    await sleep(200);
  }
  assert.fail(`${what} did not come true:\n${edict.log}`);
}

const applied = (input: string) => refused(input, 'apply', '-f', '-');

test('what policies deny is refused, all of it at once, with code, policy and path, and is not stored', async () => {
  const input = performer({
    name: 'bad',
    spec: { image: ' ', hardwareRequirements: { gpuCount: 1, teeRequired: true } },
  });
  const { code, err } = await applied(input);
  assert.equal(code, 1);
  const [head, ...lines] = err.trim().split('\n');
  assert.match(
    head ?? '',
    /^Error from server \(Forbidden\):.* admission webhook "performer\.performer\.edict\.dev" denied the request: Performer\/avs\/bad is refused by Edict:$/,
  );
  const from = 'performer/performer/request';
  assert.deepEqual(lines, [
    `GPU type must be specified when GPU count > 0 [${from} GpuTypeMissing spec.hardwareRequirements.gpuType]`,
    `TEE type must be specified when TEE is required [${from} TeeTypeMissing spec.hardwareRequirements.teeType]`,
    `image cannot be empty [${from} ImageEmpty spec.image]`,
  ]);
  assert.equal(await kubectl('get', 'performers', '-n', NAMESPACE, '--ignore-not-found', '-o', 'name'), '');
});

test('what is allowed is stored and looked after, and warnings are shown', async () => {
  const input = performer({ spec: { config: { grpcPort: 9090, environment: { API_TOKEN: 'x' } } } });
  const { code, err } = await applied(input);
  assert.equal(code, 0, err);
  assert.match(err, /^Warning: API_TOKEN looks like a secret.* \[performer\/performer\/request SecretInClear/m);
  await until('its Pod is there', async () => {
    const pod = await kubectl('get', 'pod', 'performer-feed', '-n', NAMESPACE, '--ignore-not-found', '-o', 'name');
    return pod !== '';
  });
  await until('its status is written', async () => {
    const phase = await kubectl('get', 'performer', 'feed', '-n', NAMESPACE, '-o', 'jsonpath={.status.phase}');
    return phase !== '';
  });
});

test('a policy sees what was before, and who asks for what', async () => {
  assert.equal((await applied(performer({ spec: { version: 'v3' } }))).code, 0);
  assert.match((await applied(performer({ spec: { version: 'v2' } }))).err, /v2 is behind v3 \[\S+ VersionTakenBack/);
  await kubectl('label', 'performer', 'feed', '-n', NAMESPACE, 'keep=true');
  const kept = await refused('', 'delete', 'performer', 'feed', '-n', NAMESPACE);
  assert.match(kept.err, /denied the request: .*\n\S+ may not delete what is kept \[\S+ Kept metadata\.labels\.keep\]/);
  await kubectl('label', 'performer', 'feed', '-n', NAMESPACE, 'keep-');
  await kubectl('delete', 'performer', 'feed', '-n', NAMESPACE, '--timeout=30s');
});

test('a dry run shows what the change would be denied for', async () => {
  const input = performer({ name: 'talker', spec: { config: { grpcPort: 9090, environment: { LOG_LEVEL: 'all' } } } });
  const { code, err } = await refused(input);
  assert.equal(code, 1);
  assert.match(err, /a Pod may not log everything \[performer\/performer\/change Talkative spec\.containers\]/);
  assert.equal((await refused(performer({ name: 'talker' }))).code, 0);
  // Nothing was stored, so nothing was made.
  const made = await kubectl('get', 'performers,pods', '-n', NAMESPACE, '--ignore-not-found', '-o', 'name');
  assert.doesNotMatch(made, /talker/);
});

test('an object in another version is judged in that of the rule', async () => {
  const other = (input: string): string => input.replace('/v1alpha1', '/v1beta1');
  assert.match((await refused(other(denied()))).err, /GpuTypeMissing/);
  assert.equal((await refused(other(performer()))).code, 0);
});

test('an object that the rule is not for is not asked about', async () => {
  const claim = readFileSync('examples/applicationclaim.yaml', 'utf8').replace(
    'environment: prod',
    'environment: mars',
  );
  assert.match((await applied(claim)).err, /there is no environment mars.* EnvironmentUnknown/);
  await given(claim.replace('name: shop', 'name: unmanaged'), 'apply', '-f', '-');
  await kubectl('delete', 'applicationclaim', 'unmanaged', '-n', 'shop');
});

test('kube-system is not asked about', async () => {
  assert.equal((await applied(denied({ namespace: 'kube-system' }))).code, 0);
  await kubectl('delete', 'performer', 'feed', '-n', 'kube-system', '--wait=false');
});

test('an object that was stored before its policy is told so, and can be held and go', async () => {
  const configuration = await kubectl('get', 'validatingwebhookconfiguration', CONFIGURATION, '-o', 'json');
  await kubectl('delete', 'validatingwebhookconfiguration', CONFIGURATION);
  await until('it can be stored', async () => (await applied(denied({ name: 'old' }))).code === 0);
  const { metadata, ...body } = JSON.parse(configuration) as { metadata: { name: string } };
  await given(JSON.stringify({ ...body, metadata: { name: metadata.name } }), 'apply', '-f', '-');
  await until('what is denied is refused', async () => /GpuTypeMissing/.test((await refused(denied())).err));
  const old = ['performer', 'old', '-n', NAMESPACE];
  await until('it tells why', async () =>
    /GPU type/.test(await kubectl('get', ...old, '-o', 'jsonpath={.status.conditions}')),
  );
  await kubectl('patch', ...old, '--type=merge', '-p', '{"metadata":{"finalizers":["example.org/held"]}}');
  assert.match((await refused('', 'label', ...old, 'a=b')).err, /GpuTypeMissing/);
  await kubectl('delete', ...old, '--wait=false');
  await kubectl('patch', ...old, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  assert.equal(await kubectl('get', ...old, '--ignore-not-found', '-o', 'name'), '');
});

test('the certificate is made by the engine, and a new one is taken up by all', async () => {
  const bundle = (): Promise<string> =>
    kubectl(
      'get',
      'validatingwebhookconfiguration',
      CONFIGURATION,
      '-o',
      'jsonpath={.webhooks[*].clientConfig.caBundle}',
    );
  const secret = (): Promise<string> =>
    kubectl('get', 'secret', SECRET, '-n', 'edict-system', '-o', String.raw`jsonpath={.data.ca\.crt}`);
  const known = await secret();
  assert.deepEqual(new Set((await bundle()).split(' ')), new Set([known]));
  await kubectl('patch', 'secret', SECRET, '-n', 'edict-system', '--type=merge', '-p', '{"data":null}');
  await until('there is another one', async () => ![known, ''].includes(await secret()));
  await until('the API server trusts it', async () => (await bundle()).split(' ').every((each) => each !== known));
  await until('it is asked', async () => /GpuTypeMissing/.test((await refused(denied())).err));
});

test('a certificate from files is shown once it is whole, and again when it is another one', async () => {
  const [at, probes] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'edict-certificate-'));
  const flags = ['--webhook-cert-dir', folder, `--health-probe-bind-address=127.0.0.1:${probes}`];
  const put = async (): Promise<string> => {
    const { serving, authorities } = await renewed(undefined, ['127.0.0.1'], Date.now());
    writeFileSync(join(folder, 'tls.crt'), serving.certificate);
    writeFileSync(join(folder, 'tls.key'), serving.key);
    return authorities;
  };
  const other = start(at, ['--leader-elect', ...flags]);
  try {
    await other.running();
    const ready = await fetch(`http://127.0.0.1:${probes}/readyz`);
    assert.equal(ready.status, 503);
    assert.match(await ready.text(), /webhooks have no certificate yet/);
    const first = await put();
    const answers = (authorities: string) => post(at, authorities, JSON.parse(denied()) as object).catch(() => '');
    await until('it answers', async () => /GpuTypeMissing/.test(await answers(first)));
    await until('it is ready', async () => (await fetch(`http://127.0.0.1:${probes}/readyz`)).status === 200);
    const second = await put();
    await until('it shows the new one', async () => /GpuTypeMissing/.test(await answers(second)));
    assert.equal(await answers(first), '');
  } finally {
    await other.stop();
    other.forget();
    rmSync(folder, { recursive: true });
  }
});

test('a replica that does not lead answers too, with the same certificate', async () => {
  const at = await freePort();
  const other = start(at, ['--leader-elect']);
  try {
    await other.running();
    await until('it serves', async () => other.log.includes('webhooks are served'));
    const ca = await kubectl('get', 'secret', SECRET, '-n', 'edict-system', '-o', String.raw`jsonpath={.data.ca\.crt}`);
    const answer = await post(at, Buffer.from(ca, 'base64').toString(), JSON.parse(denied()) as object);
    assert.match(answer, /"uid":"u","allowed":false.*GpuTypeMissing/);
  } finally {
    assert.equal(await other.stop(), 0);
    other.forget();
  }
});

test('while nobody answers, what fails closed is refused, the rest is stored, and what leaves is let go', async () => {
  const claim = readFileSync('examples/applicationclaim.yaml', 'utf8');
  const held = ['performer', 'held', '-n', NAMESPACE];
  await given(performer({ name: 'held', finalizers: ['example.org/held'] }), 'apply', '-f', '-');
  await kubectl('delete', ...held, '--wait=false');
  assert.equal(await edict.stop(), 0);
  const { err } = await applied(performer({ name: 'late' }));
  assert.match(err, /failed calling webhook "performer\.performer\.edict\.dev".*connection refused/);
  await given(claim, 'apply', '-f', '-');
  await kubectl('patch', ...held, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  assert.equal(await kubectl('get', ...held, '--ignore-not-found', '-o', 'name'), '');
  edict = start(port);
  await edict.running();
  await until('it is stored', async () => (await applied(performer({ name: 'late' }))).code === 0);
});
