import { EdictError } from '#errors/edict-error.js';
import type { Chart } from '#model/chart.js';
import type { Facts } from '#model/facts.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { parseYamlDocument } from '#model/yaml.js';

/** What a case is given: the object, and of all else only what is not as it would be by itself. */
export interface CaseFacts {
  readonly object: KubernetesObject;
  /** What the rule's reads find: an object, a list of objects or null, by `as`. */
  readonly related: { readonly [as: string]: Json };
  /** What the object has already. What one of them does not say is as the template renders it now. */
  readonly children: readonly StatedChild[];
  /** Other objects that are there: what is patched, or taken over. */
  readonly others: readonly KubernetesObject[];
  /** Charts by `chart:version`, besides those below `charts/`. */
  readonly charts: { readonly [reference: string]: Chart };
  /** Parameter values, over those of `edict.yaml`. */
  readonly parameters: JsonObject;
  /** Milliseconds. */
  readonly time: number;
  readonly cluster: Facts['cluster'];
}

/** A child as a case states it. */
export interface StatedChild {
  readonly object: KubernetesObject;
  /** The readiness that the case says it has: checked against what the engine finds. */
  readonly readiness: string | undefined;
}

/** When a case happens that does not say so. */
const CASE_TIME = '2026-01-01T00:00:00Z';
/** What a case is told of the cluster that says nothing of it. */
export const CASE_CLUSTER: Facts['cluster'] = { version: 'v1.36.0', capabilities: [] };
const FIELDS = ['object', 'related', 'children', 'others', 'charts', 'parameters', 'time', 'cluster'];

/** Reads the facts of a case. Throws CaseInvalid, or what the text is not. */
export function parseCaseFacts(text: string, file: string): CaseFacts {
  const { value } = parseYamlDocument(text, { file });
  const refuse = (path: string, message: string): never => refuseCase(file, path, message);
  if (!isJsonObject(value)) return refuse('', 'the facts of a case are an object');
  for (const field of Object.keys(value))
    if (!FIELDS.includes(field)) refuse(field, `${field} is no field of a case: known are ${FIELDS.join(', ')}`);
  const part = (name: string): JsonObject => {
    const given = value[name] ?? {};
    return isJsonObject(given) ? given : refuse(name, `${name} must be an object`);
  };
  const time = Date.parse(String(value.time ?? CASE_TIME));
  if (Number.isNaN(time)) refuse('time', 'time must be RFC 3339, such as 2026-01-01T00:00:00Z');
  return {
    object: objectAt(value.object, 'object', refuse),
    related: part('related'),
    children: statedChildren(value.children ?? {}, refuse),
    others: listAt(value.others, 'others', refuse).map((item, index) => objectAt(item, `others[${index}]`, refuse)),
    charts: part('charts') as unknown as CaseFacts['charts'],
    parameters: part('parameters'),
    time,
    cluster: { ...CASE_CLUSTER, ...(part('cluster') as unknown as Facts['cluster']) },
  };
}

/** Throws CaseInvalid. */
export function refuseCase(file: string, path: string, message: string): never {
  throw new EdictError({
    code: 'CaseInvalid',
    message,
    location: { file, ...(path === '' ? {} : { path }) },
    remedy: 'Correct the facts of the case.',
  });
}

type Refuse = (path: string, message: string) => never;

function objectAt(value: Json | undefined, path: string, refuse: Refuse): KubernetesObject {
  const { apiVersion, kind, metadata } = isJsonObject(value) ? value : {};
  const named = isJsonObject(metadata) && typeof metadata.name === 'string';
  if (typeof apiVersion === 'string' && typeof kind === 'string' && named) return value as unknown as KubernetesObject;
  return refuse(path, `${path} must be a Kubernetes object, with apiVersion, kind and metadata.name`);
}

function listAt(value: Json | undefined, path: string, refuse: Refuse): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : refuse(path, `${path} must be a list`);
}

/** A map by `Kind/namespace/name`, as facts have it, or a list of objects. */
function statedChildren(value: Json, refuse: Refuse): readonly StatedChild[] {
  const items: readonly (readonly [string, Json])[] = Array.isArray(value)
    ? value.map((item: Json, index) => [`children[${index}]`, item] as const)
    : Object.entries(value as JsonObject).map(([key, item]) => [`children.${key}`, item] as const);
  return items.map(([path, item]) => {
    const { readiness, ...object } = objectAt(item, path, refuse) as KubernetesObject & { readonly readiness?: string };
    return { object: object as KubernetesObject, readiness };
  });
}
