import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { type Path, valueAt } from '#model/path.js';
import { folderWithNotes, manifests, named, namesOf, rulesOf } from './printed-manifests.js';
import { edictHere } from './run-edict.js';

test('the manifests are these, in the order in which they can be applied', async () => {
  const objects = await manifests(folderWithNotes(), '--webhooks');
  assert.deepEqual(namesOf(objects), [
    'Namespace/edict-system',
    'CustomResourceDefinition/notes.office.example.com',
    'ServiceAccount/edict-system/edict-controller-manager',
    'ClusterRole/edict-manager-role',
    'ClusterRoleBinding/edict-manager-rolebinding',
    'Role/press/edict-manager-role',
    'RoleBinding/press/edict-manager-rolebinding',
    'Role/vault/edict-manager-role',
    'RoleBinding/vault/edict-manager-rolebinding',
    'Role/edict-system/edict-engine-role',
    'RoleBinding/edict-system/edict-engine-rolebinding',
    'ClusterRole/edict-editor-role',
    'ClusterRole/edict-viewer-role',
    'Secret/edict-system/edict-webhook-server-cert',
    'Service/edict-system/edict-webhook-service',
    'Service/edict-system/edict-controller-manager-metrics-service',
    'Deployment/edict-system/edict-controller-manager',
    'ValidatingWebhookConfiguration/edict-validating-webhook-configuration',
  ]);
});

test('the rights are exactly what the rules need', async () => {
  const objects = await manifests(folderWithNotes(), '--only', 'rbac');
  assert.deepEqual(rulesOf(named(objects, 'ClusterRole/edict-manager-role')), [
    ' | configmaps | * | get list watch create patch delete',
    'events.k8s.io | events | * | create patch',
    'office.example.com | notes | * | get list watch patch',
    'office.example.com | notes/finalizers | * | update',
    'office.example.com | notes/status | * | patch',
  ]);
  assert.deepEqual(rulesOf(named(objects, 'Role/press/edict-manager-role')), [
    'batch | jobs | * | get list watch create patch delete',
  ]);
  assert.deepEqual(rulesOf(named(objects, 'Role/vault/edict-manager-role')), [' | secrets | seal | get list watch']);
  assert.deepEqual(rulesOf(named(objects, 'Role/edict-system/edict-engine-role')), [
    ' | configmaps | * | get create patch',
    'coordination.k8s.io | leases | * | get create update',
  ]);
});

test('an engine that watches one namespace has no rights in others, and nobody is asked about them', async () => {
  const words = ['--watch-namespace', 'desk', '--webhooks', '--former', 'apps/v1/Deployment'] as const;
  const objects = await manifests(folderWithNotes(), ...words);
  assert.deepEqual(rulesOf(named(objects, 'ClusterRole/edict-manager-role')), [
    'admissionregistration.k8s.io | validatingwebhookconfigurations | edict-validating-webhook-configuration | get patch',
  ]);
  assert.deepEqual(rulesOf(named(objects, 'Role/desk/edict-manager-role')).slice(0, 2), [
    ' | configmaps | * | get list watch create patch delete',
    'apps | deployments | * | get list watch delete',
  ]);
  assert.ok(namesOf(objects).includes('Role/press/edict-manager-role'));
  const [webhook] = named(objects, 'ValidatingWebhookConfiguration/edict-validating-webhook-configuration')
    .webhooks as readonly JsonObject[];
  assert.deepEqual(webhook?.namespaceSelector, {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['desk'] }],
  });
  const env = valueAt(named(objects, 'Deployment/edict-system/edict-controller-manager'), [...CONTAINER, 'env']);
  assert.ok((env as readonly JsonObject[]).some(({ name, value }) => name === 'NAMESPACE' && value === 'desk'));
});

const WEBHOOKS = 'ValidatingWebhookConfiguration/edict-validating-webhook-configuration';
const ENGINE = 'Deployment/edict-system/edict-controller-manager';

test('the API server asks about every change of what a rule is for, and never about what leaves already', async () => {
  const folder = folderWithNotes();
  const objects = await manifests(folder, '--only', 'webhooks');
  const service = 'Service/edict-system/edict-webhook-service';
  assert.deepEqual(namesOf(objects), ['Secret/edict-system/edict-webhook-server-cert', service, WEBHOOKS]);
  const [webhook] = named(objects, WEBHOOKS).webhooks as readonly JsonObject[];
  assert.deepEqual(webhook, {
    admissionReviewVersions: ['v1'],
    clientConfig: {
      service: { name: 'edict-webhook-service', namespace: 'edict-system', path: '/validate', port: 443 },
    },
    failurePolicy: 'Fail',
    matchConditions: [
      { name: 'stays', expression: 'oldObject == null || !has(oldObject.metadata.deletionTimestamp)' },
      { name: 'where', expression: "[object, oldObject].exists(self, self != null && (self.spec.text != 'draft'))" },
    ],
    matchPolicy: 'Equivalent',
    name: 'note.office.edict.dev',
    namespaceSelector: {
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'edict-system'] },
      ],
    },
    rules: [
      {
        apiGroups: ['office.example.com'],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE', 'DELETE'],
        resources: ['notes'],
        scope: 'Namespaced',
      },
    ],
    sideEffects: 'None',
    timeoutSeconds: 10,
  });
  const file = join(folder, 'rules/office/note.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}  admission: {failurePolicy: Ignore}\n`);
  const [open] = named(await manifests(folder, '--webhooks'), WEBHOOKS).webhooks as readonly JsonObject[];
  assert.equal(open?.failurePolicy, 'Ignore');
});

