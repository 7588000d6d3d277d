import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '#model/json.js';
import { Scene } from './cluster-scene.js';
import { allLookedAt, createAs, Guarded, OWN, USER } from './trespass.js';

// A rule set that trusts custom resources with everything: nothing but the engine stands between them and the world.

const ERRANDS = `/apis/bazaar.example.com/v1/namespaces/${OWN}/errands`;

let scene: Scene;
let guarded: Guarded;

before(async () => {
  scene = await Scene.open('errands', { users: { [USER]: [] } });
  guarded = await Guarded.place(scene, [{ group: 'bazaar.example.com', resource: 'errands' }]);
  await scene.run();
  await scene.apply(map('theirs', OWN), map('theirs', 'square'), map('theirs', 'vault'));
  await create('calm', { resources: [map('made', OWN)], files: [file({})] });
  await scene.kubectl(['wait', '--for=condition=Ready', 'errand/calm', '-n', OWN, '--timeout=60s']);
  await guarded.note();
});
after(async () => {
  guarded?.close();
  await scene?.close();
});

const map = (name: string, namespace: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  ...more,
});
const file = (more: JsonObject): JsonObject => ({
  repository: { remote: 'git', name: 'bazaar/errands', branch: 'main' },
  path: 'errands/calm.yaml',
  content: { text: 'calm' },
  ...more,
});

function create(name: string, spec: JsonObject, metadata: JsonObject = {}): Promise<boolean> {
  const object = {
    apiVersion: 'bazaar.example.com/v1',
    kind: 'Errand',
    metadata: { name, namespace: OWN, ...metadata },
    spec,
  };
  return createAs(scene, ERRANDS, object);
}

/** The reason for which each of these is not ready, in their order. */
async function reasonsOf(specs: { readonly [name: string]: JsonObject }): Promise<{ readonly [name: string]: string }> {
  for (const [name, spec] of Object.entries(specs)) assert.ok(await create(name, spec), name);
  const looked = await allLookedAt(scene, ERRANDS);
  return Object.fromEntries(
    Object.keys(specs).map((name) => {
      const { status } = looked.find(({ metadata }) => metadata.name === name) as unknown as {
        status: { conditions: { type: string; reason: string }[] };
      };
      return [name, status.conditions.find(({ type }) => type === 'Ready')?.reason ?? ''];
    }),
  );
}

const HANDLE: Json = { $secret: { as: 'master', key: 'token' } };
const URLS = (port: number): readonly string[] => [
  `http://127.0.0.1:${port}`,
  `oci://127.0.0.1:${port}`,
  `oci://charts.example.com@127.0.0.1:${port}`,
  `oci://charts.example.com/../../127.0.0.1:${port}`,
  `oci://charts.example.com.127.0.0.1.nip.io:${port}`,
  `https://git.example.com\\@127.0.0.1:${port}/`,
];

test('nothing is written outside of what the rule lists, whatever a custom resource asks for', async () => {
  const one = (resource: Json): JsonObject => ({ resources: [resource] });
  const reasons = await reasonsOf({
    'other-namespace': one(map('planted', 'vault')),
    'system-namespace': one(map('kubeadm-config', 'kube-system')),
    'own-records': one(map('edict-inventory-bazaar-errand', 'edict-system', { data: { kinds: '' } })),
    'listed-for-another-kind': one(map('planted', 'square')),
    'no-namespace': one({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'planted' } }),
    'namespace-with-a-path': one(map('planted', '../vault')),
    'namespace-as-a-list': one({ ...map('planted', OWN), metadata: { name: 'planted', namespace: ['vault'] } }),
    'name-with-a-path': one(map('../../vault/configmaps/planted', OWN)),
    'generated-name': one({ ...map('x', OWN), metadata: { generateName: 'planted-', namespace: OWN } }),
    secret: one({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'planted', namespace: OWN } }),
    rights: one({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'planted' },
    }),
    'kind-with-a-path': one({ ...map('x', OWN), kind: 'ConfigMap/../secrets' }),
    'version-with-a-path': one({ ...map('x', OWN), apiVersion: 'v1/namespaces/vault' }),
    'another-owner': one({
      ...map('x', OWN),
      metadata: { name: 'x', namespace: OWN, labels: { 'edict.dev/owner': '0123456789abcdef' } },
    }),
    'owner-references': one({
      ...map('x', OWN),
      metadata: {
        name: 'x',
        namespace: OWN,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'vault', uid: 'u' }],
      },
    }),
    uid: one({ ...map('x', OWN), metadata: { name: 'x', namespace: OWN, uid: 'u' } }),
    prototype: {
      resources: [
        JSON.parse(
          '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"__proto__":{"a":"b"}}}',
        ) as Json,
      ],
    },
    'file-elsewhere': { files: [file({ path: 'other/x' })] },
    'file-above': { files: [file({ path: 'errands/../../x' })] },
    'file-of-git': { files: [file({ path: '.git/config' })] },
    'file-of-another-owner': { files: [file({ content: { text: 'mine' } })] },
    'repository-elsewhere': { files: [file({ repository: { remote: 'git', name: 'bazaar/other', branch: 'main' } })] },
    'repository-above': {
      files: [file({ repository: { remote: 'git', name: 'bazaar/../../other', branch: 'main' } })],
    },
    'remote-unknown': { files: [file({ repository: { remote: 'nobody', name: 'bazaar/errands', branch: 'main' } })] },
    'remote-of-charts': { files: [file({ repository: { remote: 'charts', name: 'bazaar/errands', branch: 'main' } })] },
    'branch-as-an-option': {
      files: [file({ repository: { remote: 'git', name: 'bazaar/errands', branch: '--upload-pack=x' } })],
    },
  });
  for (const [name, reason] of Object.entries(reasons)) assert.notEqual(reason, 'Settled', name);
  await guarded.assertUntouched();
});

