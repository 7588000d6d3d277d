import type { Change, FieldChange } from '#model/change-set.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject, type ObjectKey } from '#model/object.js';
import { type Path, valueAt } from '#model/path.js';

/** What stands where a value must not be shown. */
export const REDACTED = '(redacted)';

/** The texts that must not be shown of `owner`: what stands at its sensitive paths. */
export function sensitiveTexts(owner: KubernetesObject, paths: readonly Path[]): readonly string[] {
  return paths.flatMap((path) => textsBelow(valueAt(asJson(owner), path))).filter((text) => text.length > 0);
}

/** The same change with nothing secret in its fields: neither values of Secrets nor sensitive texts of its owner. */
export function redactChange<Kind extends Change>(change: Kind, sensitive: readonly string[]): Kind {
  const secret = change.sink === 'cluster' && isSecretKey(change.key);
  const fields = change.fields.map((field) => redactField(field, secret, sensitive));
  return { ...change, fields };
}

/** A body as it may be shown: values of Secrets and sensitive texts replaced. */
export function redactObject(object: KubernetesObject, sensitive: readonly string[]): KubernetesObject {
  const hidden = isSecretKey(object) ? hideData(asJson(object)) : asJson(object);
  return redactValue(hidden, sensitive) as unknown as KubernetesObject;
}

function hideData(object: JsonObject): JsonObject {
  const hide = (part: Json | undefined): Json =>
    isJsonObject(part) ? Object.fromEntries(Object.keys(part).map((key) => [key, REDACTED])) : {};
  return {
    ...object,
    ...(object.data === undefined ? {} : { data: hide(object.data) }),
    ...(object.stringData === undefined ? {} : { stringData: hide(object.stringData) }),
  };
}

function redactField(field: FieldChange, secret: boolean, sensitive: readonly string[]): FieldChange {
  const hidden = secret && /^(data|stringData)\b/.test(field.path);
  const show = (value: Json | undefined): Json | undefined => {
    if (value === undefined) return undefined;
    return hidden ? REDACTED : redactValue(value, sensitive);
  };
  return { ...field, before: show(field.before), after: show(field.after) };
}

/** `value` with every sensitive text in it replaced. */
export function redactValue(value: Json, sensitive: readonly string[]): Json {
  if (sensitive.length === 0) return value;
  if (typeof value === 'string') return sensitive.reduce((text, secret) => text.replaceAll(secret, REDACTED), value);
  if (Array.isArray(value)) return value.map((item: Json) => redactValue(item, sensitive));
  if (!isJsonObject(value)) return sensitive.includes(String(value)) ? REDACTED : value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactValue(item, sensitive)]));
}

function textsBelow(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsBelow(item));
  if (isJsonObject(value)) return Object.values(value).flatMap((item) => textsBelow(item));
  return [String(value)];
}

function isSecretKey({ apiVersion, kind }: Pick<ObjectKey, 'apiVersion' | 'kind'>): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}