test('an engine makes its certificate in one Secret and tells one configuration, or takes what is mounted', async () => {
  const own = await manifests(folderWithNotes(), '--webhooks');
  assert.deepEqual(
    rulesOf(named(own, 'Role/edict-system/edict-engine-role'))[1],
    ' | secrets | edict-webhook-server-cert | get patch',
  );
  assert.equal(named(own, 'Secret/edict-system/edict-webhook-server-cert').data, undefined);
  assert.ok(argumentsIn(own).includes('--webhook-bind-address=:9443'));
  const given = await manifests(folderWithNotes(), '--webhook-secret', 'made-by-others');
  assert.equal(rulesOf(named(given, 'Role/edict-system/edict-engine-role')).length, 2);
  assert.ok(!namesOf(given).some((name) => name.startsWith('Secret/')));
  assert.ok(argumentsIn(given).includes('--webhook-cert-dir=/etc/edict/webhook'));
  const volumes = valueAt(named(given, ENGINE), [...POD, 'volumes']) as readonly JsonObject[];
  assert.deepEqual(volumes.at(-1), { name: 'webhook-certificates', secret: { secretName: 'made-by-others' } });
});

test('an engine outside of the cluster is asked by its address', async () => {
  const objects = await manifests(folderWithNotes(), '--only', 'webhooks', '--webhook-url', 'https://192.0.2.1:9443');
  const [webhook] = named(objects, WEBHOOKS).webhooks as readonly JsonObject[];
  assert.deepEqual(webhook?.clientConfig, { url: 'https://192.0.2.1:9443/validate' });
  assert.ok(!namesOf(objects).some((name) => name.startsWith('Service/')));
});

function argumentsIn(objects: readonly JsonObject[]): readonly Json[] {
  return valueAt(named(objects, ENGINE), [...CONTAINER, 'args']) as readonly Json[];
}

const POD: Path = ['spec', 'template', 'spec'];
const CONTAINER: Path = [...POD, 'containers', 0];

test('the Pod keeps to the restricted standard of Pod security, and is named as it is asked to be', async () => {
  const words = ['--name', 'hourglass-operator', '--namespace', 'hourglass-system', '--image', 'registry.test/e:1'];
  const objects = await manifests(folderWithNotes(), ...words);
  const deployment = named(objects, 'Deployment/hourglass-system/hourglass-operator-controller-manager');
  assert.equal(valueAt(deployment, [...CONTAINER, 'image']), 'registry.test/e:1');
  assert.deepEqual(valueAt(deployment, [...CONTAINER, 'securityContext']), {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  });
  const { runAsNonRoot, seccompProfile } = valueAt(deployment, [...POD, 'securityContext']) as JsonObject;
  assert.deepEqual([runAsNonRoot, seccompProfile], [true, { type: 'RuntimeDefault' }]);
  const account = valueAt(deployment, [...POD, 'serviceAccountName']);
  assert.ok(namesOf(objects).includes(`ServiceAccount/hourglass-system/${account}`));
  const ports = valueAt(deployment, [...CONTAINER, 'ports']) as readonly JsonObject[];
  for (const target of targetPorts(objects))
    assert.ok(
      ports.some(({ name }) => name === target),
      String(target),
    );
});

function targetPorts(objects: readonly JsonObject[]): readonly Json[] {
  const services = objects.filter(({ kind }) => kind === 'Service');
  return services.flatMap(({ spec }) =>
    ((spec as JsonObject).ports as readonly JsonObject[]).map(({ targetPort = null }) => targetPort),
  );
}

test('definitions are as they are written, comments and all', async () => {
  const folder = folderWithNotes();
  const file = join(folder, 'crds/office/note.yaml');
  const text = `# What a note is.\n${readFileSync(file, 'utf8')}`;
  writeFileSync(file, `---\n${text}`);
  assert.equal((await edictHere(folder, ['manifests', '--only', 'crds'])).out, text);
  const { out } = await edictHere(folder, ['-o', 'json', 'manifests', '--only', 'crds', '--only', 'rbac']);
  const { kind, items } = JSON.parse(out) as { readonly kind: string; readonly items: readonly Json[] };
  assert.deepEqual([kind, items.filter(isJsonObject).length], ['List', 13]);
});

test('files are written where operators made with kubebuilder have them', async () => {
  const folder = folderWithNotes();
  const words = ['manifests', '--output-dir', 'config', '--existing-namespace', '--webhooks'];
  const { out } = await edictHere(folder, words);
  const paths = out.trimEnd().split('\n');
  assert.deepEqual(paths, [
    'config/crd/bases/office.example.com_notes.yaml',
    'config/rbac/rbac.yaml',
    'config/webhook/service.yaml',
    'config/manager/manager.yaml',
    'config/webhook/manifests.yaml',
  ]);
  for (const path of paths) assert.ok(existsSync(join(folder, path)), path);
});

test('what cannot be right is refused, and nothing is printed', async () => {
  const folder = folderWithNotes();
  for (const words of [
    ['--name', 'x'.repeat(29)],
    ['--namespace', 'A'],
    ['--image', ''],
    ['--plural', 'a=b'],
    ['--former', 'Pod'],
    ['--only', 'all'],
    ['--webhook-url', 'http://192.0.2.1:9443'],
  ]) {
    const { code, out } = await edictHere(folder, ['manifests', ...words]);
    assert.deepEqual([code, out], [2, ''], words.join(' '));
  }
  writeFileSync(join(folder, 'templates/office/note.jsonnet'), '{');
  const { code, out, err } = await edictHere(folder, ['manifests']);
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /TemplateInvalid/);
});
