import { compareText } from '#model/json.js';
import {
  groupOf,
  identityOf,
  type KindReference,
  type KubernetesObject,
  keyOf,
  type ObjectKey,
} from '#model/object.js';
import type { Availability, ClusterReader, ObjectQuery } from '#observe/cluster-reader.js';

/** A cluster of objects in memory, for reading. */
export class MemoryCluster implements ClusterReader {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #availability: { readonly [kind: string]: Availability };

  constructor(objects: readonly KubernetesObject[] = [], availability: { readonly [kind: string]: Availability } = {}) {
    for (const object of objects) this.put(keyOf(object), object);
    this.#availability = availability;
  }

  /** Keeps an object, or takes it away. */
  put(key: ObjectKey, object: KubernetesObject | undefined): void {
    if (object === undefined) this.#objects.delete(identityOf(key));
    else this.#objects.set(identityOf(key), object);
  }

  find(key: ObjectKey): KubernetesObject | undefined {
    return this.#objects.get(identityOf(key));
  }

  availability({ kind }: KindReference): Promise<Availability> {
    return Promise.resolve(this.#availability[kind] ?? 'ready');
  }

  get(key: ObjectKey): Promise<KubernetesObject | null> {
    return Promise.resolve(this.find(key) ?? null);
  }

  list({ apiVersion, kind, namespace, labels = {} }: ObjectQuery): Promise<readonly KubernetesObject[]> {
    if ((this.#availability[kind] ?? 'ready') !== 'ready') return Promise.reject(new Error(`${kind} was listed`));
    const found = [...this.#objects.values()].filter(
      ({ metadata, ...object }) =>
        object.kind === kind &&
        groupOf(object.apiVersion) === groupOf(apiVersion) &&
        (namespace === undefined || metadata.namespace === namespace) &&
        Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value),
    );
    return Promise.resolve(found.sort((left, right) => compareText(placeOf(left), placeOf(right))));
  }

  server(): Promise<{ readonly version: string; readonly capabilities: readonly string[] }> {
    return Promise.resolve({ version: 'v1.36.0', capabilities: ['v1'] });
  }
}

function placeOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}\0${metadata.name}`;
}
