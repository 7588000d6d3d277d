import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../testbed/free-port.js';
import { ruleIn, Scene } from './cluster-scene.js';

const PLACE = 'office';
const LETTERS = 'letters.post.example.com';
const PARCELS = 'parcels.post.example.com';
const TELEGRAMS = 'telegrams.post.example.com';

let scene: Scene;
let webhook: Server | undefined;

before(async () => {
  scene = await Scene.open('letters');
  await scene.kubectl(['create', 'namespace', PLACE]);
  await scene.run();
  await scene.apply(letter('good', { text: 'hello' }));
  await ready('good');
});
after(async () => {
  webhook?.close();
  await scene?.close();
});

const named = (kind: string, name: string, spec: unknown, namespace = PLACE): object => ({
  apiVersion: 'post.example.com/v1',
  kind,
  metadata: { name, namespace },
  spec,
});
const letter = (name: string, spec: unknown, namespace = PLACE): object => named('Letter', name, spec, namespace);
const ready = (name: string, kind = LETTERS): Promise<string> =>
  scene.kubectl(['wait', '--for=condition=Ready', kind, name, '-n', PLACE, '--timeout=60s']);

async function told(name: string, reason: string, namespace = PLACE): Promise<number> {
  const events = (await scene.events(name, namespace)).filter((event) => event.reason === reason);
  return events.reduce((sum, { count }) => sum + count, 0);
}

/** That the rest keeps working: a change of a good object comes through. */
async function goesOn(text: string): Promise<void> {
  await scene.kubectl([
    'patch',
    LETTERS,
    'good',
    '-n',
    PLACE,
    '--type=merge',
    '-p',
    JSON.stringify({ spec: { text } }),
  ]);
  await scene.until(`the text is ${text}`, async () => {
    const map = await scene.get<{ data: { text: string } }>('configmap', 'good', PLACE);
    return map?.data.text === text;
  });
}

/** A CRD of the kind that telegrams write, served in some version. */
const signals = (version: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'signals.wire.example.com' },
  spec: {
    group: 'wire.example.com',
    scope: 'Namespaced',
    names: { kind: 'Signal', listKind: 'SignalList', plural: 'signals', singular: 'signal' },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

test('a kind that is not installed, then served in another version, is waited for by the rule that writes it, and by no other', async () => {
  await scene.apply(named('Telegram', 'wire', {}));
  const target = [TELEGRAMS, 'wire', PLACE] as const;
  await scene.condition(
    target,
    'Ready',
    /^False KindUnavailable Signal \(wire\.example\.com\/v1\) is not served by the cluster\. Install its CRD\./,
  );
  await scene.condition(target, 'Reconciling', /^True/);
  await goesOn('without signals');
  await scene.apply(signals('v2'));
  await scene.until('the log tells of the other version', async () => {
    await scene.kubectl(['annotate', TELEGRAMS, 'wire', '-n', PLACE, `look=${Date.now()}`, '--overwrite']);
    const wire = await scene.get<{ status: { conditions: { message: string }[] } }>(TELEGRAMS, 'wire', PLACE);
    return /It is served as wire\.example\.com\/v2: name that version in the rule/.test(JSON.stringify(wire?.status));
  });
  await scene.kubectl(['delete', 'crd', 'signals.wire.example.com']);
  await scene.apply(signals('v1'));
  await ready('wire', TELEGRAMS);
  assert.ok(await scene.get('signals.wire.example.com', 'wire', PLACE));
  assert.ok((await told('wire', 'KindUnavailable')) <= 2);
});

test('a kind whose CRD is taken away is waited for again', async () => {
  await scene.kubectl(['delete', 'crd', 'signals.wire.example.com']);
  await scene.condition([TELEGRAMS, 'wire', PLACE], 'Ready', /^False KindUnavailable/);
  await goesOn('without signals again');
});

test('a child that somebody’s webhook denies, or whose webhook cannot be asked, is told; the rest goes on', async () => {
  const port = await freePort();
  const { certificates } = scene.plane.places.credentials;
  const pem = (name: string): string => readFileSync(join(certificates, name), 'utf8');
  let asked = 0;
  webhook = createServer({ cert: pem('apiserver.crt'), key: pem('apiserver.key') }, (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const { request: review } = JSON.parse(text) as { request: { uid: string; name: string } };
      const status = { code: 403, message: `no such letters here, request ${++asked} of ${new Date().toISOString()}` };
      const answer = { uid: review.uid, allowed: review.name !== 'denied', status };
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
    });
  }).listen(port, '127.0.0.1');
  const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }];
  const hook = (name: string, url: string): object => ({
    name: `${name}.example.com`,
    clientConfig: { url, caBundle: Buffer.from(scene.plane.authority).toString('base64') },
    rules,
    matchConditions: [{ name: 'mine', expression: `request.name == '${name}'` }],
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 2,
  });
  const away = `https://127.0.0.1:${await freePort()}/`;
  await scene.apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'theirs' },
    webhooks: [hook('denied', `https://127.0.0.1:${port}/`), hook('unheard', away)],
  });
  await scene.until('the webhook is in force', async () => {
    const { code } = await scene.plane.kubectl(['create', 'configmap', 'denied', '-n', PLACE, '--dry-run=server']);
    return code !== 0;
  });
  await scene.apply(letter('denied', { text: 'x' }), letter('unheard', { text: 'x' }));
  const denied = [LETTERS, 'denied', PLACE] as const;
  const { message } = await scene.condition(denied, 'Stalled', /^True AdmissionDenied .*denied\.example\.com/);
  assert.match(message, /no such letters here.* See the webhook, policy or quota that it names\./);
  await scene.condition(
    [LETTERS, 'unheard', PLACE],
    'Ready',
    /^False ClusterUnavailable .*webhook unheard\.example\.com, which has to agree/,
  );
  await goesOn('beside a webhook');
  const before = asked;
  await scene.until('it is tried again', async () => asked > before);
  assert.equal(await told('denied', 'AdmissionDenied'), 1);
  await scene.kubectl(['delete', 'validatingwebhookconfiguration', 'theirs']);
  await ready('denied');
  await ready('unheard');
});

