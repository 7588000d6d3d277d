import { applyChange } from '#adapters/files/object-change.js';
import { ObjectTable } from '#adapters/files/object-table.js';
import { type Clock, formatTime } from '#model/clock.js';
import { digestOf } from '#model/digest.js';
import type { Facts } from '#model/facts.js';
import { identityOf, type KubernetesObject, keyOf, type ObjectKey, type ObjectMetadata } from '#model/object.js';
import type { Availability, ClusterReader, ObjectQuery } from '#observe/cluster-reader.js';
import type {
  ApplyRequest,
  ClusterWriter,
  DeleteRequest,
  FinalizerRequest,
  StatusRequest,
} from '#publish/cluster-writer.js';

/**
 * The cluster of one case, in memory: it serves every kind, gives uids that are always the same, and never ends a
 * deletion while a pass goes on.
 */
export class CaseCluster implements ClusterReader, ClusterWriter {
  readonly #table = new ObjectTable();
  readonly #clock: Clock;
  readonly #server: Facts['cluster'];

  constructor(clock: Clock, server: Facts['cluster']) {
    this.#clock = clock;
    this.#server = server;
  }

  /** Puts an object there as it is, with what an API server adds where it is lacking. */
  put(object: KubernetesObject): KubernetesObject {
    const stored: ObjectMetadata = {
      uid: uidOf(keyOf(object)),
      generation: 1,
      creationTimestamp: formatTime(this.#clock.now()),
      ...object.metadata,
    };
    const complete = { ...object, metadata: stored };
    this.#table.put(complete);
    return complete;
  }

  async availability(): Promise<Availability> {
    return 'ready';
  }

  async get(key: ObjectKey): Promise<KubernetesObject | null> {
    return this.#table.get(key) ?? null;
  }

  async list(query: ObjectQuery): Promise<readonly KubernetesObject[]> {
    return this.#table.list(query);
  }

  async server(): Promise<Facts['cluster']> {
    return this.#server;
  }

  async apply({ object, fieldManager, force, takeFrom, dryRun = false }: ApplyRequest): Promise<KubernetesObject> {
    const next = applyChange(this.#table.get(keyOf(object)), object, {
      manager: fieldManager,
      force,
      takeFrom,
      time: formatTime(this.#clock.now()),
    });
    return dryRun ? next : this.put(next);
  }

  async delete({ key, uid }: DeleteRequest): Promise<void> {
    const live = this.#table.get(key);
    if (live?.metadata.uid !== uid) return;
    this.put({ ...live, metadata: { deletionTimestamp: formatTime(this.#clock.now()), ...live.metadata } });
  }

  async updateStatus({ key, status }: StatusRequest): Promise<KubernetesObject> {
    return this.put({ ...this.#existing(key), status });
  }

  async updateFinalizers({ key, add = [], remove = [] }: FinalizerRequest): Promise<KubernetesObject> {
    const live = this.#existing(key);
    const finalizers = [...new Set([...(live.metadata.finalizers ?? []), ...add])].filter(
      (finalizer) => !remove.includes(finalizer),
    );
    const next = this.put({ ...live, metadata: { ...live.metadata, finalizers } });
    if (finalizers.length === 0 && live.metadata.deletionTimestamp !== undefined) this.#table.remove(identityOf(key));
    return next;
  }

  #existing(key: ObjectKey): KubernetesObject {
    const live = this.#table.get(key);
    if (live === undefined) throw new Error(`the case has no ${identityOf(key)}`);
    return live;
  }
}

function uidOf(key: ObjectKey): string {
  const digits = digestOf(identityOf(key));
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(12, 15)}`,
    `8${digits.slice(15, 18)}`,
    digits.slice(18, 30),
  ].join('-');
}
