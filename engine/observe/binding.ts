import { isJsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { valueAt } from '#model/path.js';
import type { Binding, NamespaceBinding, ResourceRead } from '#model/rule.js';

/** The text that a binding stands for in the eyes of `owner`; undefined where the owner has no such text. */
export function bound(binding: Binding, owner: KubernetesObject): string | undefined {
  if (binding.from === 'literal') return binding.value;
  const value = valueAt(asJson(owner), binding.path);
  if (value === undefined || value === null || Array.isArray(value) || isJsonObject(value)) return undefined;
  return String(value);
}

/** What one owner looks for by one read: `undefined` where it asks for nothing, because a field that it binds is not set. */
export interface Search {
  /** Undefined: every namespace. */
  readonly namespace: string | undefined;
  /** The values that name, labels or fields must have, in the order of `searchFields`. */
  readonly values: readonly string[];
}

/** Resolves the bindings of a read against its owner. */
export function searchOf(read: ResourceRead, owner: KubernetesObject): Search | undefined {
  const values = bindingsOf(read).map((binding) => bound(binding, owner));
  const namespace = boundNamespace(read.namespace, owner);
  if (namespace === null || !values.every((value) => value !== undefined)) return undefined;
  return { namespace, values };
}

/** The values that `object` has where a read searches: what `Search.values` is compared with. */
export function valuesFor(read: ResourceRead, object: KubernetesObject): readonly (string | undefined)[] {
  const { selection } = read;
  switch (selection.by) {
    case 'name':
      return [object.metadata.name];
    case 'labels':
      return Object.keys(selection.labels).map((label) => object.metadata.labels?.[label]);
    case 'fields':
      return selection.fields.map(({ field }) => bound({ from: 'path', path: field }, object));
    case 'all':
      return [];
  }
}

function bindingsOf({ selection }: ResourceRead): readonly Binding[] {
  switch (selection.by) {
    case 'name':
      return [selection.name];
    case 'labels':
      return Object.values(selection.labels);
    case 'fields':
      return selection.fields.map(({ equals }) => equals);
    case 'all':
      return [];
  }
}

/** Null where the namespace is bound to a field that the owner does not set. */
function boundNamespace(namespace: NamespaceBinding, owner: KubernetesObject): string | undefined | null {
  if (namespace.from === 'any') return undefined;
  if (namespace.from === 'own') return owner.metadata.namespace;
  return bound(namespace, owner) ?? null;
}
