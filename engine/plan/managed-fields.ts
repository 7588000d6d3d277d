import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { type Path, valueAt } from '#model/path.js';

/**
 * Paths of the leaves that `manager` applied to `object` (managedFields, FieldsV1 of KEP-555). List items are given by
 * their index in the object as it is.
 */
export function appliedPaths(object: KubernetesObject, manager: string): readonly Path[] {
  const entry = object.metadata.managedFields?.find(
    (candidate) => candidate.manager === manager && candidate.operation === 'Apply',
  );
  const fields = entry?.fieldsV1;
  return isJsonObject(fields ?? null) ? leaves(fields as JsonObject, [], asJson(object)) : [];
}

function leaves(fields: JsonObject, path: Path, object: JsonObject): readonly Path[] {
  const children = Object.entries(fields).filter(([key]) => key !== '.');
  if (children.length === 0) return path.length === 0 ? [] : [path];
  return children.flatMap(([key, value]) => {
    const segment = segmentOf(key, path, object);
    return segment === undefined ? [] : leaves(isJsonObject(value) ? value : {}, [...path, segment], object);
  });
}

function segmentOf(key: string, path: Path, object: JsonObject): string | number | undefined {
  if (key.startsWith('f:')) return key.slice(2);
  const items = valueAt(object, path);
  if (!Array.isArray(items)) return undefined;
  const wanted = JSON.parse(key.slice(2)) as Json;
  const index = items.findIndex((item: Json) =>
    key.startsWith('k:')
      ? isJsonObject(item) && Object.entries(wanted as JsonObject).every(([field, value]) => item[field] === value)
      : item === wanted,
  );
  return index < 0 ? undefined : index;
}
