import type { Json, JsonObject } from '#model/json.js';

/** The fields of `object` with these names, as far as it has them. */
export function pick(object: object, names: readonly string[]): JsonObject {
  const picked: Record<string, Json> = {};
  for (const name of names) {
    const value = (object as JsonObject)[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/** `object` without fields that are an empty object or an empty list. */
export function withoutEmpty(object: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(object)) if (!isEmpty(value)) kept[name] = value;
  return kept;
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
