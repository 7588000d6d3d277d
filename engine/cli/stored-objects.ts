import type { FolderCluster } from '#adapters/files/folder-cluster.js';
import type { Catalog } from '#catalog/catalog.js';
import type { Fault } from '#errors/fault.js';
import type { KubernetesObject } from '#model/object.js';

/** Custom resources that the folder holds, and faults of its files that should hold one. */
export interface StoredObjects {
  readonly objects: readonly KubernetesObject[];
  readonly faults: readonly Fault[];
}

/** Every custom resource of kinds that some rule is for. A file that holds none keeps no other from being seen. */
export function storedObjects({
  catalog,
  cluster,
}: {
  readonly catalog: Catalog;
  readonly cluster: FolderCluster;
}): StoredObjects {
  const found = catalog.entries.map(({ rule }) => cluster.readable(rule.for));
  return { objects: found.flatMap(({ objects }) => objects), faults: found.flatMap(({ faults }) => faults) };
}