test('in a namespace that is being deleted nothing is made, and that is said', async () => {
  await scene.kubectl(['create', 'namespace', 'leaving']);
  await scene.apply(letter('last', { text: 'x' }, 'leaving'));
  await scene.kubectl(['wait', '--for=condition=Ready', LETTERS, 'last', '-n', 'leaving', '--timeout=60s']);
  await scene.kubectl(['delete', 'namespace', 'leaving', '--wait=false']);
  await scene.kubectl(['delete', 'configmap', 'last', '-n', 'leaving']);
  const stalled = await scene.condition([LETTERS, 'last', 'leaving'], 'Stalled', /^True AdmissionDenied/);
  assert.match(stalled.message, /Namespace leaving is being deleted\./);
  await goesOn('beside a namespace that leaves');
  await scene.kubectl(['delete', LETTERS, 'last', '-n', 'leaving', '--timeout=30s']);
});

test('a kind that may no longer be written, or not even be read, holds its rule, which says the missing right', async () => {
  const rights = await scene.get<{ rules: { resources: string[] }[] }>('clusterrole', 'edict-manager-role');
  const others = (rights?.rules ?? []).filter(({ resources }) => !resources.includes('secrets'));
  const kept = (rights?.rules ?? []).filter(({ resources }) => resources.includes('secrets'));
  const rules = [
    ...others,
    ...kept.map((rule) => ({ ...rule, resources: rule.resources.filter((name) => name !== 'secrets') })),
  ];
  await scene.kubectl(['patch', 'clusterrole', 'edict-manager-role', '--type=merge', '-p', JSON.stringify({ rules })]);
  await scene.kubectl(['create', 'secret', 'generic', 'content', '-n', PLACE, '--from-literal=token=hunter2']);
  await scene.apply(named('Parcel', 'box', { secret: 'content', key: 'token' }));
  const target = [PARCELS, 'box', PLACE] as const;
  const unwritten = await scene.condition(target, 'Stalled', /^True ClusterForbidden .*Edict may not patch secrets/);
  assert.deepEqual(ruleIn(unwritten.message), {
    apiGroups: [''],
    resources: ['secrets'],
    verbs: ['create', 'patch', 'delete'],
  });
  await goesOn('without rights to write Secrets');
  await scene.restart();
  const unread = await scene.condition(target, 'Ready', /^False KindUnavailable .*Secret \(v1\) may not be read/);
  assert.deepEqual(ruleIn(unread.message), {
    apiGroups: [''],
    resources: ['secrets'],
    verbs: ['get', 'list', 'watch'],
  });
  await goesOn('without rights to read Secrets');
  const granted = { rules: [...rules, ruleIn(unread.message), ruleIn(unwritten.message)] };
  await scene.kubectl(['patch', 'clusterrole', 'edict-manager-role', '--type=merge', '-p', JSON.stringify(granted)]);
  await ready('box', PARCELS);
});
