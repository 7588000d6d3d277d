import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CatalogEntry } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import { formatInventory, type Inventory, inventoryKey } from '#model/inventory.js';
import type { Json, JsonObject } from '#model/json.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { OWNER_LABEL, ownerHash } from '#model/ownership.js';
import { readInventory } from '#observe/inventory.js';
import { noFacts } from '#observe/observe.js';
import { entryOf } from '../catalog/rule-set.js';
import { MemoryCluster } from './memory-cluster.js';
import { factsOf, NOTHING, OWNER, observed } from './world.js';

const thing = (
  name: string,
  namespace: string | undefined,
  more: JsonObject = {},
  labels: { [key: string]: string } = {},
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels },
  ...more,
});
const reading = (read: JsonObject): CatalogEntry =>
  entryOf({ reads: { resources: [{ as: 'found', apiVersion: 'v1', kind: 'Thing', ...read }] } });

const THINGS: readonly KubernetesObject[] = [
  thing('b', 'x', { spec: { size: 2 } }, { app: 'web' }),
  thing('a', 'y', { spec: { size: '2' } }, { app: 'web', tier: 'front' }),
  thing('a', 'x', { spec: { size: 3 }, status: { url: 'u' } }),
  thing('a', undefined, { spec: { size: 2 } }, { app: 'web' }),
];

/** A read, and the names that it finds: null where it names one and there is none. */
const READS: { readonly [sentence: string]: readonly [read: JsonObject, found: string | null | readonly string[]] } = {
  'a name gives one object of the own namespace': [{ name: 'a' }, 'x/a'],
  'a name from a path': [{ name: { path: 'spec.ref' } }, 'x/a'],
  'a name that nobody has gives null': [{ name: 'z' }, null],
  'a name that is not set gives null': [{ name: { path: 'spec.nothing' } }, null],
  'a name that is empty gives null': [{ name: { path: 'spec.empty' } }, null],
  'a name that is a path gives null': [{ name: { path: 'spec.bad' } }, null],
  'a name that is a list gives null': [{ name: { path: 'spec.list' } }, null],
  'a name in another namespace': [{ name: 'a', namespace: 'y' }, 'y/a'],
  'a name in a namespace from a path that is no namespace gives null': [
    { name: 'a', namespace: { path: 'spec.bad' } },
    null,
  ],
  'labels give a list, sorted': [{ labels: { app: { path: 'spec.app' } }, namespace: 'any' }, ['/a', 'x/b', 'y/a']],
  'labels in the own namespace': [{ labels: { app: 'web' } }, ['x/b']],
  'all labels must match': [{ labels: { app: 'web', tier: 'front' }, namespace: 'any' }, ['y/a']],
  'a label that is not set gives an empty list': [{ labels: { app: { path: 'spec.nothing' } }, namespace: 'any' }, []],
  'a label that no object can have gives an empty list': [
    { labels: { app: { path: 'spec.bad' } }, namespace: 'any' },
    [],
  ],
  'fields are compared as texts': [
    { where: [{ field: 'spec.size', equals: { path: 'spec.size' } }], namespace: 'any' },
    ['/a', 'x/b', 'y/a'],
  ],
  'all fields must match': [
    {
      where: [
        { field: 'spec.size', equals: '3' },
        { field: 'status.url', equals: 'u' },
      ],
    },
    ['x/a'],
  ],
  'nothing chosen gives all of the namespace': [{}, ['x/a', 'x/b']],
  'nothing chosen anywhere gives all': [{ namespace: 'any' }, ['/a', 'x/a', 'x/b', 'y/a']],
};

const nameOf = (found: Json | undefined): Json => {
  if (found === null || found === undefined) return null;
  if (Array.isArray(found)) return (found as readonly Json[]).map(nameOf);
  const { namespace = '', name } = (found as JsonObject).metadata as {
    readonly namespace?: string;
    readonly name: string;
  };
  return `${namespace}/${name}`;
};

for (const [sentence, [read, found]] of Object.entries(READS)) {
  test(`${sentence}`, async () => {
    const { related } = await factsOf(reading(read), { objects: THINGS });
    assert.deepEqual(nameOf(related.found), found);
  });
}

test('an owner without a namespace has no namespace as its own, not every one', async () => {
  const { namespace: _namespace, ...metadata } = OWNER.metadata;
  const owner = { ...OWNER, metadata };
  assert.deepEqual(nameOf((await factsOf(reading({}), { objects: THINGS, owner })).related.found), ['/a']);
  assert.deepEqual(nameOf((await factsOf(reading({ name: 'a' }), { objects: THINGS, owner })).related.found), '/a');
});

