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
  const values = layers.reduce<JsonObject>((merged, layer) => mergeInto(merged, layer.values, layer.name, [], origins), {});
  return { values, origins: Object.fromEntries(origins) };
}

function mergeInto(base: JsonObject, over: JsonObject, layer: string, path: Path, origins: Map<string, string>): JsonObject {
  const merged: { [key: string]: Json } = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const place = [...path, key];
    const under = Object.hasOwn(base, key) ? base[key] : undefined;
    if (isJsonObject(value) && Object.keys(value).length > 0) {
      if (under !== undefined && !isJsonObject(under)) forget(place, origins);
      merged[key] = mergeInto(isJsonObject(under) ? under : {}, value, layer, place, origins);
    } else if (!(isJsonObject(value) && isJsonObject(under))) {
      if (under !== undefined) forget(place, origins);
      origins.set(formatPath(place), layer);
      merged[key] = value;
    }
  }
  return merged;
}

/** What stood at or below `path` is replaced: its leaves are no longer there. */
function forget(path: Path, origins: Map<string, string>): void {
  const place = formatPath(path);
  for (const known of origins.keys()) {
    if (known === place || known.startsWith(`${place}.`) || known.startsWith(`${place}[`)) origins.delete(known);
  }
}
