import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, NAMESPACE } from './lab.js';
import { parcel } from './parcel.js';

let lab: Lab;
before(async () => {
  lab = await Lab.open('test/fixtures/rulesets/parcel');
  await lab.kubectl(['create', 'namespace', 'far']);
});
after(() => lab?.close());

const exists = async (name: string, namespace = NAMESPACE): Promise<boolean> =>
  (await lab.field(name, '.metadata.uid', namespace)) !== '';
const isGone = (name: string, namespace = NAMESPACE): Promise<void> =>
  lab.until(`${name} is gone`, async () => !(await exists(name, namespace)));
const isTold = (name: string, text: RegExp): Promise<void> =>
  lab.until(`${name} tells ${text}`, async () => text.test(await lab.condition(name, 'Ready')));
const remove = (name: string, ...words: string[]): Promise<string> =>
  lab.kubectl(['delete', name, '-n', NAMESPACE, '--wait=false', ...words]);
const patch = (name: string, body: object, namespace = NAMESPACE): Promise<string> =>
  lab.kubectl(['patch', name, '-n', namespace, '--type=merge', '-p', JSON.stringify(body)]);

test('nothing of a set is written while any of it is refused', async () => {
  await lab.apply(parcel('set', [{ name: 'good' }, { name: 'odd', data: { 'no key': 'x' } }]));
  await isTold('parcel/set', /^False ObjectInvalid/);
  await sleep(1000);
  assert.equal(await exists('configmap/good'), false);
  await lab.apply(parcel('set', [{ name: 'good' }, { name: 'odd', data: { key: 'x' } }]));
  await lab.ready('parcel/set');
  assert.deepEqual([await exists('configmap/good'), await exists('configmap/odd')], [true, true]);
});

test('more deletions than the rule allows are held, and fewer are done', async () => {
  const items = ['a', 'b', 'c', 'd'].map((name) => ({ name: `many-${name}` }));
  await lab.apply(parcel('many', items));
  await lab.ready('parcel/many');
  await lab.apply(parcel('many', items.slice(0, 1)));
  await isTold('parcel/many', /^False DeletionHeld/);
  await sleep(1000);
  for (const { name } of items) assert.ok(await exists(`configmap/${name}`), name);
  await lab.apply(parcel('many', items.slice(0, 2)));
  await lab.ready('parcel/many');
  assert.deepEqual([await exists('configmap/many-b'), await exists('configmap/many-c')], [true, false]);
});

test('what edict.yaml protects outlives its item and its owner, and says why', async () => {
  const safe = { name: 'safe', labels: { keep: 'always' } };
  await lab.apply(parcel('vault', [safe, { name: 'other' }]));
  await lab.ready('parcel/vault');
  await lab.apply(parcel('vault', [{ name: 'other' }]));
  await isTold('parcel/vault', /^False DeletionHeld/);
  assert.ok(await exists('configmap/safe'));
  await lab.apply(parcel('vault', [safe, { name: 'other' }]));
  await lab.ready('parcel/vault');
  await remove('parcel/vault');
  await sleep(2000);
  await isTold('parcel/vault', /^False DeletionHeld/);
  assert.ok(await exists('configmap/safe'));
  await lab.kubectl(['label', 'configmap/safe', '-n', NAMESPACE, 'keep-']);
  await isGone('parcel/vault');
  assert.equal(await exists('configmap/safe'), false);
});

test('waves go in reverse, each awaited, also in other namespaces', async () => {
  const items = [
    { name: 'base', namespace: 'far', wave: 0 },
    { name: 'top', namespace: 'far', wave: 1, finalizers: ['example.org/slow'] },
  ];
  await lab.apply(parcel('tower', items, { finalizers: ['post.example.org/old-operator'] }));
  await lab.ready('parcel/tower');
  assert.match(await lab.field('parcel/tower', '.metadata.finalizers'), /edict\.dev\/finalizer/);
  await remove('parcel/tower');
  await isTold('parcel/tower', /^False Deleting ConfigMap\/far\/top is still there/);
  await sleep(1000);
  assert.ok(await exists('configmap/base', 'far'));
  await patch('configmap/top', { metadata: { finalizers: null } }, 'far');
  await isGone('parcel/tower');
  assert.deepEqual([await exists('configmap/base', 'far'), await exists('configmap/top', 'far')], [false, false]);
});

