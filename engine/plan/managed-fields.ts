import { fieldsOfEntry, isEntryOf, isItem, unionFields } from '#model/field-sets.js';
import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { type Path, valueAt } from '#model/path.js';

/**
 * What `manager` applied to `object`, in the notation of FieldsV1 (KEP-555): `f:<name>` is a field, `k:<json>` the list
 * item with these keys, `v:<json>` the item of a set; a node without children is a leaf. Undefined where it applied nothing.
 */
export function appliedFields(object: KubernetesObject, manager: string): JsonObject | undefined {
  const entry = object.metadata.managedFields?.find(
    (candidate) => candidate.manager === manager && candidate.operation === 'Apply',
  );
  const fields = entry?.fieldsV1;
  return isJsonObject(fields) ? fields : undefined;
}

/** Whether `fields` hold one of the notes that Edict leaves on every child and on nothing else. */
export function holdNotes(fields: JsonObject): boolean {
  const { 'f:labels': labels, 'f:annotations': annotations } = objectAt(fields, 'f:metadata');
  return [labels, annotations].some(
    (notes) => isJsonObject(notes) && Object.keys(notes).some((key) => key.startsWith('f:edict.dev/')),
  );
}

const objectAt = (fields: JsonObject, key: string): JsonObject => {
  const value = fields[key];
  return isJsonObject(value) ? value : {};
};

/** What these managers set of `object` itself, in the same notation. */
export function fieldsManagedBy({ metadata }: KubernetesObject, managers: readonly string[]): JsonObject {
  const entries = (metadata.managedFields ?? []).filter((entry) => isEntryOf(entry, managers));
  return entries.map(fieldsOfEntry).reduce(unionFields, {});
}

/** The managers that wrote an object itself, not only its status, sorted. */
export function writersOf({ metadata }: KubernetesObject): readonly string[] {
  const writers = (metadata.managedFields ?? []).flatMap(({ manager, subresource }) =>
    typeof manager === 'string' && subresource === undefined ? [manager] : [],
  );
  return [...new Set(writers)].sort();
}

/**
 * Whether every leaf of `body` is among `fields`. The API server takes a field from its manager whenever somebody else
 * changes or removes it, so this tells exactly whether what was applied still stands, whatever form it is stored in.
 */
export function ownsEvery(fields: JsonObject, body: JsonObject): boolean {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...content } = body;
  const { name: _name, namespace: _namespace, ...notes } = isJsonObject(metadata) ? metadata : {};
  return owns(fields, { ...content, metadata: notes });
}

function owns(fields: Json | undefined, value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (isJsonObject(value) && Object.keys(value).length === 0) return true;
  if (!isJsonObject(fields)) return false;
  const children = childrenOf(fields);
  if (children.length === 0) return true;
  if (isJsonObject(value)) return Object.keys(value).every((key) => owns(fields[`f:${key}`], value[key]));
  if (!Array.isArray(value)) return true;
  return value.every((item: Json) => {
    const child = children.find(([key]) => isItem(key, item));
    return child !== undefined && owns(child[1], item);
  });
}

/**
 * Whether `live` has every leaf of `body` with its value, and `fields` says that their manager owns them: applying
 * `body` would change nothing.
 */
export function stands(fields: JsonObject, live: JsonObject, body: JsonObject): boolean {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...content } = body;
  const { name: _name, namespace: _namespace, ...notes } = isJsonObject(metadata) ? metadata : {};
  return standsBelow(fields, { live, body: { ...content, metadata: notes } });
}

function standsBelow(fields: Json | undefined, { live, body }: Values): boolean {
  if (body === undefined || (isJsonObject(body) && Object.keys(body).length === 0)) return true;
  if (!isJsonObject(fields)) return false;
  const children = childrenOf(fields);
  if (children.length === 0) return equalJson(live, body);
  if (isJsonObject(body)) {
    return Object.keys(body).every((key) =>
      standsBelow(fields[`f:${key}`], { live: valueAt(live, [key]), body: body[key] }),
    );
  }
  if (!Array.isArray(body) || !Array.isArray(live)) return false;
  const items: readonly Json[] = live;
  return body.every((item: Json) => {
    const child = children.find(([key]) => isItem(key, item));
    if (child === undefined) return false;
    const [key, node] = child;
    return key.startsWith('v:') || standsBelow(node, { live: items.find((each) => isItem(key, each)), body: item });
  });
}

/** Paths in `live` of the leaves of `fields` that `body` no longer has. */
export function surplus(fields: JsonObject, live: Json | undefined, body: Json | undefined): readonly Path[] {
  return surplusBelow(fields, [], { live, body });
}

interface Values {
  readonly live: Json | undefined;
  readonly body: Json | undefined;
}

function surplusBelow(fields: Json | undefined, path: Path, { live, body }: Values): readonly Path[] {
  const children = isJsonObject(fields) ? childrenOf(fields) : [];
  if (children.length === 0) return path.length > 0 && body === undefined && live !== undefined ? [path] : [];
  return children.flatMap(([key, node]) => {
    if (key.startsWith('f:')) {
      const name = key.slice(2);
      return surplusBelow(node, [...path, name], { live: valueAt(live, [name]), body: valueAt(body, [name]) });
    }
    const items: readonly Json[] = Array.isArray(live) ? live : [];
    const index = items.findIndex((item) => isItem(key, item));
    if (index < 0) return [];
    const wanted: readonly Json[] = Array.isArray(body) ? body : [];
    return surplusBelow(node, [...path, index], { live: items[index], body: wanted.find((item) => isItem(key, item)) });
  });
}

const childrenOf = (fields: JsonObject): readonly (readonly [string, Json])[] =>
  Object.entries(fields).filter(([key]) => key !== '.');
