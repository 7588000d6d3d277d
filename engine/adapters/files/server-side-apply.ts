import { EdictError } from '#errors/edict-error.js';
import { takenOver } from '#model/field-sets.js';
import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import {
  childAt,
  difference,
  type FieldTree,
  fieldsOf,
  formatFields,
  isLeaf,
  itemKey,
  listKey,
  mapTree,
  subtract,
} from './field-tree.js';

/** One entry of `metadata.managedFields`. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** RFC 3339: when these fields last changed. */
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldTree;
}

/** One apply: what is there, and what is sent. */
export interface ApplyInput {
  /** The stored fields, without status and what the server sets; undefined: there is no such object. */
  readonly live: JsonObject | undefined;
  /** What the manager sends, likewise. */
  readonly applied: JsonObject;
  readonly managers: readonly ManagedFields[];
  readonly manager: string;
  readonly apiVersion: string;
  readonly force: boolean;
  /** Managers whose fields become this manager's first. */
  readonly takeFrom?: readonly string[] | undefined;
  readonly time: string;
  /** Names the object in faults. */
  readonly object: string;
}

/** What an apply comes to. */
export interface ApplyResult {
  readonly fields: JsonObject;
  readonly managers: readonly ManagedFields[];
}

/**
 * Server-side apply (KEP-555) without schemas: what `manager` sends is set, what it sent before and no longer sends is
 * removed unless another manager owns it, everything else is kept. Throws FieldTaken, naming managers and fields, where
 * a value of another manager would change, unless forced; then those fields change their manager.
 */
export function serverSideApply(input: ApplyInput): ApplyResult {
  const { live, applied, manager } = input;
  const managers = afterTaking(input);
  const isOwn = (entry: ManagedFields): boolean => entry.manager === manager && entry.operation === 'Apply';
  const own = managers.find(isOwn);
  const fields = fieldsOf(applied);
  const others = takeFields(
    managers.filter((entry) => !isOwn(entry)),
    fields,
    input,
  );
  const lost = difference(own?.fieldsV1 ?? {}, fields);
  const pruned = removeFields(
    live ?? {},
    lost,
    others.map(({ fieldsV1 }) => fieldsV1),
  );
  const merged = merge(isJsonObject(pruned) ? pruned : {}, applied, []) as JsonObject;
  // Who sends nothing manages nothing.
  const entries = isLeaf(fields) ? [] : [ownEntry(own, fields, input)];
  const position = managers.findIndex(isOwn);
  const kept = managers.flatMap((other) =>
    isOwn(other) ? entries : others.filter((one) => one.manager === other.manager && one.operation === other.operation),
  );
  return { fields: merged, managers: position < 0 ? [...kept, ...entries] : kept };
}

function afterTaking({ managers, takeFrom = [], manager, apiVersion, time }: ApplyInput): readonly ManagedFields[] {
  const entries = managers as unknown as readonly JsonObject[];
  const taken = takenOver(entries, { from: takeFrom, to: manager, apiVersion });
  return taken === undefined ? managers : taken.map((entry) => ({ time, ...entry }) as unknown as ManagedFields);
}

function ownEntry(own: ManagedFields | undefined, fields: FieldTree, input: ApplyInput): ManagedFields {
  if (own !== undefined && own.apiVersion === input.apiVersion && equalJson(own.fieldsV1, fields)) return own;
  const { manager, apiVersion, time } = input;
  return { manager, operation: 'Apply', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: fields };
}

/** The other managers without the fields that `input` takes from them. */
function takeFields(others: readonly ManagedFields[], fields: FieldTree, input: ApplyInput): readonly ManagedFields[] {
  const { live, force, object } = input;
  if (live === undefined) return others;
  // An empty object or list that is laid over a full one changes nothing, so the outcome counts and not what is sent.
  const applied = merge(live, input.applied, []);
  const taken = others.map((entry) => ({ entry, conflict: conflictOf(fields, entry.fieldsV1, { applied, live }) }));
  const conflicts = taken.filter(({ conflict }) => !isLeaf(conflict));
  if (conflicts.length > 0 && !force) {
    throw new EdictError(
      conflicts.map(({ entry, conflict }) => {
        const paths = formatFields(conflict);
        return {
          code: 'FieldTaken' as const,
          message: `${entry.manager} owns ${paths.join(', ')} of ${object}.`,
          location: { object, path: paths[0] ?? '' },
          fragment: entry.manager,
          remedy: 'Stop sending these fields, list the manager under adopt, or stop the manager.',
        };
      }),
    );
  }
  return taken.flatMap(({ entry, conflict }) => {
    if (isLeaf(conflict)) return [entry];
    const rest = subtract(entry.fieldsV1, conflict);
    return isLeaf(rest) ? [] : [{ ...entry, fieldsV1: rest }];
  });
}

