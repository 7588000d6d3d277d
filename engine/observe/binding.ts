import { isJsonObject } from '#model/json.js';
import { isDnsLabel, isLabelValue, isPathSegment } from '#model/names.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { valueAt } from '#model/path.js';
import type { Binding, NamespaceBinding, ResourceRead } from '#model/rule.js';
import { visibleObject } from './visible.js';

/** What one owner looks for by one read. */
export interface Search {
  /** Undefined: every namespace. Empty: objects without one. */
  readonly namespace: string | undefined;
  /** The values that name, labels or fields must have, in their order. */
  readonly values: readonly string[];
}

/**
 * Resolves the bindings of a read against its owner. Undefined where it asks for nothing: a field that it binds is not
 * set, or holds what no object can be named or labelled with. The owner is not trusted: its texts become no path.
 */
export function searchOf(read: ResourceRead, owner: KubernetesObject): Search | undefined {
  const values = bindingsOf(read).map((binding) => bound(binding, owner));
  const namespace = boundNamespace(read.namespace, owner);
  if (namespace === null || !values.every((value) => value !== undefined && isPossible(read, value))) return undefined;
  return { namespace, values: values as readonly string[] };
}

function isPossible({ selection }: ResourceRead, value: string): boolean {
  if (selection.by === 'name') return isPathSegment(value);
  return selection.by !== 'labels' || isLabelValue(value);
}

/** The values that `object` has where a read searches: what `Search.values` is compared with. Never those of a Secret. */
export function valuesFor(read: ResourceRead, object: KubernetesObject): readonly (string | undefined)[] {
  const { selection } = read;
  switch (selection.by) {
    case 'name':
      return [object.metadata.name];
    case 'labels':
      return Object.keys(selection.labels).map((label) => object.metadata.labels?.[label]);
    case 'fields': {
      const shown = visibleObject(object);
      return selection.fields.map(({ field }) => bound({ from: 'path', path: field }, shown));
    }
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

/** Null where the namespace is bound to a field that the owner does not set, or that holds no namespace. */
function boundNamespace(namespace: NamespaceBinding, owner: KubernetesObject): string | undefined | null {
  if (namespace.from === 'any') return undefined;
  if (namespace.from === 'own') return owner.metadata.namespace ?? '';
  const name = bound(namespace, owner);
  return name !== undefined && isDnsLabel(name) ? name : null;
}

/** The text that a binding stands for in the eyes of `owner`; undefined where the owner has no such text. */
function bound(binding: Binding, owner: KubernetesObject): string | undefined {
  if (binding.from === 'literal') return binding.value;
  const value = valueAt(asJson(owner), binding.path);
  if (value === undefined || value === null || Array.isArray(value) || isJsonObject(value)) return undefined;
  return String(value);
}
