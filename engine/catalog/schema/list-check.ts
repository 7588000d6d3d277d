import { canonicalJson, isJsonObject, type Json } from '#model/json.js';
import type { Schema } from './schema.js';
import type { Check } from './value-check.js';

/**
 * The text that identifies an item of a list of type `map`: the values of its keys, with the key's default where the
 * item has none. Undefined for what is no object.
 */
export function compileListKey(schema: Schema): (item: Json) => string | undefined {
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map(
    (key) => [key, schema.items?.properties?.[key]?.default] as const,
  );
  return (item) => {
    if (!isJsonObject(item)) return undefined;
    return canonicalJson(
      keys.map(([key, standard]) => (Object.hasOwn(item, key) ? (item[key] ?? null) : (standard ?? null))),
    );
  };
}

/** The uniqueness that `x-kubernetes-list-type` asks for, or undefined for an atomic list. */
export function compileListCheck(schema: Schema): Check | undefined {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return undefined;
  const identify = type === 'map' ? compileListKey(schema) : (item: Json) => canonicalJson(item);
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const remedy = type === 'map' ? `Give every item other values of ${keys.join(', ')}.` : 'Give every item once.';
  return (value, pass) => {
    if (!Array.isArray(value)) return;
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      const identity = identify(item);
      if (identity === undefined) continue;
      if (seen.has(identity))
        pass.refuseAt(index, { message: 'an item is there twice', remedy, value: named(item, keys) });
      seen.add(identity);
    }
  };
}

/** What identifies an item, for people: its keys, as far as it has them, or all of it. */
function named(item: Json, keys: readonly string[]): Json {
  if (keys.length === 0 || !isJsonObject(item)) return item;
  return Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(item, key) ? [[key, item[key] ?? null]] : [])));
}
