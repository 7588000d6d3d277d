import type { CatalogEntry } from '#catalog/catalog.js';
import { readinessUnder } from '#catalog/readiness.js';
import type { Child } from '#model/facts.js';
import type { JsonObject } from '#model/json.js';
import { asJson, formatKey, type KindReference, type KubernetesObject, keyOf } from '#model/object.js';
import { OWNER_LABEL, ownerHash } from '#model/ownership.js';
import { valueAt } from '#model/path.js';
import { writeOf } from '#model/rule.js';
import type { ClusterReader } from './cluster-reader.js';
import { visibleObject, withValue } from './visible.js';

/** The live objects of these kinds that carry this owner's label, kind by kind, each sorted by namespace and name. */
export async function listChildren(
  owner: KubernetesObject,
  kinds: readonly KindReference[],
  cluster: ClusterReader,
): Promise<readonly KubernetesObject[]> {
  const labels = { [OWNER_LABEL]: ownerHash(keyOf(owner)) };
  const lists = await Promise.all(kinds.map(({ apiVersion, kind }) => cluster.list({ apiVersion, kind, labels })));
  return lists.flat();
}

/** Children as templates see them, by `Kind/namespace/name`. */
export function childFacts(
  children: readonly KubernetesObject[],
  entry: CatalogEntry,
): { readonly [key: string]: Child } {
  return Object.fromEntries(children.map((child) => [formatKey(keyOf(child)), childFact(child, entry)]));
}

function childFact(child: KubernetesObject, entry: CatalogEntry): Child {
  const write = writeOf(entry.rule, child);
  const shown = visibleObject(child);
  const observed = (write?.observe ?? []).reduce<JsonObject>(
    (fact, path) => withValue(fact, path, valueAt(asJson(shown), path)),
    {},
  );
  return {
    ...observed,
    apiVersion: child.apiVersion,
    kind: child.kind,
    metadata: shown.metadata as unknown as JsonObject,
    readiness: readinessUnder(entry, child),
  };
}
