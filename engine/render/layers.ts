import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { formatPath, type Path } from '#model/path.js';

/** One layer of values: later layers win. */
export interface Layer {
  readonly name: string;
  readonly values: JsonObject;
}

/** Merged values, and the layer that set each leaf. */
export interface LayeredValues {
  readonly values: JsonObject;
  /** Layer name by path of the leaf. */
  readonly origins: { readonly [path: string]: string };
}

/**
 * Merges layers as Helm merges values files: objects deeply, arrays and scalars replaced. An explicit null is kept,
 * because Helm needs it to remove a default of the chart (RFC 7396 would erase it here, too early).
 */
export function mergeLayers(layers: readonly Layer[]): LayeredValues {
  const origins = new Map<string, string>();
  const values = layers.reduce<JsonObject>(
    (merged, { name, values: over }) => mergeInto(merged, over, { layer: name, path: [], origins }),
    {},
  );
  return { values, origins: Object.fromEntries(origins) };
}

interface Merge {
  readonly layer: string;
  readonly path: Path;
  readonly origins: Map<string, string>;
}

function mergeInto(base: JsonObject, over: JsonObject, { layer, path, origins }: Merge): JsonObject {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const place = [...path, key];
    const under = merged.get(key);
    const isMerged = isJsonObject(value) && isJsonObject(under);
    if (isMerged && isEmpty(value)) continue;
    if (!isMerged || isEmpty(under)) forget(place, under, origins);
    if (isJsonObject(value) && !isEmpty(value)) {
      merged.set(key, mergeInto(isJsonObject(under) ? under : {}, value, { layer, path: place, origins }));
    } else {
      origins.set(formatPath(place), layer);
      merged.set(key, value);
    }
  }
  return Object.fromEntries(merged);
}

function isEmpty(value: JsonObject): boolean {
  return Object.keys(value).length === 0;
}

/** What stood at `path` is replaced: its leaves are no longer there. */
function forget(path: Path, value: Json | undefined, origins: Map<string, string>): void {
  if (value === undefined) return;
  if (!isJsonObject(value) || isEmpty(value)) origins.delete(formatPath(path));
  else for (const [key, item] of Object.entries(value)) forget([...path, key], item, origins);
}
