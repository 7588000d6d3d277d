import type { FolderCluster } from '#adapters/files/folder-cluster.js';
import { type Catalog, entryFor } from '#catalog/catalog.js';
import { identityOf, type KubernetesObject, keyOf, type ObjectKey } from '#model/object.js';
import { OWNER_LABEL, ownerHash } from '#model/ownership.js';
import { DependencyIndex, type ObjectEvent } from '#observe/dependency-index.js';

/** Finds the owners that an event concerns: of a child by its label, of anything else by what rules read. */
export class Waker {
  readonly #catalog: Catalog;
  readonly #index = new DependencyIndex();
  readonly #owners: ReadonlyMap<string, ObjectKey>;
  #woken = new Map<string, ObjectKey>();

  /** `owners` are all custom resources that there are. */
  constructor(catalog: Catalog, owners: readonly KubernetesObject[]) {
    this.#catalog = catalog;
    this.#owners = new Map(owners.map((owner) => [ownerHash(keyOf(owner)), keyOf(owner)]));
    for (const owner of owners) {
      const entry = entryFor(catalog, owner);
      if (entry !== undefined) this.#index.set(entry.rule, owner);
    }
  }

  /** Wakes whom the changes of `cluster` concern, until the function that it gives is called. */
  listen(cluster: FolderCluster): () => void {
    return cluster.watch(({ object, oldObject, type }) => {
      this.#note({ after: type === 'Deleted' ? undefined : object, before: type === 'Deleted' ? object : oldObject });
    });
  }

  /** Those who were woken since this was last asked, by identity. */
  take(): ReadonlyMap<string, ObjectKey> {
    const woken = this.#woken;
    this.#woken = new Map();
    return woken;
  }

  #note(event: ObjectEvent): void {
    const object = event.after ?? event.before;
    if (object === undefined) return;
    const entry = entryFor(this.#catalog, object);
    if (entry !== undefined && event.after !== undefined) this.#index.set(entry.rule, event.after);
    if (entry !== undefined && event.after === undefined) this.#index.remove(keyOf(object));
    const owner = this.#owners.get(object.metadata.labels?.[OWNER_LABEL] ?? '');
    for (const key of [...this.#index.ownersOf(event), ...(owner === undefined ? [] : [owner])])
      this.#woken.set(identityOf(key), key);
  }
}
