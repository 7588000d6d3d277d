import type { ChangeSet } from '#model/change-set.js';
import { extendInventory, formatInventory, type Inventory, inventoryKey } from '#model/inventory.js';
import type { Rule } from '#model/rule.js';
import type { ClusterWriter } from './cluster-writer.js';

/** Notes every kind and branch of `changes` that the rule has not written before, ahead of the first write. */
export async function noteTargets(rule: Rule, inventory: Inventory, { changes }: ChangeSet, writer: ClusterWriter): Promise<void> {
  const more: Inventory = {
    kinds: changes.flatMap((change) => (change.sink === 'cluster' ? [change.key] : [])),
    repositories: changes.flatMap((change) => (change.sink === 'git' ? [change.repository] : [])),
  };
  const extended = extendInventory(inventory, more);
  if (extended === inventory) return;
  const key = inventoryKey(rule);
  await writer.apply({ object: formatInventory(key, extended), fieldManager: 'edict', force: true });
}
