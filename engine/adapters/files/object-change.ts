import { createHash } from 'node:crypto';
import { EdictError } from '#errors/edict-error.js';
import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, formatKey, identityOf, type KubernetesObject, keyOf, type ObjectMetadata } from '#model/object.js';
import { managersOf } from './object-text.js';
import { type ApplyInput, serverSideApply } from './server-side-apply.js';

/** Bytes of the largest object: what etcd takes. */
const OBJECT_LIMIT = 1_572_864;
const SERVER_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
]);

/** Throws ObjectInvalid or ObjectTooLarge for what no API server would store. */
export function assertStorable(object: KubernetesObject): void {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata ?? {};
  const problem =
    (!matches(apiVersion, /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?v[a-z0-9]+$/) && 'apiVersion') ||
    (!matches(kind, /^[A-Za-z][A-Za-z0-9]*$/) && 'kind') ||
    (!matches(name, /^(?!\.{1,2}$)[^/%\p{Cc}]{1,253}$/u) && 'metadata.name') ||
    (namespace !== undefined && !matches(namespace, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/) && 'metadata.namespace');
  if (problem) {
    throw new EdictError({
      code: 'ObjectInvalid',
      message: `${problem} is missing or not valid.`,
      location: { object: `${kind}/${namespace ?? ''}/${name}`, path: problem },
      remedy: 'Name the object as Kubernetes asks for.',
    });
  }
  const size = Buffer.byteLength(JSON.stringify(object));
  if (size <= OBJECT_LIMIT) return;
  throw new EdictError({
    code: 'ObjectTooLarge',
    message: `The object has ${size} bytes; a cluster stores up to ${OBJECT_LIMIT}.`,
    location: { object: formatKey(keyOf(object)) },
    remedy: 'Split it.',
  });
}

/** `live` after a server-side apply of `object`; `live` itself where nothing changes. Throws FieldTaken. */
export function applyChange(
  live: KubernetesObject | undefined,
  object: KubernetesObject,
  by: Pick<ApplyInput, 'manager' | 'force' | 'takeFrom' | 'time'>,
): KubernetesObject {
  const { fields, managers } = serverSideApply({
    ...by,
    live: live === undefined ? undefined : fieldsToMerge(live),
    applied: fieldsToMerge(object),
    managers: live === undefined ? [] : managersOf(live),
    apiVersion: object.apiVersion,
    object: formatKey(keyOf(object)),
  });
  const { metadata, ...rest } = fields;
  const { name, namespace } = object.metadata;
  const status = live?.status;
  const next = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      ...(isJsonObject(metadata) ? metadata : {}),
      ...(live === undefined
        ? { name, ...(namespace === undefined ? {} : { namespace }) }
        : serverMetadata(live.metadata)),
      managedFields: managers as unknown as readonly JsonObject[],
    },
    ...rest,
    ...(status === undefined ? {} : { status }),
  } as KubernetesObject;
  return live !== undefined && equalJson(asJson(live), asJson(next)) ? live : next;
}

/** `next` as it is stored: with the version, a generation that counts changes of content, and identity if it is new. */
export function stamp(
  old: KubernetesObject | undefined,
  next: KubernetesObject,
  { version, time }: { readonly version: number; readonly time: string },
): KubernetesObject {
  const generation = old?.metadata.generation ?? 0;
  const changed = old === undefined || !equalJson(contentOf(old), contentOf(next)) || isDeletionNew(old, next);
  const metadata: ObjectMetadata = {
    ...next.metadata,
    uid: old?.metadata.uid ?? uidOf(next, version, time),
    creationTimestamp: old?.metadata.creationTimestamp ?? time,
    generation: changed ? generation + 1 : generation,
    resourceVersion: String(version),
  };
  return { ...next, metadata };
}

function isDeletionNew(old: KubernetesObject, next: KubernetesObject): boolean {
  return old.metadata.deletionTimestamp === undefined && next.metadata.deletionTimestamp !== undefined;
}

/** Everything but metadata and status. */
function contentOf(object: KubernetesObject): Json {
  const { metadata: _metadata, status: _status, ...content } = asJson(object);
  return content;
}

/** What apply looks at: no identity, nothing that the server sets, no status. */
function fieldsToMerge(object: KubernetesObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, status: _status, metadata, ...content } = asJson(object);
  const fields = Object.entries(isJsonObject(metadata) ? metadata : {}).filter(([field]) => !SERVER_FIELDS.has(field));
  return fields.length === 0 ? content : { metadata: Object.fromEntries(fields), ...content };
}

function serverMetadata(metadata: ObjectMetadata): Partial<ObjectMetadata> {
  return Object.fromEntries(Object.entries(metadata).filter(([field]) => SERVER_FIELDS.has(field)));
}

/** A UUID that follows from name, time and version: no two objects of a folder share it, and equal runs give equal ones. */
function uidOf(object: KubernetesObject, version: number, time: string): string {
  const hash = createHash('sha256')
    .update(`${identityOf(keyOf(object))} ${time} ${version}`)
    .digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

function matches(text: unknown, pattern: RegExp): boolean {
  return typeof text === 'string' && pattern.test(text);
}
