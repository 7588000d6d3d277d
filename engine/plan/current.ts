import type { Contest, ContestMemory } from '#model/contest.js';
import { addressKey, type Desired, type RepositoryAddress } from '#model/desired.js';
import type { Inventory } from '#model/inventory.js';
import { identityOf, type KubernetesObject, keyOf, type ObjectKey } from '#model/object.js';
import { OWNER_LABEL } from '#model/ownership.js';
import { recordPath } from '#model/records.js';
import type { RepositoryReader } from '#model/repository.js';
import { type RecordCache, type RepositoryState, readState } from '#model/repository-state.js';

/** Reads one live object, or null. */
interface ObjectReader {
  get(key: ObjectKey, extent?: 'whole'): Promise<KubernetesObject | null>;
}

/** The present state of exactly the targets that a rendering names and of what the owner's inventory lists. */
export interface Current {
  /** By identity. */
  readonly live: ReadonlyMap<string, KubernetesObject>;
  /** Fields that others keep changing back, by identity of the child. */
  readonly contests: ReadonlyMap<string, readonly Contest[]>;
  /** By `addressKey`. */
  readonly repositories: ReadonlyMap<string, RepositoryState>;
  /** By `addressKey` and path. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** What reading it needs. */
export interface CurrentPorts {
  readonly cluster: ObjectReader;
  readonly repositories: RepositoryReader;
  readonly records: RecordCache;
  /** Undefined: nothing is known of earlier passes. */
  readonly contests?: ContestMemory | undefined;
}

/** What is to be compared: a rendering, and what its owner already has. */
export interface Targets {
  readonly desired: Desired;
  readonly children: readonly KubernetesObject[];
  /** Objects of others that carry fields of the owner. */
  readonly patched: readonly KubernetesObject[];
  readonly inventory: Inventory;
  readonly owner: ObjectKey;
  readonly instance: string;
}

/** Reads the current state of `targets`. */
export async function readCurrent(targets: Targets, ports: CurrentPorts): Promise<Current> {
  const [live, repositories] = await Promise.all([readLive(targets, ports.cluster), readRepositories(targets, ports)]);
  const texts = new Map<string, ReadonlyMap<string, string>>();
  for (const [address, state] of repositories) texts.set(address, await readTexts(address, state, targets));
  return { live, contests: contestsOf(live, ports.contests), repositories, texts };
}

function contestsOf(
  live: ReadonlyMap<string, KubernetesObject>,
  memory: ContestMemory | undefined,
): ReadonlyMap<string, readonly Contest[]> {
  if (memory === undefined) return new Map();
  const standing = [...live].map(([identity, object]) => [identity, memory.standing(keyOf(object))] as const);
  return new Map(standing.filter(([, contests]) => contests.length > 0));
}

async function readLive(
  { desired, children, patched }: Targets,
  cluster: ObjectReader,
): Promise<ReadonlyMap<string, KubernetesObject>> {
  const live = new Map([...patched, ...children].map((object) => [identityOf(keyOf(object)), object]));
  const unknown = [...desired.resources, ...desired.patches]
    .map(({ object }) => keyOf(object))
    .filter((key) => !live.has(identityOf(key)));
  const found = await Promise.all(unknown.map((key) => cluster.get(key)));
  for (const object of found) if (object !== null) live.set(identityOf(keyOf(object)), object);
  await Promise.all(
    desired.resources.map(async ({ object }) => {
      const key = keyOf(object);
      const current = live.get(identityOf(key));
      if (current === undefined || current.metadata.labels?.[OWNER_LABEL] !== undefined) return;
      // What may be taken over is looked at as a whole: what its managers own is part of the plan.
      const whole = await cluster.get(key, 'whole');
      if (whole !== null) live.set(identityOf(key), whole);
    }),
  );
  return live;
}

async function readRepositories(
  { desired, inventory }: Targets,
  { repositories, records }: CurrentPorts,
): Promise<ReadonlyMap<string, RepositoryState>> {
  const addresses = new Map<string, RepositoryAddress>();
  for (const address of [...desired.files.map(({ repository }) => repository), ...inventory.repositories])
    addresses.set(addressKey(address), address);
  const states = await Promise.all(
    [...addresses.values()].map(async (address) => readState(address, await repositories.snapshot(address), records)),
  );
  return new Map(states.map((state) => [addressKey(state.address), state]));
}

function readTexts(
  address: string,
  { snapshot, records }: RepositoryState,
  { desired, owner, instance }: Targets,
): Promise<ReadonlyMap<string, string>> {
  const rendered = desired.files.filter(({ repository }) => addressKey(repository) === address).map(({ path }) => path);
  const own = records.get(recordPath(instance, owner));
  const paths = new Set([...rendered, ...(own?.files ?? []), ...(own?.shared ?? [])]);
  return snapshot.read([...paths].filter((path) => snapshot.files.has(path)));
}
