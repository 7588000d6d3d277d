import type { Inventory } from '#model/inventory.js';
import { isSameKind, type KindReference, type KubernetesObject, keyOf } from '#model/object.js';
import { fieldManagerOf } from '#model/ownership.js';
import type { Rule } from '#model/rule.js';
import type { ClusterReader } from './cluster-reader.js';

/**
 * The objects of others that carry fields of this owner. What says so is the API server's own note of who manages which
 * field: a patch leaves no label behind, and needs no memory of ours.
 */
export async function listPatched(
  owner: KubernetesObject,
  rule: Rule,
  inventory: Inventory,
  cluster: ClusterReader,
): Promise<readonly KubernetesObject[]> {
  const patchedBy = fieldManagerOf(rule.slug, keyOf(owner));
  const kinds = [...rule.writes.patches, ...formerlyPatched(rule, inventory)];
  const lists = await Promise.all(
    kinds.map(async ({ apiVersion, kind }) => {
      // A kind that is not served any more has no objects left.
      if ((await cluster.availability({ apiVersion, kind })) === 'absent') return [];
      return cluster.list({ apiVersion, kind, patchedBy });
    }),
  );
  return lists.flat();
}

/** The kinds that the rule patched once and no longer lists. */
export function formerlyPatched(rule: Rule, { patches }: Inventory): readonly KindReference[] {
  return patches.filter((kind) => !rule.writes.patches.some((patch) => isSameKind(patch, kind)));
}
