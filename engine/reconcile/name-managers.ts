import type { CatalogEntry } from '#catalog/catalog.js';
import type { Fault } from '#errors/fault.js';
import { formatKey, keyOf, type ObjectKey } from '#model/object.js';
import { fieldManagerOf } from '#model/ownership.js';
import type { Engine } from './engine.js';

/**
 * Faults that say of a field manager of Edict whose it is: its name holds no more than a hash. It stays as it is where
 * no object is found, or cannot be.
 */
export async function withManagersNamed(faults: readonly Fault[], engine: Engine): Promise<readonly Fault[]> {
  return Promise.all(
    faults.map(async (fault) => {
      const manager = fault.code === 'FieldTaken' ? fault.fragment : undefined;
      const owner = manager?.startsWith('edict:') ? await ownerOf(manager, engine).catch(() => undefined) : undefined;
      if (manager === undefined || owner === undefined) return fault;
      const message = fault.message.replaceAll(manager, formatKey(owner));
      return { ...fault, message, remedy: 'Let only one of the two objects set these fields.' };
    }),
  );
}

async function ownerOf(manager: string, { catalog, cluster }: Engine): Promise<ObjectKey | undefined> {
  const isIts = ({ rule }: CatalogEntry): boolean => manager.startsWith(`edict:${rule.slug}:`);
  for (const { rule } of catalog.entries.filter(isIts)) {
    const owners = await cluster.list({ apiVersion: rule.for.apiVersion, kind: rule.for.kind });
    const owner = owners.map(keyOf).find((key) => fieldManagerOf(rule.slug, key) === manager);
    if (owner !== undefined) return owner;
  }
  return undefined;
}
