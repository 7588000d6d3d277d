import type { CatalogEntry } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import { type Clock, formatTime } from '#model/clock.js';
import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject, keyOf, type ObjectKey } from '#model/object.js';
import { type Condition, conditionsOf, mergeConditions, type PassReport } from './conditions.js';

/** Writes one status. */
interface StatusWriter {
  updateStatus(request: {
    readonly key: ObjectKey;
    readonly uid: string;
    readonly status: JsonObject;
  }): Promise<KubernetesObject>;
}

/** What reporting needs. */
export interface ReportPorts {
  readonly writer: StatusWriter;
  readonly clock: Clock;
}

/** Writes conditions and the template's own fields into the status of `object`, where they differ from what it says. */
export async function report(
  object: KubernetesObject,
  pass: PassReport,
  fields: JsonObject,
  context: ReportPorts & { readonly entry: CatalogEntry },
): Promise<void> {
  const { entry, writer, clock } = context;
  const { uid } = object.metadata;
  if (uid === undefined || entry.schema?.hasStatus === false) return;
  const before = statusOf(object);
  const after = nextStatus(object, pass, fields, { entry, now: formatTime(clock.now()) });
  if (!equalJson(before, after)) await writer.updateStatus({ key: keyOf(object), uid, status: after });
}

/**
 * The status after a pass: the template's fields laid over what is there, a null removing one, and the conditions. Only
 * fields that the kind's schema has; of a kind without one only what its template says.
 */
export function nextStatus(
  object: KubernetesObject,
  pass: PassReport,
  fields: JsonObject,
  { entry, now }: { readonly entry: CatalogEntry; readonly now: string },
): JsonObject {
  const { generation } = object.metadata;
  const before = statusOf(object);
  const laid = Object.entries({ ...before, ...fields }).filter(([, value]) => value !== undefined && value !== null);
  const status: JsonObject = Object.fromEntries(laid);
  if (entry.schema === undefined) return status;
  const own = conditionsOf(pass, keyOf(object));
  const others = templateConditions(fields.conditions, own);
  const conditions = mergeConditions(before.conditions, [...own, ...others], { now, generation }) as Json;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const whole = { ...status, ...observed, conditions };
  // What is there already was pruned before.
  if (equalJson(before, whole)) return before;
  const { apiVersion, kind, metadata } = object;
  const { status: pruned } = asJson(entry.schema.admit({ apiVersion, kind, metadata, status: whole }).object);
  return isJsonObject(pruned) ? pruned : {};
}

/** Conditions of the template, besides those that every object has. */
function templateConditions(value: Json | undefined, own: readonly Condition[]): readonly Condition[] {
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  return items.filter(isJsonObject).flatMap(({ type, status, reason, message }) => {
    if (typeof type !== 'string' || own.some((condition) => condition.type === type)) return [];
    const known = status === 'True' || status === 'False' ? status : 'Unknown';
    return [{ type, status: known, reason: String(reason ?? type), message: String(message ?? '') } as const];
  });
}

/** Throws TemplateOutputInvalid where `fields` do not fit the schema of the kind: an API server would refuse all of the status. */
export function refuseInvalidStatus(
  object: KubernetesObject,
  fields: JsonObject,
  { schema, template }: CatalogEntry,
): void {
  if (schema === undefined) return;
  const given = Object.entries(fields).filter(([name, value]) => value !== null && name !== 'conditions');
  const before = statusOf(object);
  // What is there already was accepted before.
  if (given.every(([name, value]) => equalJson(before[name], value))) return;
  const { apiVersion, kind, metadata } = object;
  const { faults } = schema.admit({ apiVersion, kind, metadata, status: Object.fromEntries(given) });
  const [fault] = faults.filter(({ location }) => location.path?.startsWith('status.'));
  if (fault === undefined) return;
  throw new EdictError({
    ...fault,
    code: 'TemplateOutputInvalid',
    message: `status() returned what the schema of the kind does not allow: ${fault.message}`,
    location: { ...fault.location, file: template.path },
  });
}

function statusOf(object: KubernetesObject): JsonObject {
  const { status } = asJson(object);
  return isJsonObject(status) ? status : {};
}
