import type { ChangeSet } from '#model/change-set.js';
import { extendInventory, formatInventory, type Inventory, inventoryKey, parseInventory } from '#model/inventory.js';
import type { Rule } from '#model/rule.js';
import type { ClusterWriter } from './cluster-writer.js';
import type { ObjectReader } from './secrets.js';

/** What noting targets needs. */
export interface InventoryPorts {
  readonly writer: ClusterWriter;
  readonly cluster: ObjectReader;
}

/**
 * Owners of one rule are in work at once, and share its record: they take turns, so that none unwrites another's note.
 * By what reads the cluster: every pass has a writer of its own.
 */
const turns = new WeakMap<ObjectReader, Promise<void>>();

/** Notes every kind and branch of `changes` that the rule has not written before, ahead of the first write. */
export async function noteTargets(
  rule: Rule,
  known: Inventory,
  { changes }: ChangeSet,
  ports: InventoryPorts,
): Promise<void> {
  const more: Inventory = {
    kinds: changes.flatMap((change) => (change.sink === 'cluster' ? [change.key] : [])),
    patches: changes.flatMap((change) => (change.sink === 'patch' ? [change.key] : [])),
    repositories: changes.flatMap((change) => (change.sink === 'git' ? [change.repository] : [])),
  };
  if (extendInventory(known, more) === known) return;
  const before = turns.get(ports.cluster) ?? Promise.resolve();
  const turn = before.then(() => extendRecord(rule, more, ports));
  turns.set(
    ports.cluster,
    turn.catch(() => undefined),
  );
  await turn;
}

async function extendRecord(rule: Rule, more: Inventory, { writer, cluster }: InventoryPorts): Promise<void> {
  const key = inventoryKey(rule);
  const inventory = parseInventory(await cluster.get(key));
  const extended = extendInventory(inventory, more);
  if (extended === inventory) return;
  await writer.apply({ object: formatInventory(key, extended), fieldManager: 'edict', force: true });
}