test('the finalizer of a replaced operator goes with the object, where nothing else holds it', async () => {
  const metadata = { finalizers: ['post.example.org/old-operator', 'example.org/others'] };
  await lab.apply(parcel('heir', [{ name: 'near' }], metadata));
  await lab.ready('parcel/heir');
  await remove('parcel/heir');
  await lab.until(
    'only the finalizer of others is left',
    async () => (await lab.field('parcel/heir', '.metadata.finalizers')) === '["example.org/others"]',
  );
  await isGone('configmap/near');
  await patch('parcel/heir', { metadata: { finalizers: null } });
  await isGone('parcel/heir');
});

test('--cascade=orphan leaves everything, also in other namespaces', async () => {
  await lab.apply(parcel('orphaned', [{ name: 'near-orphan' }, { name: 'far-orphan', namespace: 'far' }]));
  await lab.ready('parcel/orphaned');
  await remove('parcel/orphaned', '--cascade=orphan');
  await isGone('parcel/orphaned');
  await sleep(2000);
  assert.ok(await exists('configmap/far-orphan', 'far'));
  assert.equal(await lab.field('configmap/near-orphan', '.metadata.ownerReferences'), '');
  assert.ok(await exists('configmap/near-orphan'));
});

test('a deletion that the cluster denies leaves the object with the reason, and is done when it may', async () => {
  const metadata = { name: 'locked' };
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['configmaps'] };
  const spec = {
    matchConstraints: { resourceRules: [rule] },
    validations: [{ expression: "oldObject.metadata.name != 'locked'", message: 'it is locked' }],
  };
  const admission = 'admissionregistration.k8s.io/v1';
  const binding = { policyName: 'locked', validationActions: ['Deny'] };
  const policy = [
    { apiVersion: admission, kind: 'ValidatingAdmissionPolicy', metadata, spec },
    { apiVersion: admission, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: binding },
  ];
  await lab.kubectl(['apply', '-f', '-'], policy.map((each) => JSON.stringify(each)).join('\n---\n'));
  await lab.apply(parcel('locked', [{ name: 'locked', namespace: 'far' }]));
  await lab.ready('parcel/locked');
  const dryRun = ['delete', 'configmap/locked', '-n', 'far', '--dry-run=server'];
  await lab.until('the policy is in force', async () => (await lab.plane.kubectl(dryRun)).code !== 0);
  await remove('parcel/locked');
  await isTold('parcel/locked', /^False AdmissionDenied .*it is locked/);
  await lab.kubectl(['delete', 'validatingadmissionpolicybinding/locked']);
  await isGone('parcel/locked');
  assert.equal(await exists('configmap/locked', 'far'), false);
});

test('after a refused write nothing of the set is written until none of it is refused', async () => {
  const rule = 'rules/post/parcel.yaml';
  lab.write(rule, lab.read(rule).replace('  preflight: true\n', ''));
  lab.edict.signal('SIGHUP');
  await lab.until('the rule is loaded', () => lab.edict.log.includes('the rule set was loaded'));
  const set = (text: string, key: string): Promise<void> =>
    lab.apply(
      parcel('half', [
        { name: 'half-a', data: { text } },
        { name: 'half-b', data: { [key]: 'x' } },
      ]),
    );
  const text = (): Promise<string> => lab.field('configmap/half-a', '.data.text');
  await set('one', 'no key');
  await isTold('parcel/half', /^False ObjectInvalid/);
  assert.equal(await text(), 'one');
  await set('two', 'no key either');
  await lab.until(
    'it was looked at',
    async () => (await lab.field('parcel/half', '.status.observedGeneration')) === '2',
  );
  await sleep(500);
  assert.equal(await text(), 'one');
  await set('three', 'key');
  await lab.ready('parcel/half');
  assert.equal(await text(), 'three');
});
