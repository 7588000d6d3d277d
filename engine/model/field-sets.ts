import { isJsonObject, type Json, type JsonObject } from './json.js';
import type { Path } from './path.js';

/** What is in either of two sets of fields, in the notation of FieldsV1 (KEP-555). */
export function unionFields(one: JsonObject, other: JsonObject): JsonObject {
  const both = Object.entries(other).map(([key, value]) => {
    const known = one[key];
    return [key, isJsonObject(known) && isJsonObject(value) ? unionFields(known, value) : value] as const;
  });
  return { ...one, ...Object.fromEntries(both) };
}

/** The fields of an entry of `metadata.managedFields`. */
export function fieldsOfEntry({ fieldsV1 }: JsonObject): JsonObject {
  return isJsonObject(fieldsV1) ? fieldsV1 : {};
}

/** Whether an entry says what one of these managers wrote itself, and not by way of a subresource such as the status. */
export function isEntryOf({ manager, subresource }: JsonObject, managers: readonly string[]): boolean {
  return typeof manager === 'string' && managers.includes(manager) && subresource === undefined;
}

/**
 * The managedFields of an object after one manager has become the applier of all that others manage; undefined where
 * these manage nothing. What it then no longer applies goes, as after `kubectl apply --server-side` of an object that was
 * applied by the client before.
 */
export function takenOver(
  entries: readonly JsonObject[],
  { from, to, apiVersion }: { readonly from: readonly string[]; readonly to: string; readonly apiVersion: string },
): readonly JsonObject[] | undefined {
  const taken = entries.filter((entry) => isEntryOf(entry, from));
  if (taken.length === 0) return undefined;
  const isOwn = (entry: JsonObject): boolean => isEntryOf(entry, [to]) && entry.operation === 'Apply';
  const own = entries.find(isOwn) ?? { manager: to, operation: 'Apply', apiVersion, fieldsType: 'FieldsV1' };
  const fieldsV1 = [own, ...taken].map(fieldsOfEntry).reduce(unionFields, {});
  return [{ ...own, fieldsV1 }, ...entries.filter((entry) => !isOwn(entry) && !taken.includes(entry))];
}

/** Who manages the field of `body` at a path, by the managedFields of the object that it was applied to. */
export function managersAt(entries: readonly JsonObject[], path: Path, body: Json): readonly string[] {
  return entries.flatMap((entry) => {
    const { manager, subresource } = entry;
    const isManager = typeof manager === 'string' && subresource === undefined && has(fieldsOfEntry(entry), path, body);
    return isManager ? [manager] : [];
  });
}

function has(fields: JsonObject, [head, ...rest]: Path, body: Json | undefined): boolean {
  if (head === undefined) return true;
  const inner = isJsonObject(body) || Array.isArray(body) ? (body as JsonObject)[head] : undefined;
  const keys = Object.keys(fields);
  const key =
    typeof head === 'string'
      ? `f:${head}`
      : keys.find((each) => inner !== undefined && /^[kv]:/.test(each) && isItem(each, inner));
  const node = key === undefined ? undefined : fields[key];
  if (!isJsonObject(node)) return false;
  // A list that is managed as a whole is managed with all that is in it. Who manages an object may manage none of its fields.
  if (Array.isArray(inner) && Object.keys(node).length === 0) return true;
  return has(node, rest, inner);
}

/** Whether `item` is the one that `key` names. A key that it leaves out has its default, such as `protocol: TCP`. */
export function isItem(key: string, item: Json): boolean {
  const wanted = JSON.parse(key.slice(2)) as Json;
  if (!key.startsWith('k:')) return item === wanted;
  if (!isJsonObject(item) || !isJsonObject(wanted)) return false;
  const keys = Object.entries(wanted);
  return (
    keys.some(([field]) => item[field] !== undefined) &&
    keys.every(([field, value]) => (item[field] ?? value) === value)
  );
}
