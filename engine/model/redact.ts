import type { Change, FieldChange } from './change-set.js';
import { isJsonObject, type Json, type JsonObject } from './json.js';
import { asJson, isSecret, type KubernetesObject } from './object.js';
import { type Path, valueAt } from './path.js';

/** What stands where a value must not be shown. */
const REDACTED = '(redacted)';
/** Shorter texts are only hidden where they stand alone: inside of words they are no secret, but chance. */
const SHORT = 6;

/**
 * The texts that must not be shown of `owner`: what stands at its sensitive paths, numbers as texts. Booleans are left
 * out: hiding every `true` would hide nothing.
 */
export function sensitiveTexts(owner: KubernetesObject, paths: readonly Path[]): readonly string[] {
  return paths.flatMap((path) => textsBelow(valueAt(asJson(owner), path))).filter((text) => text.length > 0);
}

/** The same change with nothing secret in its fields: neither values of Secrets nor sensitive texts of its owner. */
export function redactChange<Kind extends Change>(change: Kind, sensitive: readonly string[]): Kind {
  const secret = change.sink !== 'git' && isSecret(change.key);
  const fields = change.fields.map((field) => redactField(field, secret, sensitive));
  return { ...change, fields };
}

/** A body as it may be shown: values of Secrets and sensitive texts replaced. */
export function redactObject(object: KubernetesObject, sensitive: readonly string[]): KubernetesObject {
  const hidden = isSecret(object) ? hideData(asJson(object)) : asJson(object);
  return redactValue(hidden, sensitive) as unknown as KubernetesObject;
}

/** `object` with everything at its sensitive paths replaced, whatever it is. */
export function redactPaths(object: KubernetesObject, paths: readonly Path[]): KubernetesObject {
  return paths.reduce<Json>((value, path) => hideAt(value, path), asJson(object)) as unknown as KubernetesObject;
}

/** `value` with every sensitive text in it replaced, also in the names of fields, and as YAML, JSON and base64 write it. */
export function redactValue(value: Json, sensitive: readonly string[]): Json {
  return sensitive.length === 0 ? value : redacted(value, patternOf(sensitive));
}

/** The same document with every sensitive text in its texts replaced: numbers stay, so that it still fits its schema. */
export function redactStrings<Document extends Json>(value: Document, sensitive: readonly string[]): Document {
  if (sensitive.length === 0) return value;
  const show = (item: Json): Json => {
    if (typeof item === 'string') return redactText(item, sensitive);
    if (Array.isArray(item)) return item.map(show);
    if (!isJsonObject(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, show(inner)]));
  };
  return show(value) as Document;
}

/** `text` with every sensitive text in it replaced. */
export function redactText(text: string, sensitive: readonly string[]): string {
  return sensitive.length === 0 ? text : text.replace(patternOf(sensitive), REDACTED);
}

function redacted(value: Json, pattern: RegExp): Json {
  if (typeof value === 'string') return value.replace(pattern, REDACTED);
  if (typeof value === 'number') return String(value).replace(pattern, '') === '' ? REDACTED : value;
  if (Array.isArray(value)) return value.map((item: Json) => redacted(item, pattern));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.replace(pattern, REDACTED), redacted(item, pattern)]),
  );
}

/** One pass over the text, longest first: what is put in is never looked at again. */
function patternOf(sensitive: readonly string[]): RegExp {
  const forms = [...new Set(sensitive.flatMap(formsOf))].sort((left, right) => right.length - left.length);
  const alternatives = forms.map((form) => {
    const literal = form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return form.length < SHORT ? `(?<![\\p{L}\\p{N}._-])${literal}(?![\\p{L}\\p{N}._-])` : literal;
  });
  return new RegExp(alternatives.join('|'), 'gu');
}

/** A text as documents may hold it: escaped, quoted, line by line in a block, encoded. */
function formsOf(text: string): readonly string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const parts = lines.length > 1 ? lines.filter((line) => line.length >= SHORT) : [];
  const encoded = text.length < SHORT ? [] : [Buffer.from(text).toString('base64')];
  return [text, escaped, text.replaceAll("'", "''"), ...parts, ...encoded];
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

/** Where one side is hidden the other is too: before a change it was another secret. */
function redactField(field: FieldChange, secret: boolean, sensitive: readonly string[]): FieldChange {
  const { before, after } = field;
  const show = (value: Json | undefined): Json | undefined =>
    value === undefined ? undefined : redactValue(value, sensitive);
  const [left, right] = [show(before), show(after)];
  const hidden =
    (secret && /^(data|stringData)\b/.test(field.path)) ||
    JSON.stringify([left, right]) !== JSON.stringify([before, after]);
  const path = redactText(field.path, sensitive);
  if (!hidden) return { ...field, path };
  const hide = (value: Json | undefined): Json | undefined => (value === undefined ? undefined : REDACTED);
  return { ...field, path, before: hide(before), after: hide(after) };
}

function hideAt(value: Json, [head, ...rest]: Path): Json {
  if (head === undefined) return REDACTED;
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => (index === head ? hideAt(item, rest) : item));
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, head)) return value;
  return { ...value, [head]: hideAt(value[head] ?? null, rest) };
}

function textsBelow(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsBelow(item));
  if (isJsonObject(value)) return Object.values(value).flatMap((item) => textsBelow(item));
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}
