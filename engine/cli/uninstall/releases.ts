import { type Catalog, deletionCatalog } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import { isInventoryKey, parseInventory } from '#model/inventory.js';
import { isJsonObject, type Json } from '#model/json.js';
import {
  asJson,
  type KindReference,
  type KubernetesObject,
  keyOf,
  kindIdentity,
  type OwnerReference,
} from '#model/object.js';
import { FINALIZER, OWNER_LABEL, ownerHash } from '#model/ownership.js';
import type { ObjectQuery } from '#observe/cluster-reader.js';

/** What becomes of the objects that exist for others. */
export type Fate = 'Keep' | 'Orphan';

/** One thing that Edict holds in a cluster, and what is done to let it go. */
export type Release =
  /** Finalizers are removed from a custom resource: its deletion waits for nobody any more. */
  | { readonly act: 'finalizers'; readonly object: KubernetesObject; readonly finalizers: readonly string[] }
  /** Owner references are removed from a child: it outlives its owner. */
  | { readonly act: 'owners'; readonly object: KubernetesObject; readonly owners: readonly OwnerReference[] }
  /** A record, the lease or what asks webhooks is deleted. */
  | { readonly act: 'delete'; readonly object: KubernetesObject };

/** Where releases are looked for. */
export interface Holdings {
  readonly cluster: { list(query: ObjectQuery): Promise<readonly KubernetesObject[]> };
  readonly catalog: Catalog;
  /** Namespace of the lease and the records. */
  readonly namespace: string;
  readonly lease: string;
  readonly children: Fate;
}

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const LEASE = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
const WEBHOOKS = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' };

/**
 * Everything that has to be let go, in an order in which it may be broken off anywhere and begun again: records, by which
 * the rest is found, go last. A kind that is not served has nothing. Throws what reading throws.
 */
export async function findReleases(holdings: Holdings): Promise<readonly Release[]> {
  const { cluster, catalog, namespace, lease } = holdings;
  const rules = deletionCatalog(catalog).entries.map(({ rule }) => rule);
  const records = (await listServed({ ...CONFIG_MAP, namespace }, cluster)).filter((object) =>
    isInventoryKey(keyOf(object), namespace),
  );
  const written = [
    ...rules.flatMap(({ writes }) => writes.resources),
    ...records.flatMap((each) => parseInventory(each).kinds),
  ];
  const children = (await listAll(written, cluster)).filter(
    ({ metadata }) => metadata.labels?.[OWNER_LABEL] !== undefined,
  );
  // A rule that left the catalog is known by its children alone.
  const owners = [...rules.map((rule) => rule.for), ...children.flatMap(ownersOf)];
  const replaced = rules.flatMap(({ for: own, deletion }) =>
    deletion.finalizers.map((name) => `${kindIdentity(own)} ${name}`),
  );
  const webhookNames = rules.map(({ slug, domain }) => `${slug}.${domain}.edict.dev`);
  const webhooks = await listServed(WEBHOOKS, cluster);
  const leases = await listServed({ ...LEASE, namespace }, cluster);
  return [
    ...webhooks.filter((object) => hasWebhook(object, webhookNames)).map(deletion),
    ...(holdings.children === 'Orphan' ? children.flatMap(disowning) : []),
    ...(await listAll(owners, cluster)).flatMap((object) => releasing(object, replaced)),
    ...records.map(deletion),
    ...leases.filter(({ metadata }) => metadata.name === lease).map(deletion),
  ];
}

const deletion = (object: KubernetesObject): Release => ({ act: 'delete', object });

function releasing(object: KubernetesObject, replaced: readonly string[]): readonly Release[] {
  const { finalizers: all = [] } = object.metadata;
  const finalizers = all.filter(
    (finalizer) => finalizer === FINALIZER || replaced.includes(`${kindIdentity(object)} ${finalizer}`),
  );
  return finalizers.length === 0 ? [] : [{ act: 'finalizers', object, finalizers }];
}

function disowning(object: KubernetesObject): readonly Release[] {
  const owners = ownersOf(object);
  return owners.length === 0 ? [] : [{ act: 'owners', object, owners }];
}

/** The owner references of a child that its label names, too: others have put theirs beside. */
function ownersOf({ metadata }: KubernetesObject): readonly OwnerReference[] {
  const { namespace, labels = {}, ownerReferences = [] } = metadata;
  const label = labels[OWNER_LABEL];
  return ownerReferences.filter(({ apiVersion, kind, name }) => {
    const key = { apiVersion, kind, name };
    return [key, ...(namespace === undefined ? [] : [{ ...key, namespace }])].some((each) => ownerHash(each) === label);
  });
}

function hasWebhook(object: KubernetesObject, names: readonly string[]): boolean {
  const { webhooks } = asJson(object);
  const list: readonly Json[] = Array.isArray(webhooks) ? webhooks : [];
  return list.some((each) => isJsonObject(each) && names.includes(String(each.name)));
}

async function listAll(
  kinds: readonly KindReference[],
  cluster: Holdings['cluster'],
): Promise<readonly KubernetesObject[]> {
  const each = [
    ...new Map(
      kinds.map(({ apiVersion, kind }) => [kindIdentity({ apiVersion, kind }), { apiVersion, kind }]),
    ).values(),
  ];
  const lists = await Promise.all(each.map((kind) => listServed(kind, cluster)));
  return lists.flat();
}

async function listServed(query: ObjectQuery, cluster: Holdings['cluster']): Promise<readonly KubernetesObject[]> {
  try {
    return await cluster.list(query);
  } catch (error) {
    if (error instanceof EdictError && error.code === 'KindNotServed') return [];
    throw error;
  }
}
