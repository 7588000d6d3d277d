import { identityOf, type KubernetesObject, keyOf, type ObjectKey } from '#model/object.js';
import type { ObjectEvent } from '#observe/dependency-index.js';
import type { ClusterWriter } from '#publish/cluster-writer.js';
import type { Trail } from './trail.js';

/** The last write of an object whose event was not seen yet. */
interface Write {
  readonly trail: Trail;
  /** Undefined while the write is under way, and of a deletion, which ends when the object is gone. */
  version: string | undefined;
  /** The version of an event that came while the write was under way. */
  seen: string | undefined;
  readonly removes: boolean;
}

/**
 * Knows which pass an event comes from: exactly, by the resourceVersion that its write was answered with. What nobody
 * here wrote comes from outside.
 */
export class Provenance {
  readonly #writes = new Map<string, Write>();

  /** A writer whose writes are those of one pass. */
  writer(writer: ClusterWriter, trail: Trail): ClusterWriter {
    return {
      apply: (request) =>
        request.dryRun === true
          ? writer.apply(request)
          : this.#note(keyOf(request.object), trail, () => writer.apply(request)),
      updateStatus: (request) => this.#note(request.key, trail, () => writer.updateStatus(request)),
      updateFinalizers: (request) => this.#note(request.key, trail, () => writer.updateFinalizers(request)),
      delete: (request) => {
        this.#writes.set(identityOf(request.key), { trail, version: undefined, seen: undefined, removes: true });
        return writer.delete(request);
      },
    };
  }

  /** The pass that an event comes from; undefined where it comes from somebody else. */
  causeOf({ before, after }: ObjectEvent): Trail | undefined {
    const object = after ?? before;
    const identity = object === undefined ? '' : identityOf(keyOf(object));
    const write = this.#writes.get(identity);
    if (object === undefined || write === undefined) return undefined;
    const { resourceVersion } = object.metadata;
    if (write.removes) {
      if (after === undefined) this.#writes.delete(identity);
      return after === undefined || after.metadata.deletionTimestamp !== undefined ? write.trail : undefined;
    }
    write.seen = resourceVersion;
    if (write.version === undefined) return write.trail;
    this.#writes.delete(identity);
    return write.version === resourceVersion ? write.trail : undefined;
  }

  async #note(key: ObjectKey, trail: Trail, send: () => Promise<KubernetesObject>): Promise<KubernetesObject> {
    const identity = identityOf(key);
    const write: Write = { trail, version: undefined, seen: undefined, removes: false };
    this.#writes.set(identity, write);
    try {
      const answer = await send();
      write.version = answer.metadata.resourceVersion;
      return answer;
    } finally {
      const isSeen = write.version === undefined || write.seen === write.version;
      if (isSeen && this.#writes.get(identity) === write) this.#writes.delete(identity);
    }
  }
}