interface Values {
  readonly applied: Json | undefined;
  readonly live: Json | undefined;
}

/** The leaves of `fields` whose value would change although `other` owns them. */
function conflictOf(fields: FieldTree, other: FieldTree, values: Values): FieldTree {
  return mapTree(fields, (node, key) => {
    const counterpart = other[key];
    if (counterpart === undefined || key === '.') return undefined;
    const applied = childAt(values.applied, key);
    const live = childAt(values.live, key);
    if (isLeaf(node) || isLeaf(counterpart)) {
      // Whoever sent an empty object or list owns none of what is in it.
      const ownsNothing = isLeaf(counterpart) && isShared(live);
      return ownsNothing || equalJson(applied, live) || isEmpty(live) ? undefined : {};
    }
    const below = conflictOf(node, counterpart, { applied, live });
    return isLeaf(below) ? undefined : below;
  });
}

/** Whether parts of `value` may have different owners. */
function isShared(value: Json | undefined): boolean {
  return isJsonObject(value) || (Array.isArray(value) && listKey(value, []) !== 'atomic');
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** `value` without the `lost` fields that nobody in `others` owns; what this empties is gone too: undefined. */
function removeFields(value: Json, lost: FieldTree, others: readonly FieldTree[]): Json | undefined {
  const keys = Object.keys(lost).filter((key) => key !== '.');
  if (keys.length === 0) return value;
  const replacements = new Map<Json, Json | undefined>();
  const replaced = new Map<string, Json | undefined>();
  for (const key of keys) {
    const child = childAt(value, key);
    const node = lost[key] ?? {};
    if (child === undefined) continue;
    const keepers = others.flatMap((tree) => tree[key] ?? []);
    const whole = isLeaf(node) || node['.'] !== undefined;
    const rest = whole && keepers.length === 0 ? undefined : removeFields(child, node, keepers);
    replacements.set(child, rest);
    replaced.set(key, rest);
  }
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    const items = list.flatMap((item) => (replacements.has(item) ? (replacements.get(item) ?? []) : [item]));
    return items.length === 0 && list.length > 0 ? undefined : (items as readonly Json[]);
  }
  if (!isJsonObject(value)) return value;
  const rest = Object.keys(value).flatMap((name): [string, Json][] => {
    const left = replaced.has(`f:${name}`) ? replaced.get(`f:${name}`) : value[name];
    return left === undefined ? [] : [[name, left]];
  });
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** `applied` laid over `live`. Items that `applied` sends come first, in its order; the others keep theirs. */
function merge(live: Json | undefined, applied: Json, path: readonly string[]): Json {
  if (Array.isArray(applied)) return Array.isArray(live) ? mergeList(live, applied, path) : applied;
  if (!isJsonObject(applied) || !isJsonObject(live)) return applied;
  const names = [...Object.keys(live), ...Object.keys(applied).filter((name) => !Object.hasOwn(live, name))];
  return Object.fromEntries(
    names.map((name): [string, Json] => {
      const own = applied[name];
      const before = Object.hasOwn(live, name) ? live[name] : undefined;
      return [
        name,
        Object.hasOwn(applied, name) && own !== undefined ? merge(before, own, [...path, name]) : (before ?? null),
      ];
    }),
  );
}

function mergeList(live: readonly Json[], applied: readonly Json[], path: readonly string[]): Json {
  const key = listKey(applied.length === 0 ? live : applied, path);
  if (key === 'atomic') return applied;
  const keys = new Set(applied.map((item) => itemKey(item, key)));
  const byKey = new Map(live.map((item) => [itemKey(item, key), item]));
  const others = live.filter(
    (item) => !keys.has(itemKey(item, key)) && (key === 'value' || (isJsonObject(item) && item[key] !== undefined)),
  );
  return [...applied.map((item) => merge(byKey.get(itemKey(item, key)), item, [...path, '*'])), ...others];
}
