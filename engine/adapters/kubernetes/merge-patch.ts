import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';

/** The JSON merge patch (RFC 7396) that makes `after` of `before`. A null of `after` cannot be said, and is left out. */
export function mergePatch(before: JsonObject, after: JsonObject): JsonObject {
  const removed = Object.keys(before)
    .filter((key) => after[key] === undefined || after[key] === null)
    .map((key) => [key, null] as const);
  const changed = Object.entries(after)
    .filter(([key, value]) => value !== null && value !== undefined && !equalJson(before[key], value))
    .map(([key, value]) => [key, patchOf(before[key], value)] as const);
  return Object.fromEntries([...removed, ...changed]);
}

function patchOf(before: Json | undefined, after: Json): Json {
  return isJsonObject(before) && isJsonObject(after) ? mergePatch(before, after) : after;
}
