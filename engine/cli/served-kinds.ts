import type { ServedKind } from '#adapters/files/folder-cluster.js';
import type { Catalog } from '#catalog/catalog.js';
import { isClusterScoped } from '#model/kind-names.js';

/** Every kind that some rule is for, reads or writes: the folder serves them all, also while it has no object of them. */
export function servedKinds({ entries }: Catalog): readonly ServedKind[] {
  const own = entries.map(({ rule, definition }) => ({ ...rule.for, namespaced: definition?.scope !== 'Cluster' }));
  const others = entries.flatMap(({ rule }) => [
    ...rule.reads.resources,
    ...rule.writes.resources,
    ...rule.writes.patches,
  ]);
  const records = { apiVersion: 'v1', kind: 'ConfigMap', namespaced: true };
  return [
    records,
    ...others.map(({ apiVersion, kind }) => ({ apiVersion, kind, namespaced: !isClusterScoped({ apiVersion, kind }) })),
    ...own,
  ];
}
