import type { KubernetesObject } from '#model/object.js';
import type { Workspace } from './workspace.js';

/** Every custom resource that the folder holds, of kinds that some rule is for. */
export async function storedObjects({
  catalog,
  cluster,
}: Pick<Workspace, 'catalog' | 'cluster'>): Promise<readonly KubernetesObject[]> {
  const lists = await Promise.all(catalog.entries.map(({ rule }) => cluster.list(rule.for)));
  return lists.flat();
}
