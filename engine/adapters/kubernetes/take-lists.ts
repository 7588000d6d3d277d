import { fieldsOfEntry, unionFields } from '#model/field-sets.js';
import { equalJson, isJsonObject, type JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';

/**
 * The managedFields of `live` after `manager` has taken what others own in the lists that `desired` says otherwise;
 * undefined where there is nothing to take. An apply adds its items to a list whose items are told apart by a key, and
 * removes only what its manager owns: where somebody else changed such a key, the old item and the new one both stay,
 * and may exclude each other. Sets of fields are as KEP-555 has them (fieldsV1): `f:spec`, `f:ports`, `k:{"port":80}`.
 */
export function takeLists(
  live: KubernetesObject,
  desired: KubernetesObject,
  manager: string,
): readonly JsonObject[] | undefined {
  const known = live.metadata.managedFields ?? [];
  // Who owned nothing but what was changed is no manager any more.
  const own = known.find((entry) => isOf(entry, manager)) ?? newEntry(manager, desired.apiVersion);
  const entries = known.includes(own) ? known : [own, ...known];
  const paths = differingLists(asJson(live), asJson(desired));
  let ownFields = fieldsOfEntry(own);
  const others = new Map<JsonObject, JsonObject>();
  for (const path of paths) {
    for (const entry of entries.filter((each) => each !== own && each.subresource === undefined)) {
      const [rest, taken] = cut(others.get(entry) ?? fieldsOfEntry(entry), path);
      if (taken === undefined) continue;
      others.set(entry, rest);
      ownFields = unionFields(ownFields, taken);
    }
  }
  if (others.size === 0) return undefined;
  return entries
    .map((entry) => (entry === own ? { ...own, fieldsV1: ownFields } : withFields(entry, others.get(entry))))
    .filter(({ fieldsV1 }) => !isJsonObject(fieldsV1) || Object.keys(fieldsV1).length > 0);
}

const isOf = (entry: JsonObject, manager: string): boolean =>
  entry.manager === manager && entry.operation === 'Apply' && entry.subresource === undefined;

const newEntry = (manager: string, apiVersion: string): JsonObject => ({
  manager,
  operation: 'Apply',
  apiVersion,
  fieldsType: 'FieldsV1',
  fieldsV1: {},
});

const withFields = (entry: JsonObject, fieldsV1: JsonObject | undefined): JsonObject =>
  fieldsV1 === undefined ? entry : { ...entry, fieldsV1 };

/** Paths of the outermost lists that differ. */
function differingLists(live: JsonObject, desired: JsonObject): readonly (readonly string[])[] {
  return Object.entries(desired).flatMap(([name, value]) => {
    const before = live[name];
    if (Array.isArray(value)) return equalJson(before, value) ? [] : [[name]];
    if (!isJsonObject(value) || !isJsonObject(before)) return [];
    return differingLists(before, value).map((path) => [name, ...path]);
  });
}

/** A set of fields without what is at a path, and what was there, at its path. */
function cut(fields: JsonObject, [name, ...rest]: readonly string[]): readonly [JsonObject, JsonObject | undefined] {
  const key = `f:${name}`;
  const inner = fields[key];
  if (!isJsonObject(inner)) return [fields, undefined];
  const { [key]: _inner, ...others } = fields;
  if (rest.length === 0) return [others, { [key]: inner }];
  const [left, taken] = cut(inner, rest);
  if (taken === undefined) return [fields, undefined];
  return [Object.keys(left).length === 0 ? others : { ...others, [key]: left }, { [key]: taken }];
}
