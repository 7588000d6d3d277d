import { addressKey, type RepositoryAddress } from './desired.js';
import { compareText, isJsonObject } from './json.js';
import { asJson, isSameKind, type KindReference, type KubernetesObject, type ObjectKey } from './object.js';

/** Everything that one rule ever wrote to: what pruning, deletion and watches go by, so that nothing is lost track of. */
export interface Inventory {
  readonly kinds: readonly KindReference[];
  /** Kinds of the objects of others that it patched. */
  readonly patches: readonly KindReference[];
  readonly repositories: readonly RepositoryAddress[];
}

/** Namespace of Edict's own records, unless it is installed elsewhere. */
export const SYSTEM_NAMESPACE = 'edict-system';
const RECORD_PREFIX = 'edict-inventory-';

/** The record of a rule: a ConfigMap in Edict's own namespace. */
export function inventoryKey(rule: { readonly domain: string; readonly slug: string }): ObjectKey {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: SYSTEM_NAMESPACE,
    name: `${RECORD_PREFIX}${rule.domain}-${rule.slug}`,
  };
}

/** Whether a key is that of such a record, of an engine in the namespace `home`. */
export function isInventoryKey({ kind, namespace, name }: ObjectKey, home = SYSTEM_NAMESPACE): boolean {
  return kind === 'ConfigMap' && namespace === home && name.startsWith(RECORD_PREFIX);
}

/** What a record says; an absent one is empty. */
export function parseInventory(record: KubernetesObject | null): Inventory {
  const { data } = record === null ? {} : asJson(record);
  const lines = (field: string): readonly string[] => {
    const text = isJsonObject(data) ? data[field] : undefined;
    return typeof text === 'string' ? text.split('\n').filter((line) => line !== '') : [];
  };
  const kinds = (field: string): readonly KindReference[] =>
    lines(field).map((line) => {
      const [apiVersion = '', kind = ''] = line.split(' ');
      return { apiVersion, kind };
    });
  return {
    kinds: kinds('kinds'),
    patches: kinds('patches'),
    repositories: lines('repositories').map((line) => {
      const [remote = '', name = '', branch = ''] = line.split(' ');
      return { remote, name, branch };
    }),
  };
}

/** The record that says `inventory`, one line each, sorted. */
export function formatInventory(key: ObjectKey, inventory: Inventory): KubernetesObject {
  const text = (kinds: readonly KindReference[]): string =>
    kinds
      .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)
      .sort(compareText)
      .join('\n');
  const patches = text(inventory.patches);
  const repositories = inventory.repositories.map(addressKey).sort(compareText);
  const { apiVersion, kind, namespace = '', name } = key;
  return {
    apiVersion,
    kind,
    metadata: { namespace, name },
    data: {
      kinds: text(inventory.kinds),
      ...(patches === '' ? {} : { patches }),
      repositories: repositories.join('\n'),
    },
  };
}

/** Both together, each once; `inventory` itself where nothing is new. */
export function extendInventory(inventory: Inventory, more: Inventory): Inventory {
  const kinds = extendKinds(inventory.kinds, more.kinds);
  const patches = extendKinds(inventory.patches, more.patches);
  const repositories = [...inventory.repositories];
  for (const address of more.repositories) {
    if (!repositories.some((known) => addressKey(known) === addressKey(address))) repositories.push(address);
  }
  const sizeOf = (each: Inventory): number => each.kinds.length + each.patches.length + each.repositories.length;
  const extended: Inventory = { kinds, patches, repositories };
  return sizeOf(extended) > sizeOf(inventory) ? extended : inventory;
}

function extendKinds(known: readonly KindReference[], more: readonly KindReference[]): readonly KindReference[] {
  const kinds = [...known];
  for (const { apiVersion, kind } of more) {
    if (!kinds.some((each) => isSameKind(each, { apiVersion, kind }))) kinds.push({ apiVersion, kind });
  }
  return kinds;
}