test('where several namespaces have an object of one name, the oldest is meant, then the one of the lesser uid', async () => {
  const aged = (namespace: string, creationTimestamp: string, uid: string): KubernetesObject => {
    const { metadata, ...rest } = thing('a', namespace);
    return { ...rest, metadata: { ...metadata, creationTimestamp, uid } };
  };
  const read = reading({ name: 'a', namespace: 'any' });
  const found = async (...objects: readonly KubernetesObject[]): Promise<Json> =>
    nameOf((await factsOf(read, { objects })).related.found);
  assert.equal(await found(aged('n1', '2026-01-02T00:00:00Z', '1'), aged('n2', '2026-01-01T00:00:00Z', '2')), 'n2/a');
  assert.equal(await found(aged('n1', '2026-01-01T00:00:00Z', '2'), aged('n2', '2026-01-01T00:00:00Z', '1')), 'n2/a');
});

test('a projection shows its fields and the name, and nothing else', async () => {
  const { related } = await factsOf(reading({ name: 'a', fields: ['status.url', 'spec.gone'] }), { objects: THINGS });
  assert.deepEqual(related.found, {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { name: 'a', namespace: 'x' },
    status: { url: 'u' },
  });
});

test('a Secret is its metadata, type and key names, wherever it is seen and however it is asked for', async () => {
  const secret: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name: 's',
      namespace: 'x',
      uid: 'su',
      resourceVersion: '9',
      labels: { [OWNER_LABEL]: ownerHash(keyOf(OWNER)) },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"aHVudGVyMg=="}}' },
      managedFields: [{ manager: 'm' }],
    },
    data: { password: 'aHVudGVyMg==', user: 'eA==' },
    stringData: { token: 'hunter2' },
  };
  const resources = [
    { as: 'whole', name: 's' },
    { as: 'projected', name: 's', fields: ['data.password', 'stringData', 'metadata.annotations', 'type'] },
    { as: 'listed' },
    { as: 'probed', where: [{ field: 'data.password', equals: 'aHVudGVyMg==' }] },
    { as: 'probedText', where: [{ field: 'stringData.token', equals: { path: 'spec.secret' } }] },
  ].map((read) => ({ apiVersion: 'v1', kind: 'Secret', ...read }));
  const writes = {
    resources: [
      { apiVersion: 'v1', kind: 'Secret', observe: ['data', 'stringData.token', 'type', 'metadata.annotations'] },
    ],
  };
  const { object: _object, ...facts } = await factsOf(entryOf({ reads: { resources }, writes }), { objects: [secret] });
  assert.doesNotMatch(JSON.stringify(facts), /hunter2|aHVudGVyMg/);
  const { managedFields: _managed, annotations: _annotations, ...metadata } = secret.metadata;
  const outline = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', keys: ['password', 'token', 'user'], metadata };
  assert.deepEqual(facts.related.whole, outline);
  assert.deepEqual(facts.related.listed, [outline]);
  assert.deepEqual([facts.related.probed, facts.related.probedText], [[], []], 'values cannot be guessed');
  assert.deepEqual(facts.children['Secret/x/s'], {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata,
    readiness: 'Ready',
  });
});

test('children are what carries the label of the owner, of every kind that its rule writes or ever wrote', async () => {
  const labels = { [OWNER_LABEL]: ownerHash(keyOf(OWNER)) };
  const child = (kind: string, more: JsonObject = {}): KubernetesObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'c', namespace: 'x', labels },
    ...more,
  });
  const objects = [
    child('Pod', {
      spec: { containers: [] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    }),
    child('Thing', { status: { state: 'Up' } }),
    child('Former'),
    child('Unrelated'),
    { ...child('Pod'), metadata: { name: 'of-somebody-else', namespace: 'x' } },
  ];
  const writes = {
    resources: [
      { apiVersion: 'v1', kind: 'Pod', observe: ['status.phase'] },
      { apiVersion: 'v1', kind: 'Thing', ready: "self.status.state == 'Up'" },
    ],
  };
  const inventory = {
    kinds: [
      { apiVersion: 'v1', kind: 'Former' },
      { apiVersion: 'v1', kind: 'Gone' },
    ],
    patches: [],
    repositories: [],
  };
  const entry = entryOf({ writes });
  const observation = await observed(entry, { objects, inventory, availability: { Gone: 'absent' } });
  assert.ok(observation.state === 'observed');
  assert.deepEqual(Object.keys(observation.facts.children), ['Pod/x/c', 'Thing/x/c', 'Former/x/c']);
  assert.deepEqual(
    observation.children.map(({ kind }) => kind),
    ['Pod', 'Thing', 'Former'],
  );
  assert.deepEqual(observation.facts.children['Pod/x/c'], {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'c', namespace: 'x', labels },
    status: { phase: 'Running' },
    readiness: 'Ready',
  });
});

