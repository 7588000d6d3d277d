import type { CatalogEntry } from '#catalog/catalog.js';
import type { Clock } from '#model/clock.js';
import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject, keyOf, type ObjectKey } from '#model/object.js';
import { conditionsOf, mergeConditions, type PassReport } from './conditions.js';

/** Writes one status. */
export interface StatusWriter {
  updateStatus(request: { readonly key: ObjectKey; readonly uid: string; readonly status: JsonObject }): Promise<KubernetesObject>;
}

/** What reporting needs. */
export interface ReportPorts {
  readonly status: StatusWriter;
  readonly clock: Clock;
}

/** Writes conditions and the template's own fields into the status of `object`, where they differ from what it says. */
export async function report(object: KubernetesObject, pass: PassReport, fields: JsonObject, context: ReportPorts & { readonly entry: CatalogEntry }): Promise<void> {
  const { entry, status: writer, clock } = context;
  const { uid } = object.metadata;
  if (uid === undefined || entry.schema?.hasStatus === false) return;
  const before = statusOf(object);
  const after = nextStatus(object, pass, fields, { entry, now: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z') });
  if (!equalJson(before, after)) await writer.updateStatus({ key: keyOf(object), uid, status: after });
}

/** The status after a pass: fields that the kind's schema does not have are left out. */
export function nextStatus(
  object: KubernetesObject,
  pass: PassReport,
  fields: JsonObject,
  { entry, now }: { readonly entry: CatalogEntry; readonly now: string },
): JsonObject {
  const { generation } = object.metadata;
  const before = statusOf(object);
  const conditions = mergeConditions(before['conditions'], conditionsOf(pass), { now, generation }) as Json;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const status: JsonObject = { ...before, ...withoutUndefined(fields), ...observed, conditions };
  if (entry.schema === undefined) return status;
  const { status: pruned } = asJson(entry.schema.admit({ ...object, status }).object);
  return isJsonObject(pruned ?? null) ? (pruned as JsonObject) : {};
}

function statusOf(object: KubernetesObject): JsonObject {
  const { status } = asJson(object);
  return isJsonObject(status ?? null) ? (status as JsonObject) : {};
}

function withoutUndefined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
