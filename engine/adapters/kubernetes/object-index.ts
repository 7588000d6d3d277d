import type { KubernetesObject } from '#model/object.js';
import { OWNER_LABEL, patchersOf } from '#model/ownership.js';

type Names = Set<string>;

/** Finds objects of one kind by namespace, by those labels that somebody asks for, and by the owners that patched them. */
export class ObjectIndex {
  readonly #byNamespace = new Map<string, Names>();
  readonly #byLabel = new Map<string, Map<string, Names>>([[OWNER_LABEL, new Map()]]);
  readonly #byPatcher = new Map<string, Names>();
  /** Labels of every object, so that a label can be indexed when it is first asked for. */
  readonly #labels = new Map<string, KubernetesObject['metadata']['labels']>();

  /** Notes what an object is found by, instead of what it was found by before; undefined: it is gone. */
  set(name: string, object: KubernetesObject | undefined, before: KubernetesObject | undefined): void {
    if (before !== undefined) this.#remove(name, before);
    if (object === undefined) return;
    const { namespace, labels } = object.metadata;
    if (namespace !== undefined) add(this.#byNamespace, namespace, name);
    for (const manager of patchersOf(object)) add(this.#byPatcher, manager, name);
    if (labels === undefined) return;
    this.#labels.set(name, labels);
    for (const [label, values] of this.#byLabel) {
      const value = labels[label];
      if (value !== undefined) add(values, value, name);
    }
  }

  /** Names of the objects in a namespace that have all these labels and this patcher; undefined: nothing narrows them down. */
  find(
    namespace: string | undefined,
    labels: { readonly [label: string]: string },
    patchedBy?: string,
  ): readonly string[] | undefined {
    const sets = Object.entries(labels).map(([label, value]) => this.#valuesOf(label).get(value) ?? new Set<string>());
    if (namespace !== undefined) sets.push(this.#byNamespace.get(namespace) ?? new Set());
    if (patchedBy !== undefined) sets.push(this.#byPatcher.get(patchedBy) ?? new Set());
    if (sets.length === 0) return undefined;
    const [shortest = new Set<string>(), ...others] = sets.sort((left, right) => left.size - right.size);
    return [...shortest].filter((name) => others.every((other) => other.has(name)));
  }

  #valuesOf(label: string): Map<string, Names> {
    const known = this.#byLabel.get(label);
    if (known !== undefined) return known;
    const values = new Map<string, Names>();
    for (const [name, labels] of this.#labels) {
      const value = labels?.[label];
      if (value !== undefined) add(values, value, name);
    }
    this.#byLabel.set(label, values);
    return values;
  }

  #remove(name: string, object: KubernetesObject): void {
    const { namespace, labels = {} } = object.metadata;
    this.#labels.delete(name);
    for (const manager of patchersOf(object)) drop(this.#byPatcher, manager, name);
    if (namespace !== undefined) drop(this.#byNamespace, namespace, name);
    for (const [label, values] of this.#byLabel) {
      const value = labels[label];
      if (value !== undefined) drop(values, value, name);
    }
  }
}

function add(index: Map<string, Names>, key: string, name: string): void {
  const names = index.get(key);
  if (names === undefined) index.set(key, new Set([name]));
  else names.add(name);
}

function drop(index: Map<string, Names>, key: string, name: string): void {
  const names = index.get(key);
  names?.delete(name);
  if (names?.size === 0) index.delete(key);
}