test('a child whose fields are not written yet is not ready, and stalls nobody', async () => {
  const entry = entryOf({
    writes: { resources: [{ apiVersion: 'v1', kind: 'Thing', ready: "self.status.state == 'Up'" }] },
  });
  const labels = { [OWNER_LABEL]: ownerHash(keyOf(OWNER)) };
  const thing = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'c', namespace: 'x', labels } };
  const observation = await observed(entry, { objects: [thing] });
  assert.ok(observation.state === 'observed');
  assert.equal(observation.facts.children['Thing/x/c']?.readiness, 'InProgress');
});

const READ_AND_WRITE = {
  reads: {
    resources: [
      { as: 'a', apiVersion: 'v1', kind: 'Read' },
      { as: 'b', apiVersion: 'v1', kind: 'Maybe', optional: true },
      { as: 'c', apiVersion: 'v1', kind: 'Maybe', name: 'x', optional: true },
    ],
  },
  writes: { resources: [{ apiVersion: 'v1', kind: 'Written' }] },
};
const FORMER: Inventory = { kinds: [{ apiVersion: 'v1', kind: 'Former' }], patches: [], repositories: [] };

for (const availability of ['absent', 'forbidden', 'syncing'] as const) {
  test(`facts are never partial: a kind that is ${availability} means waiting, by name, unless the read is optional`, async () => {
    for (const kind of ['Read', 'Written', 'Former']) {
      const observation = await observed(entryOf(READ_AND_WRITE), {
        availability: { [kind]: availability },
        inventory: FORMER,
      });
      if (kind === 'Former' && availability === 'absent') assert.equal(observation.state, 'observed');
      else {
        assert.ok(observation.state === 'waiting', kind);
        assert.equal(observation.reason, 'KindUnavailable');
        assert.match(observation.message, new RegExp(kind));
      }
    }
    const { related } = await factsOf(entryOf(READ_AND_WRITE), { availability: { Maybe: availability } });
    assert.deepEqual(related, { a: [], b: [], c: null });
  });
}

test('the object is shown without the bookkeeping of others, and the time only where the rule has a clock, truncated', async () => {
  const { object, time, cluster, parameters } = await factsOf(entryOf({}));
  assert.deepEqual(object.metadata, { name: 'g', namespace: 'x', uid: 'u' });
  assert.deepEqual(object.status, { phase: 'Old' });
  assert.deepEqual([time, cluster, parameters], [undefined, { version: 'v1.36.0', capabilities: ['v1'] }, {}]);
  assert.equal((await factsOf(entryOf({ triggers: { clock: '1m' } }))).time, '2026-01-02T03:04:00Z');
  assert.equal((await factsOf(entryOf({ triggers: { clock: '2h' } }))).time, '2026-01-02T02:00:00Z');
  assert.deepEqual(noFacts(OWNER, entryOf({}).rule).object, object);
});

test('facts over their limit are refused by name, without being shown', async () => {
  const entry = entryOf({
    reads: { resources: [{ as: 'found', apiVersion: 'v1', kind: 'Thing' }] },
    limits: { facts: '1Ki' },
  });
  const objects = [thing('a', 'x', { spec: { text: 'hunter2'.repeat(1000) } })];
  await assert.rejects(observed(entry, { objects }), (error: unknown) => {
    assert.ok(error instanceof EdictError);
    assert.equal(error.code, 'FactsTooLarge');
    assert.equal(error.faults[0]?.location.object, 'Gadget/x/g');
    assert.match(error.faults[0]?.fragment ?? '', /related: 7/);
    return !/hunter2/.test(JSON.stringify(error.faults));
  });
});

test('the inventory of a rule is read from its record, and is empty where there is none', async () => {
  const { rule } = entryOf({});
  const inventory = {
    kinds: [{ apiVersion: 'v1', kind: 'Pod' }],
    patches: [],
    repositories: [{ remote: 'r', name: 'a/b', branch: 'main' }],
  };
  const record = formatInventory(inventoryKey(rule), inventory);
  assert.deepEqual(await readInventory(rule, new MemoryCluster([record])), inventory);
  assert.deepEqual(await readInventory(rule, new MemoryCluster()), NOTHING);
});
