import { equalJson, type Json } from '#model/json.js';
import {
  asJson,
  identityOf,
  isSecret,
  type KubernetesObject,
  keyOf,
  kindIdentity,
  type ObjectKey,
} from '#model/object.js';
import type { ResourceRead, Rule } from '#model/rule.js';
import { searchOf, valuesFor } from './binding.js';
import { projection } from './visible.js';

/** A change of an object that rules may read. */
export interface ObjectEvent {
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

interface Lookup {
  readonly read: ResourceRead;
  /** Owners by what they search for. */
  readonly owners: Map<string, Map<string, ObjectKey>>;
}

/**
 * Which owners look at which objects: an inverted index over the bindings of all reads. An event finds its owners by as
 * many look-ups as there are reads of its kind, however many owners there are.
 */
export class DependencyIndex {
  readonly #lookups = new Map<string, Lookup[]>();
  readonly #searches = new Map<
    string,
    readonly { readonly owners: Map<string, Map<string, ObjectKey>>; readonly key: string }[]
  >();
  readonly #rules = new Map<Rule, readonly Lookup[]>();

  /** Notes what `owner` looks at now, instead of what it looked at before. */
  set(rule: Rule, owner: KubernetesObject): void {
    const key = keyOf(owner);
    const identity = identityOf(key);
    this.remove(key);
    const searches = this.#lookupsOf(rule).flatMap(({ read, owners }) => {
      const search = searchOf(read, owner);
      if (search === undefined) return [];
      const searched = searchKey(search.namespace, search.values);
      const found = owners.get(searched) ?? new Map<string, ObjectKey>();
      owners.set(searched, found.set(identity, key));
      return [{ owners, key: searched }];
    });
    this.#searches.set(identity, searches);
  }

  /** Forgets `owner`. */
  remove(owner: ObjectKey): void {
    const identity = identityOf(owner);
    for (const { owners, key } of this.#searches.get(identity) ?? []) {
      const found = owners.get(key);
      found?.delete(identity);
      if (found?.size === 0) owners.delete(key);
    }
    this.#searches.delete(identity);
  }

  /** The owners that an event concerns: those that found the object before or find it now, unless what they see of it is equal. */
  ownersOf(event: ObjectEvent): readonly ObjectKey[] {
    const object = event.after ?? event.before;
    if (object === undefined) return [];
    const concerned = new Map<string, ObjectKey>();
    for (const { read, owners } of this.#lookups.get(kindIdentity(object)) ?? []) {
      const before = searchKeys(read, event.before);
      const after = searchKeys(read, event.after);
      if (before.join() === after.join() && !isSeen(read, event)) continue;
      for (const key of new Set([...before, ...after]))
        for (const [identity, owner] of owners.get(key) ?? []) concerned.set(identity, owner);
    }
    return [...concerned.values()];
  }

  #lookupsOf(rule: Rule): readonly Lookup[] {
    const known = this.#rules.get(rule);
    if (known !== undefined) return known;
    const lookups = rule.reads.resources.map((read): Lookup => ({ read, owners: new Map() }));
    for (const lookup of lookups) {
      const kind = kindIdentity(lookup.read);
      this.#lookups.set(kind, [...(this.#lookups.get(kind) ?? []), lookup]);
    }
    this.#rules.set(rule, lookups);
    return lookups;
  }
}

function searchKey(namespace: string | undefined, values: readonly string[]): string {
  return JSON.stringify([namespace ?? null, ...values]);
}

/** The searches that find `object`: in its namespace and in every namespace. */
function searchKeys(read: ResourceRead, object: KubernetesObject | undefined): readonly string[] {
  if (object === undefined) return [];
  const values = valuesFor(read, object);
  if (!values.every((value) => value !== undefined)) return [];
  return [searchKey(object.metadata.namespace ?? '', values), searchKey(undefined, values)];
}

/** Whether anything differs that the read shows, or that a handle to a value of a Secret stands for. */
function isSeen(read: ResourceRead, { before, after }: ObjectEvent): boolean {
  if (before === undefined || after === undefined) return true;
  return !equalJson(visible(read, before), visible(read, after));
}

function visible(read: ResourceRead, object: KubernetesObject): Json {
  const shown = projection(object, read.fields);
  const { data = null, stringData = null } = asJson(object);
  return isSecret(object) ? [shown, data, stringData] : shown;
}
