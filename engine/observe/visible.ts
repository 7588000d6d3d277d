import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, isSecret, type KubernetesObject } from '#model/object.js';
import { type Path, valueAt } from '#model/path.js';

/**
 * An object as facts show it: without managedFields, resourceVersion and finalizers, which are others' bookkeeping. A
 * Secret is its metadata, type and key names, never a value; annotations may hold a copy of one and are left out, and
 * its resourceVersion stays, so that a template can tell that a value changed.
 */
export function visibleObject(object: KubernetesObject): KubernetesObject {
  if (isSecret(object)) return secretOutline(object);
  const {
    managedFields: _managedFields,
    resourceVersion: _resourceVersion,
    finalizers: _finalizers,
    ...metadata
  } = object.metadata;
  return { ...object, metadata };
}

/** Only these paths of an object, besides its kind and metadata's names; the whole visible object where there are none. */
export function projection(object: KubernetesObject, fields: readonly Path[]): JsonObject {
  const shown = asJson(visibleObject(object));
  if (fields.length === 0) return shown;
  const { name, namespace } = object.metadata;
  const outline: JsonObject = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  };
  return fields.reduce<JsonObject>((result, path) => withValue(result, path, valueAt(shown, path)), outline);
}

/** A copy of `target` that has `value` at `path`. */
export function withValue(target: JsonObject, path: Path, value: Json | undefined): JsonObject {
  const [head, ...rest] = path;
  if (head === undefined || value === undefined) return target;
  const inner = target[head];
  return { ...target, [head]: rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value) };
}

function secretOutline(object: KubernetesObject): KubernetesObject {
  const { apiVersion, kind, metadata } = object;
  const { annotations: _annotations, managedFields: _managedFields, finalizers: _finalizers, ...rest } = metadata;
  const { data, stringData, type } = asJson(object);
  const keys = [data, stringData].flatMap((part) => (isJsonObject(part) ? Object.keys(part) : []));
  return { apiVersion, kind, metadata: rest, type: type ?? 'Opaque', keys: [...new Set(keys)].sort() };
}
