import { faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { type KubernetesObject, keyOf, type OwnerReference } from '#model/object.js';
import { forEachAtOnce } from '#publish/at-once.js';
import type { ClusterWriter } from '#publish/cluster-writer.js';
import type { Release } from './releases.js';

/** What releasing writes with. */
export interface ReleasePorts {
  readonly writer: Pick<ClusterWriter, 'delete' | 'updateFinalizers'>;
  readonly disown: (object: KubernetesObject, owners: readonly OwnerReference[]) => Promise<void>;
  /** Called before what keeps engines from working is removed. */
  readonly ending: () => Promise<void>;
  readonly progress: (done: number, total: number) => void;
}

/** Writes at once. */
const IN_FLIGHT = 16;

/**
 * Does all releases, each safe to repeat, and gives what went wrong. Records are kept where anything did: who tries again
 * finds the rest by them.
 */
export async function release(releases: readonly Release[], ports: ReleasePorts): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  let done = 0;
  const doAll = (some: readonly Release[]): Promise<void> =>
    forEachAtOnce(some, IN_FLIGHT, async (each) => {
      try {
        await releaseOne(each, ports);
      } catch (error) {
        faults.push(...faultsOf(error).filter(({ code }) => code !== 'ObjectNotFound'));
      }
      ports.progress(++done, releases.length);
    });
  const isOfEngine = ({ act, object }: Release): boolean => act === 'delete' && object.metadata.namespace !== undefined;
  await doAll(releases.filter((each) => !isOfEngine(each)));
  if (faults.length > 0) return faults;
  await ports.ending();
  await doAll(releases.filter(isOfEngine));
  return faults;
}

async function releaseOne(each: Release, { writer, disown }: ReleasePorts): Promise<void> {
  const { object } = each;
  const target = { key: keyOf(object), uid: object.metadata.uid ?? '' };
  switch (each.act) {
    case 'finalizers':
      await writer.updateFinalizers({ ...target, remove: each.finalizers });
      return;
    case 'owners':
      await disown(object, each.owners);
      return;
    case 'delete':
      await writer.delete(target);
  }
}
