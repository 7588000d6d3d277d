import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalog } from '#catalog/catalog.js';
import { release } from '#cli/uninstall/release.js';
import { findReleases, type Holdings, type Release } from '#cli/uninstall/releases.js';
import { EdictError } from '#errors/edict-error.js';
import { formatInventory, inventoryKey } from '#model/inventory.js';
import { formatKey, isSameKind, type KubernetesObject, keyOf } from '#model/object.js';
import { FINALIZER, OWNER_LABEL, ownerHash } from '#model/ownership.js';
import type { ObjectQuery } from '#observe/cluster-reader.js';
import { entryOf, mirror, THING } from '../engine/reconcile/thing.js';

const OLD = 'old.example.org/finalizer';
const ENTRY = entryOf({ template: mirror }, { deletion: { finalizers: [OLD] } });
const CATALOG = { entries: [ENTRY], stalled: [] } as unknown as Catalog;
const FORMER = { apiVersion: 'gone.example.org/v1', kind: 'Former' };

const object = (kind: { apiVersion: string; kind: string }, name: string, metadata: object = {}): KubernetesObject => ({
  ...kind,
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, ...metadata },
});
const child = (kind: string, owner: KubernetesObject): KubernetesObject => {
  const { apiVersion, kind: ownerKind, metadata } = owner;
  const own = { apiVersion, kind: ownerKind, name: metadata.name, uid: metadata.uid ?? '' };
  const others = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'uid-node' };
  const labels = { [OWNER_LABEL]: ownerHash(keyOf(owner)) };
  return object({ apiVersion: 'v1', kind }, `of-${metadata.name}`, { labels, ownerReferences: [others, own] });
};

const thing = object(THING, 'one', { finalizers: [FINALIZER, OLD, 'other.example.org/keep'] });
const former = object(FORMER, 'two', { finalizers: [FINALIZER, OLD] });
const RECORD = formatInventory(inventoryKey({ domain: 'gone', slug: 'former' }), {
  kinds: [{ apiVersion: 'v1', kind: 'Service' }],
  patches: [],
  repositories: [],
});
const webhooks = (name: string, webhook: string): KubernetesObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name, uid: `uid-${name}` },
  webhooks: [{ name: webhook }],
});
const OBJECTS = [
  thing,
  object(THING, 'free'),
  former,
  child('ConfigMap', thing),
  child('Service', former),
  object({ apiVersion: 'v1', kind: 'ConfigMap' }, 'of-somebody'),
  RECORD,
  webhooks('ours', 'thing.test.edict.dev'),
  webhooks('theirs', 'policy.example.org'),
];

const cluster: Holdings['cluster'] = {
  list: async (query: ObjectQuery) => {
    if (query.kind === 'Pod') throw new EdictError({ code: 'KindNotServed', message: 'no', location: {} });
    return OBJECTS.filter(
      (each) => isSameKind(each, query) && (query.namespace ?? each.metadata.namespace) === each.metadata.namespace,
    );
  },
};

const told = (releases: readonly Release[]): readonly string[] =>
  releases.map((each) => {
    const name = formatKey(keyOf(each.object));
    if (each.act === 'finalizers') return `${name} ${each.finalizers.join()}`;
    return each.act === 'owners' ? `${name} ${each.owners.map((owner) => owner.name).join()}` : name;
  });

const find = (children: Holdings['children']): Promise<readonly Release[]> =>
  findReleases({ cluster, catalog: CATALOG, namespace: 'edict-system', lease: 'edict', children });

test('everything that is held is found, also that of a rule which left, and nothing of others', async () => {
  const kept = [
    'ValidatingWebhookConfiguration/ours',
    `Thing/shop/one ${FINALIZER},${OLD}`,
    `Former/shop/two ${FINALIZER}`,
    'ConfigMap/edict-system/edict-inventory-gone-former',
  ];
  assert.deepEqual(told(await find('Keep')), kept);
  const [first = '', ...rest] = kept;
  assert.deepEqual(told(await find('Orphan')), [
    first,
    'ConfigMap/shop/of-one one',
    'Service/shop/of-two two',
    ...rest,
  ]);
});

test('where anything could not be released, records stay, by which it is found again', async () => {
  const calls: string[] = [];
  let isBroken = true;
  const ports = {
    writer: {
      delete: async ({ key }: { key: { name: string } }) => void calls.push(`delete ${key.name}`),
      updateFinalizers: async ({ key }: { key: { name: string } }) => {
        if (key.name === 'two') throw new EdictError({ code: 'ObjectNotFound', message: 'gone', location: {} });
        if (isBroken) throw new EdictError({ code: 'ClusterForbidden', message: 'no', location: {} });
        calls.push(`free ${key.name}`);
        return thing;
      },
    },
    disown: async () => undefined,
    ending: async () => void calls.push('ending'),
    progress: () => undefined,
  };
  const releases = await find('Keep');
  const faults = await release(releases, ports);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ['ClusterForbidden'],
  );
  assert.deepEqual(calls, ['delete ours']);
  isBroken = false;
  assert.deepEqual(await release(releases, ports), []);
  assert.deepEqual(calls.slice(1), ['delete ours', 'free one', 'ending', 'delete edict-inventory-gone-former']);
});
