import { equalJson, type Json } from '#model/json.js';
import { identityOf, type KubernetesObject, keyOf, type ObjectKey, withoutStatus } from '#model/object.js';
import type { ObjectEvent } from './dependency-index.js';

/** Who patches an object. */
interface Patcher {
  readonly owner: ObjectKey;
  /** Its field manager. */
  readonly manager: string;
  /** Whether something is still in the way: the object is not there, or somebody else manages a field. */
  readonly isWanting: boolean;
}

/**
 * Which owners patch which objects, whether these are there or not: what the last rendering of each said. It is lost
 * with the process and made anew by the first pass over each owner.
 */
export class PatchTargets {
  readonly #patchers = new Map<string, Map<string, Patcher>>();
  readonly #targets = new Map<string, readonly string[]>();

  /** Notes what an owner patches now, instead of what it patched before. */
  set(patcher: Patcher, targets: readonly ObjectKey[]): void {
    const owner = identityOf(patcher.owner);
    this.remove(patcher.owner);
    if (targets.length === 0) return;
    const identities = targets.map(identityOf);
    this.#targets.set(owner, identities);
    for (const identity of identities) {
      const patchers = this.#patchers.get(identity) ?? new Map<string, Patcher>();
      this.#patchers.set(identity, patchers.set(owner, patcher));
    }
  }

  /** Forgets an owner. */
  remove(owner: ObjectKey): void {
    const identity = identityOf(owner);
    for (const target of this.#targets.get(identity) ?? []) {
      const patchers = this.#patchers.get(target);
      patchers?.delete(identity);
      if (patchers?.size === 0) this.#patchers.delete(target);
    }
    this.#targets.delete(identity);
  }

  /** The owners whose fields of an object an event concerns. */
  ownersOf(event: ObjectEvent): readonly ObjectKey[] {
    if (this.#patchers.size === 0) return [];
    const object = event.after ?? event.before;
    const patchers = object === undefined ? undefined : this.#patchers.get(identityOf(keyOf(object)));
    if (patchers === undefined) return [];
    return [...patchers.values()].filter((patcher) => concerns(event, patcher)).map(({ owner }) => owner);
  }
}

/** The API server takes a field from its manager whenever somebody else changes or removes it: that alone is looked for. */
function concerns({ before, after }: ObjectEvent, { manager, isWanting }: Patcher): boolean {
  if (before === undefined || after === undefined || before.metadata.uid !== after.metadata.uid) return true;
  if (before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp) return true;
  const [had, has] = [fieldsOf(before, manager), fieldsOf(after, manager)];
  if (had !== null && !equalJson(had, has)) return true;
  return isWanting && !equalJson(asked(before), asked(after));
}

function fieldsOf({ metadata }: KubernetesObject, manager: string): Json {
  const entry = metadata.managedFields?.find((each) => each.manager === manager && each.operation === 'Apply');
  return entry?.fieldsV1 ?? null;
}

/** All of an object that somebody may manage. */
function asked(object: KubernetesObject): Json {
  const { labels = {}, annotations = {}, finalizers = [] } = object.metadata;
  return { ...withoutStatus(object), metadata: { labels, annotations, finalizers } };
}
