import type { DesiredResource } from '#model/desired.js';
import { isJsonObject, type Json } from '#model/json.js';
import { isDnsLabel } from '#model/names.js';
import { asJson, groupOf, type KindReference, type KubernetesObject } from '#model/object.js';
import { type PatchWrite, patchOf, type ResourceWrite, writeOf } from '#model/rule.js';
import { complain, type Origin, type OutputContext } from './complaint.js';
import { objectWith, textAt, waveAt } from './fields.js';
import { checkHandles, refuseMisplacedHandles } from './handles.js';
import { checkedMetadata } from './metadata.js';

/** Bytes of one object: what etcd takes in one request. */
const OBJECT_BYTES = 1.5 * 1024 * 1024;

/** What objects are checked against. */
export interface ObjectContext extends OutputContext {
  readonly owner: KubernetesObject;
}

/** An object that was rendered, with the place in the output at which it stands. */
export interface RenderedObject extends DesiredResource {
  readonly place: string;
}

/** Checks one item of `resources`: a Kubernetes object, or `{wave, object}`. */
export function desiredResource(item: Json, path: string, context: ObjectContext): DesiredResource {
  const { object, wave, place } = renderedObject(item, path, 'resources', context);
  checkHandles(asJson(object), place, context.entry, context.origin);
  return { object, wave };
}

/** Checks what `resources` and `patches` have in common: kind, name, namespace and size. */
export function renderedObject(
  item: Json,
  path: string,
  list: 'resources' | 'patches',
  context: ObjectContext,
): RenderedObject {
  const { owner, origin } = context;
  const wrapped = isJsonObject(item) && Object.hasOwn(item, 'object') && !Object.hasOwn(item, 'apiVersion');
  const outer = wrapped ? objectWith(item, ['object', 'wave'], path, origin) : { object: item };
  const place = wrapped ? `${path}.object` : path;
  const object = isJsonObject(outer.object) ? outer.object : objectWith(outer.object, [], place, origin);
  const apiVersion = textAt(object.apiVersion, `${place}.apiVersion`, origin);
  const kind = textAt(object.kind, `${place}.kind`, origin);
  const write = permittedWrite({ apiVersion, kind }, place, list, context);
  refuseMisplacedHandles(isShown(apiVersion, kind) ? object : object.metadata, `${place}.metadata`, origin);
  const metadata = checkedMetadata(object.metadata, { apiVersion, kind }, `${place}.metadata`, origin);
  const namespace = permittedNamespace({ value: metadata.namespace, path: place, list }, write, owner, origin);
  if (object.status !== undefined) {
    complain(origin, {
      code: 'TemplateOutputInvalid',
      message: `${place} has a status: only controllers write it`,
      path: `${place}.status`,
      remedy: 'Remove it.',
    });
  }
  refuseHugeObject(object, place, origin);
  const named = {
    ...metadata,
    ...(namespace === undefined ? {} : { namespace }),
  } as unknown as KubernetesObject['metadata'];
  return {
    object: { ...object, apiVersion, kind, metadata: named },
    wave: waveAt(outer.wave, `${path}.wave`, origin),
    place,
  };
}

type Write = Pick<ResourceWrite | PatchWrite, 'kind' | 'namespaces'>;

function permittedWrite(
  kind: KindReference,
  path: string,
  list: 'resources' | 'patches',
  { entry, origin }: OutputContext,
): Write {
  const write = list === 'resources' ? writeOf(entry.rule, kind) : patchOf(entry.rule, kind);
  if (write !== undefined) return write;
  return complain(origin, {
    code: 'WriteForbidden',
    message: `the template produced a ${list === 'resources' ? '' : 'patch of a '}${kind.kind} (${kind.apiVersion}), which its rule does not list`,
    path,
    fragment: `${kind.apiVersion} ${kind.kind}`,
    remedy: `Add {apiVersion: ${kind.apiVersion}, kind: ${kind.kind}${list === 'resources' ? '' : ', fields: [...]'}} to writes.${list} of ${origin.rule}.`,
  });
}

function permittedNamespace(
  { value, path, list }: { readonly value: Json | undefined; readonly path: string; readonly list: string },
  write: Write,
  owner: KubernetesObject,
  origin: Origin,
): string | undefined {
  const own = owner.metadata.namespace;
  if (write.namespaces === 'any') {
    if (value === undefined || (typeof value === 'string' && isDnsLabel(value))) return value as string | undefined;
  } else {
    const allowed: readonly (string | undefined)[] = write.namespaces === 'own' ? [own] : write.namespaces;
    const namespace = value ?? (allowed.length === 1 ? allowed[0] : undefined);
    const text = typeof namespace === 'string' ? namespace : undefined;
    if ((namespace ?? undefined) === text && allowed.includes(text)) return text;
  }
  return complain(origin, {
    code: 'NamespaceForbidden',
    message: `the template wrote to namespace ${JSON.stringify(value ?? null)}, which its rule does not allow for a ${write.kind}`,
    path: `${path}.metadata.namespace`,
    fragment: value ?? null,
    remedy: `Leave the namespace out, or set namespaces of this kind under writes.${list} of ${origin.rule}.`,
  });
}

/** Whether everybody who may look at the namespace reads these objects: events are shown wherever their object is. */
function isShown(apiVersion: string, kind: string): boolean {
  return kind === 'Event' && ['', 'events.k8s.io'].includes(groupOf(apiVersion));
}

function refuseHugeObject(object: Json, path: string, origin: Origin): void {
  const size = Buffer.byteLength(JSON.stringify(object));
  if (size <= OBJECT_BYTES) return;
  const message = `the object takes ${size} bytes, and a cluster takes ${OBJECT_BYTES}`;
  complain(origin, { code: 'TemplateOutputTooLarge', message, path, remedy: 'Split the object.' });
}
