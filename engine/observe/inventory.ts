import { type Inventory, inventoryKey, parseInventory } from '#model/inventory.js';
import type { Rule } from '#model/rule.js';
import type { ClusterReader } from './cluster-reader.js';

/** Everything that a rule ever wrote to. */
export async function readInventory(rule: Rule, cluster: ClusterReader): Promise<Inventory> {
  return parseInventory(await cluster.get(inventoryKey(rule)));
}
