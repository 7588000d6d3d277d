import type { CatalogEntry } from '#catalog/catalog.js';
import { readinessUnder } from '#catalog/readiness.js';
import { equalJson, type Json } from '#model/json.js';
import {
  asJson,
  identityOf,
  isSameKind,
  type KindReference,
  type KubernetesObject,
  keyOf,
  kindIdentity,
  type ObjectKey,
  withoutStatus,
} from '#model/object.js';
import { OWNER_LABEL, ownerHash } from '#model/ownership.js';
import { valueAt } from '#model/path.js';
import { writeOf } from '#model/rule.js';
import { DependencyIndex, type ObjectEvent } from './dependency-index.js';
import { PatchTargets } from './patch-targets.js';

/** Who is to be looked at again, and what changed: the object itself, something that it reads, or one of its children. */
export interface Wake {
  readonly key: ObjectKey;
  readonly by: 'self' | 'related' | 'child';
}

/**
 * Finds the owners that an event concerns: the object itself where what it asks changed, the owner of a child by its
 * label, and everybody who reads or patches the object. What only Edict's bookkeeping or reporting changed wakes nobody.
 */
export class Waker {
  readonly #entries: ReadonlyMap<string, CatalogEntry>;
  readonly #index = new DependencyIndex();
  readonly #targets: PatchTargets;
  /** Owners by what the labels of their children say. */
  readonly #owners = new Map<string, ObjectKey>();

  /** `targets` outlives a waker: what owners patch does not change with the rules of others. */
  constructor(entries: readonly CatalogEntry[], targets: PatchTargets = new PatchTargets()) {
    this.#targets = targets;
    this.#entries = new Map(entries.map((entry) => [kindIdentity(entry.rule.for), entry]));
  }

  /** Gets to know an object that some rule may be for. */
  put(object: KubernetesObject): void {
    const entry = this.#entries.get(kindIdentity(object));
    if (entry === undefined) return;
    this.#index.set(entry.rule, object);
    this.#owners.set(ownerHash(keyOf(object)), keyOf(object));
  }

  /** Takes note of a change, and gives whom it concerns, each once. */
  note(event: ObjectEvent): readonly Wake[] {
    const { before, after } = event;
    const object = after ?? before;
    if (object === undefined) return [];
    if (after === undefined) this.#remove(keyOf(object));
    else this.put(after);
    const owners = [before, after].flatMap((version) => this.#ownerOf(version) ?? []);
    const wakes: readonly Wake[] = [
      ...(this.#asksAnew(event) ? [{ key: keyOf(object), by: 'self' } as const] : []),
      ...[...this.#index.ownersOf(event), ...this.#targets.ownersOf(event)].map(
        (key) => ({ key, by: 'related' }) as const,
      ),
      ...owners.filter((key) => this.#concernsOwner(event, key)).map((key) => ({ key, by: 'child' }) as const),
    ];
    // What an owner reads is news to it even where it is its child.
    return [...new Map(wakes.toReversed().map((wake) => [identityOf(wake.key), wake])).values()].toReversed();
  }

  /** Whether this object is known, and not gone. */
  knows(key: ObjectKey): boolean {
    return this.#owners.has(ownerHash(key));
  }

  /** The known objects of a kind. */
  ownersOfKind(kind: KindReference): readonly ObjectKey[] {
    return [...this.#owners.values()].filter((key) => isSameKind(key, kind));
  }

  #remove(key: ObjectKey): void {
    this.#index.remove(key);
    this.#targets.remove(key);
    this.#owners.delete(ownerHash(key));
  }

  #ownerOf(child: KubernetesObject | undefined): ObjectKey | undefined {
    return this.#owners.get(child?.metadata.labels?.[OWNER_LABEL] ?? '');
  }

  /** Whether an owner asks something else than before: anything but its status, which only tells. */
  #asksAnew({ before, after }: ObjectEvent): boolean {
    const entry = this.#entries.get(kindIdentity((after ?? before) as KubernetesObject));
    if (entry === undefined) return false;
    if (before === undefined || after === undefined) return true;
    // A rule for some objects of a built-in kind is not woken by the others.
    if (!matches(before, entry) && !matches(after, entry)) return false;
    return !equalJson(asked(before), asked(after));
  }

  /** Whether anything of a child changed that its owner may put right, or that its template is told. */
  #concernsOwner({ before, after }: ObjectEvent, owner: ObjectKey): boolean {
    const entry = this.#entries.get(kindIdentity(owner));
    if (before === undefined || after === undefined || entry === undefined) return true;
    if (!equalJson(asked(before), asked(after))) return true;
    if (readinessUnder(entry, before) !== readinessUnder(entry, after)) return true;
    const observed = writeOf(entry.rule, after)?.observe ?? [];
    return observed.some((path) => !equalJson(valueAt(asJson(before), path), valueAt(asJson(after), path)));
  }
}

/** All of an object but its status and what API server and operators note about it. */
function asked(object: KubernetesObject): Json {
  const {
    managedFields: _managedFields,
    resourceVersion: _resourceVersion,
    generation: _generation,
    finalizers: _finalizers,
    ...metadata
  } = object.metadata;
  return { ...withoutStatus(object), metadata: metadata as unknown as Json };
}

function matches(object: KubernetesObject, { where }: CatalogEntry): boolean {
  try {
    return where === undefined || where.evaluate({ self: asJson(object) }) === true;
  } catch {
    // Its pass tells what is wrong with the expression.
    return true;
  }
}
