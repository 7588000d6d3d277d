import { compareText } from '#model/json.js';
import {
  identityOf,
  type KindReference,
  type KubernetesObject,
  keyOf,
  kindIdentity,
  type ObjectKey,
} from '#model/object.js';
import { patchersOf } from '#model/ownership.js';
import type { ObjectQuery } from '#observe/cluster-reader.js';

/** Objects in memory, found by name, kind, namespace, label, uid and owner without looking at the others. */
export class ObjectTable {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #byUid = new Map<string, string>();
  /** Identities by what an object can be found by. */
  readonly #index = new Map<string, Set<string>>();
  readonly #kinds = new Map<string, KindReference>();

  /** Every kind and version that was ever here. */
  get kinds(): readonly KindReference[] {
    return [...this.#kinds.values()];
  }

  /** Adds an object or takes the place of the one with its name. */
  put(object: KubernetesObject): void {
    const identity = identityOf(keyOf(object));
    this.remove(identity);
    this.#objects.set(identity, object);
    this.#kinds.set(`${object.apiVersion}/${object.kind}`, { apiVersion: object.apiVersion, kind: object.kind });
    if (object.metadata.uid !== undefined) this.#byUid.set(object.metadata.uid, identity);
    for (const term of termsOf(object)) {
      const found = this.#index.get(term);
      if (found === undefined) this.#index.set(term, new Set([identity]));
      else found.add(identity);
    }
  }

  /** Removes the object of an identity, if it is there. */
  remove(identity: string): void {
    const object = this.#objects.get(identity);
    if (object === undefined) return;
    this.#objects.delete(identity);
    if (object.metadata.uid !== undefined) this.#byUid.delete(object.metadata.uid);
    for (const term of termsOf(object)) {
      const found = this.#index.get(term);
      found?.delete(identity);
      if (found?.size === 0) this.#index.delete(term);
    }
  }

  get(key: ObjectKey): KubernetesObject | undefined {
    return this.#objects.get(identityOf(key));
  }

  byIdentity(identity: string): KubernetesObject | undefined {
    return this.#objects.get(identity);
  }

  withUid(uid: string): KubernetesObject | undefined {
    const identity = this.#byUid.get(uid);
    return identity === undefined ? undefined : this.#objects.get(identity);
  }

  /** The objects that name `uid` among their owners. */
  ownedBy(uid: string): readonly KubernetesObject[] {
    return this.#find([`owner ${uid}`]);
  }

  /** Sorted by namespace, then name. */
  list({ apiVersion, kind, namespace, labels = {}, patchedBy }: ObjectQuery): readonly KubernetesObject[] {
    const prefix = kindIdentity({ apiVersion, kind });
    const terms = [
      ...(namespace === undefined ? [] : [`${prefix} in ${namespace}`]),
      ...Object.entries(labels).map(([label, value]) => `${prefix} with ${label}=${value}`),
      ...(patchedBy === undefined ? [] : [`${prefix} patched by ${patchedBy}`]),
    ];
    return this.#find(terms.length === 0 ? [prefix] : terms);
  }

  /** Every object. */
  all(): readonly KubernetesObject[] {
    return [...this.#objects.values()];
  }

  /** Whether there is an object of this kind, in any version of its group. */
  hasKind(kind: KindReference): boolean {
    return this.#index.has(kindIdentity(kind));
  }

  /** The objects found by all of `terms`, sorted: goes through the shortest list only. */
  #find(terms: readonly string[]): readonly KubernetesObject[] {
    const found = terms
      .map((term) => this.#index.get(term) ?? new Set<string>())
      .sort((left, right) => left.size - right.size);
    const [shortest = new Set<string>(), ...others] = found;
    return [...shortest]
      .filter((identity) => others.every((other) => other.has(identity)))
      .flatMap((identity) => this.#objects.get(identity) ?? [])
      .sort(compareObjects);
  }
}

function compareObjects(left: KubernetesObject, right: KubernetesObject): number {
  const order = compareText(left.metadata.namespace ?? '', right.metadata.namespace ?? '');
  return order === 0 ? compareText(left.metadata.name, right.metadata.name) : order;
}

function termsOf(object: KubernetesObject): readonly string[] {
  const { namespace, labels = {}, ownerReferences = [] } = object.metadata;
  const prefix = kindIdentity(object);
  return [
    prefix,
    ...(namespace === undefined ? [] : [`${prefix} in ${namespace}`]),
    ...Object.entries(labels).map(([label, value]) => `${prefix} with ${label}=${value}`),
    ...patchersOf(object).map((manager) => `${prefix} patched by ${manager}`),
    ...ownerReferences.map(({ uid }) => `owner ${uid}`),
  ];
}