test('no value of a Secret is handed out, neither by a handle nor by a read that a custom resource bends', async () => {
  const data = (value: Json): JsonObject => ({ resources: [map('taken', OWN, { data: value })] });
  const reasons = await reasonsOf({
    handle: data({ token: HANDLE }),
    'handle-as-data': data(HANDLE),
    'handle-in-labels': {
      resources: [{ ...map('taken', OWN), metadata: { name: 'taken', namespace: OWN, labels: { a: HANDLE } } }],
    },
    'handle-in-a-name': { resources: [{ ...map('taken', OWN), metadata: { name: HANDLE, namespace: OWN } }] },
    'handle-in-a-file': { files: [file({ path: 'errands/taken', content: { token: HANDLE } })] },
    'handle-in-a-message': { waiting: [{ reason: 'Why', message: HANDLE }] },
    'handle-in-a-stall': { stalled: { reason: 'Why', message: HANDLE } },
    'handle-in-a-status': { status: { token: HANDLE } },
    'handle-to-another': data({ token: { $secret: { as: 'own', key: 'token' } } }),
    'handle-in-parts': data({ token: { $secret: { as: 'master' } } }),
  });
  for (const [name, reason] of Object.entries(reasons)) assert.notEqual(reason, 'Settled', name);
  await reasonsOf({
    'read-own': { secret: 'own' },
    'read-with-a-path': { secret: '../../vault/secrets/master' },
    'read-with-dots': { secret: '..' },
    'read-a-list': { secret: ['master'] },
    'read-elsewhere': { from: 'vault/secrets', map: 'master' },
    'read-a-secret-as-a-map': { from: 'vault', map: '../secrets/master' },
    'read-by-a-selector': { label: 'a),b!=c' },
  });
  await guarded.assertUntouched();
});

test('no host is called that a custom resource names', async () => {
  const charts = URLS(guarded.port).map((repository, index) => [
    `chart-${index}`,
    { charts: [{ repository, chart: 'x', version: '1.0.0' }] },
  ]);
  const more = [
    ['chart-above', { charts: [{ repository: 'charts', chart: '../x', version: '1.0.0' }] }],
    ['chart-version', { charts: [{ repository: 'charts', chart: 'x', version: `@127.0.0.1:${guarded.port}` }] }],
  ];
  const reasons = await reasonsOf(Object.fromEntries([...charts, ...more]) as { readonly [name: string]: JsonObject });
  for (const [name, reason] of Object.entries(reasons))
    assert.match(reason, /^(RemoteUnknown|ReadForbidden|TemplateOutputInvalid)$/, name);
  const remotes = URLS(guarded.port).map((remote, index) => [
    `remote-${index}`,
    { files: [file({ repository: { remote, name: 'bazaar/errands', branch: 'main' } })] },
  ]);
  for (const [name, reason] of Object.entries(
    await reasonsOf(Object.fromEntries(remotes) as { readonly [name: string]: JsonObject }),
  ))
    assert.notEqual(reason, 'Settled', name);
  await guarded.assertUntouched();
});

test('what is there and belongs to somebody else is neither adopted, replaced nor deleted', async () => {
  type Versioned = { readonly metadata: { readonly uid: string; readonly resourceVersion: string } };
  const at = (name: string): Promise<Versioned | undefined> => scene.get<Versioned>('configmap', name, OWN);
  const [theirs, made] = [await at('theirs'), await at('made')];
  const replacing = (name: string, uid = ''): JsonObject => ({
    resources: [
      {
        ...map(name, OWN, { data: { a: 'mine' } }),
        metadata: { name, namespace: OWN, annotations: { 'edict.dev/replace': uid } },
      },
    ],
  });
  const reasons = await reasonsOf({
    adopts: { resources: [map('theirs', OWN, { data: { a: 'mine' } })] },
    replaces: replacing('theirs', theirs?.metadata.uid),
    'adopts-made': { resources: [map('made', OWN, { data: { a: 'mine' } })] },
    'replaces-made': replacing('made', made?.metadata.uid),
    'adopts-seen': { resources: [map('seen-calm', OWN, { data: { a: 'mine' } })] },
  });
  for (const [name, reason] of Object.entries(reasons)) assert.match(reason, /^(FieldTaken|ObjectTaken)$/, name);
  const owner =
    (await scene.get<{ metadata: { labels: Record<string, string> } }>('configmap', 'made', OWN))?.metadata.labels ??
    {};
  const uid = theirs?.metadata.uid ?? '';
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'theirs', uid, controller: true };
  await create(
    'labelled',
    { resources: [] },
    {
      labels: owner,
      annotations: {
        'edict.dev/replace': uid,
        'edict.dev/deletion': 'Delete',
        'edict.dev/applied': 'x',
        'edict.dev/wave': '-1',
      },
    },
  );
  await create('referring', { resources: [] }, { ownerReferences: [reference], finalizers: ['edict.dev/finalizer'] });
  await allLookedAt(scene, ERRANDS);
  const leave = [...Object.keys(reasons), 'labelled', 'referring'];
  await scene.kubectl(['delete', 'errands', ...leave, '-n', OWN, '--timeout=60s'], { user: USER });
  for (const [name, before] of [
    ['theirs', theirs],
    ['made', made],
  ] as const)
    assert.deepEqual((await at(name))?.metadata.resourceVersion, before?.metadata.resourceVersion, name);
  await guarded.assertUntouched();
});
