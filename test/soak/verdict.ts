import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '#model/object.js';
import { keyOf } from '#model/object.js';
import { FINALIZER, OWNER_LABEL, ownerHash } from '#model/ownership.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import type { Client } from './client.js';
import { CHILD_PATHS, contentOf, listAll, nameIn, OWNER_PATHS } from './live.js';
import { ownerName } from './model.js';
import { differing, type Repository } from './repository.js';

/** Milliseconds between two looks at whether everything is as it should be. */
const PERIOD = 500;

/** Where everything that can be right or wrong is. */
export interface Scene {
  readonly plane: ControlPlane;
  readonly client: Client;
  readonly repository: Repository;
}

/** Waits until nothing differs from what it should be, at most so long; gives what still does, and how long it took. */
export async function converge(
  scene: Scene,
  milliseconds: number,
): Promise<{ readonly differences: readonly string[]; readonly took: number }> {
  const begun = performance.now();
  for (;;) {
    const differences = await differencesIn(scene);
    const took = performance.now() - begun;
    if (differences.length === 0 || took > milliseconds) return { differences, took };
    await sleep(PERIOD);
  }
}

/** How the cluster and the repository differ from what the client asked for. */
async function differencesIn({ plane, client, repository }: Scene): Promise<readonly string[]> {
  const owners = new Map<string, KubernetesObject>();
  for (const [kind, path] of Object.entries(OWNER_PATHS))
    for (const object of await listAll(plane, path))
      owners.set(nameIn(kind, object), { ...object, ...referenceOf(kind) });
  const children = new Map<string, KubernetesObject>();
  for (const [kind, path] of Object.entries(CHILD_PATHS))
    for (const object of await listAll(plane, path))
      if (object.metadata.labels?.[OWNER_LABEL] !== undefined) children.set(nameIn(kind, object), object);
  return [
    ...ownerDifferences(client, owners),
    ...childDifferences(client, children),
    ...strays(owners, children),
    ...repository.differences(client.owners.values()),
  ];
}

const referenceOf = (kind: string) =>
  kind === 'Rig'
    ? { apiVersion: 'lab.example.org/v1', kind }
    : { apiVersion: 'hourglass.eigenlayer.io/v1alpha1', kind };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly observedGeneration?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** Owners that are missing or left, whose finalizers are wrong, or which do not say that they are done. */
function ownerDifferences(
  { owners: wanted }: Client,
  owners: ReadonlyMap<string, KubernetesObject>,
): readonly string[] {
  const names = new Set([...wanted.values()].map(ownerName));
  const lost = [...names].filter((name) => !owners.has(name)).map((name) => `${name} is missing`);
  const found = [...owners].flatMap(([name, { kind, metadata, status }]) => {
    if (metadata.deletionTimestamp !== undefined) return [`${name} is still on its way out`];
    if (!names.has(name)) return [`${name} is there and should not be`];
    const finalizers = String(metadata.finalizers ?? []);
    const wrong =
      finalizers === (kind === 'Rig' ? FINALIZER : '') ? [] : [`${name} has the finalizers [${finalizers}]`];
    const conditions = (status as { conditions?: readonly Condition[] } | undefined)?.conditions ?? [];
    const ready = conditions.find(({ type }) => type === 'Ready');
    if (ready?.status === 'True' && ready.observedGeneration === metadata.generation) return wrong;
    return [...wrong, `${name} is not ready: ${ready?.reason ?? 'it says nothing'} ${ready?.message ?? ''}`];
  });
  return [...lost, ...found];
}

function childDifferences(client: Client, children: ReadonlyMap<string, KubernetesObject>): readonly string[] {
  const found = new Map(
    [...children].map(([name, object]) => {
      const leaves = object.metadata.deletionTimestamp === undefined ? '' : ' on its way out';
      return [name, `${contentOf(name.slice(0, name.indexOf('/')), object)}${leaves}`] as const;
    }),
  );
  return differing('child', client.children(), found);
}

/** Children without a living owner of that label, or which the garbage collector takes for those of another. */
function strays(
  owners: ReadonlyMap<string, KubernetesObject>,
  children: ReadonlyMap<string, KubernetesObject>,
): readonly string[] {
  const byHash = new Map([...owners.values()].map((owner) => [ownerHash(keyOf(owner)), owner.metadata.uid]));
  return [...children].flatMap(([name, { metadata }]) => {
    const hash = metadata.labels?.[OWNER_LABEL] ?? '';
    if (!byHash.has(hash)) return [`${name} has no living owner`];
    const references = metadata.ownerReferences ?? [];
    return references.every(({ uid }) => uid === byHash.get(hash)) ? [] : [`${name} belongs to a predecessor`];
  });
}
