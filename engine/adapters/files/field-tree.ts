import { isJsonObject, type Json, type JsonObject } from '#model/json.js';

/**
 * A set of fields in the notation of Kubernetes' FieldsV1: `f:<name>` is a field, `k:<json>` the list item with these
 * keys, `v:<json>` the item of a set, `.` the item itself; a node without children is a leaf.
 */
export interface FieldTree {
  readonly [key: string]: FieldTree;
}

const LEAF: FieldTree = {};

/**
 * How the items of a list are told apart. Without schemas this goes by content: `metadata.finalizers` is a set,
 * `metadata.ownerReferences` goes by uid, a list whose items are all objects with different texts as `name` goes by
 * name, and every other list is atomic: it has one owner and is replaced as a whole.
 */
export type ListKey = 'name' | 'uid' | 'value' | 'atomic';

/** The list key of `items`, which stand at `path` (field names from the root). */
export function listKey(items: readonly Json[], path: readonly string[]): ListKey {
  if (path.length === 2 && path[0] === 'metadata') {
    if (path[1] === 'finalizers') return 'value';
    if (path[1] === 'ownerReferences') return 'uid';
  }
  const names = new Set(items.map((item) => (isJsonObject(item) ? item.name : undefined)));
  const named = items.length > 0 && names.size === items.length && [...names].every((name) => typeof name === 'string');
  return named ? 'name' : 'atomic';
}

/** The tree key of a list item. */
export function itemKey(item: Json, key: ListKey): string {
  if (key === 'value') return `v:${JSON.stringify(item)}`;
  return `k:${JSON.stringify({ [key]: isJsonObject(item) ? (item[key] ?? null) : null })}`;
}

/** Every field that `value` sets. */
export function fieldsOf(value: Json | undefined, path: readonly string[] = []): FieldTree {
  if (Array.isArray(value)) {
    const key = listKey(value, path);
    if (key === 'atomic') return LEAF;
    return Object.fromEntries(
      value.map((item) => [
        itemKey(item, key),
        key === 'value' ? LEAF : { '.': LEAF, ...fieldsOf(item, [...path, '*']) },
      ]),
    );
  }
  if (!isJsonObject(value)) return LEAF;
  return Object.fromEntries(Object.keys(value).map((name) => [`f:${name}`, fieldsOf(value[name], [...path, name])]));
}

/** Whether a node has no fields below it. */
export function isLeaf(tree: FieldTree): boolean {
  return Object.keys(tree).length === 0;
}

/** What `tree` has and `other` has not. A leaf is there if anything is at its place. */
export function difference(tree: FieldTree, other: FieldTree): FieldTree {
  return mapTree(tree, (node, key) => {
    const counterpart = other[key];
    if (counterpart === undefined) return node;
    const rest = difference(node, counterpart);
    return isLeaf(rest) ? undefined : rest;
  });
}

/** `tree` without the leaves of `taken` and what is below them; nodes that this empties go too. */
export function subtract(tree: FieldTree, taken: FieldTree): FieldTree {
  return mapTree(tree, (node, key) => {
    const gone = taken[key];
    if (gone === undefined) return node;
    if (isLeaf(gone)) return undefined;
    const rest = subtract(node, gone);
    return Object.keys(rest).every((child) => child === '.') ? undefined : rest;
  });
}

/** What is in either tree. */
export function union(left: FieldTree, right: FieldTree): FieldTree {
  const merged = mapTree(left, (node, key) => (right[key] === undefined ? node : union(node, right[key])));
  return { ...right, ...merged };
}

/** The same tree with every child mapped, without those that map to undefined. */
export function mapTree(tree: FieldTree, map: (node: FieldTree, key: string) => FieldTree | undefined): FieldTree {
  return Object.fromEntries(
    Object.keys(tree).flatMap((key) => {
      const mapped = map(tree[key] ?? LEAF, key);
      return mapped === undefined ? [] : [[key, mapped]];
    }),
  );
}

/** The value that the tree key `key` names below `value`. */
export function childAt(value: Json | undefined, key: string): Json | undefined {
  const name = key.slice(2);
  if (key.startsWith('f:')) return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  if (!Array.isArray(value)) return undefined;
  const list: readonly Json[] = value;
  if (key.startsWith('v:')) return list.find((item) => JSON.stringify(item) === name);
  const keys = JSON.parse(name) as JsonObject;
  return list.find((item) => isJsonObject(item) && Object.keys(keys).every((field) => item[field] === keys[field]));
}

/** Every leaf of a tree as Kubernetes writes field paths: `spec.containers[name="app"].image`. */
export function formatFields(tree: FieldTree, prefix = ''): readonly string[] {
  if (isLeaf(tree)) return [prefix];
  return Object.keys(tree).flatMap((key) =>
    key === '.' ? [] : formatFields(tree[key] ?? LEAF, `${prefix}${formatKey(key, prefix)}`),
  );
}

function formatKey(key: string, prefix: string): string {
  const name = key.slice(2);
  if (key.startsWith('f:')) return prefix === '' ? name : `.${name}`;
  if (key.startsWith('v:')) return `[=${name}]`;
  const keys = JSON.parse(name) as JsonObject;
  return `[${Object.keys(keys)
    .map((field) => `${field}=${JSON.stringify(keys[field])}`)
    .join(',')}]`;
}
