import type { CatalogEntry } from '#catalog/catalog.js';
import type { DesiredResource } from '#model/desired.js';
import { secretHandle } from '#model/desired.js';
import { isSameKind } from '#model/inventory.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import type { ResourceWrite } from '#model/rule.js';
import { complain, type Origin } from './complaint.js';
import { objectWith, textAt, waveAt } from './fields.js';
import { isDnsLabel, isLabelValue, isPathSegment, isQualifiedName } from './names.js';

/** Checks one item of `resources`: a Kubernetes object, or `{wave, object}`. */
export function desiredResource(item: Json, path: string, context: { entry: CatalogEntry; owner: KubernetesObject; origin: Origin }): DesiredResource {
  const { entry, owner, origin } = context;
  const wrapped = isJsonObject(item) && Object.hasOwn(item, 'object') && !Object.hasOwn(item, 'apiVersion');
  const outer = wrapped ? objectWith(item, ['object', 'wave'], path, origin) : { object: item };
  const place = wrapped ? `${path}.object` : path;
  const object = isJsonObject(outer['object']) ? outer['object'] : objectWith(outer['object'], [], place, origin);
  const apiVersion = textAt(object['apiVersion'], `${place}.apiVersion`, origin);
  const kind = textAt(object['kind'], `${place}.kind`, origin);
  const write = permittedWrite({ apiVersion, kind }, place, context);
  const metadata = checkedMetadata(object['metadata'], `${place}.metadata`, origin);
  const namespace = permittedNamespace({ value: metadata['namespace'], path: place }, write, owner, origin);
  if (object['status'] !== undefined) {
    complain(origin, { code: 'TemplateOutputInvalid', message: `${place} has a status: only controllers write it`, path: `${place}.status`, remedy: 'Remove it.' });
  }
  refuseMisplacedHandles(metadata as Json, `${place}.metadata`, origin);
  checkHandles(object, place, entry, origin);
  const named = { ...metadata, ...(namespace === undefined ? {} : { namespace }) } as unknown as KubernetesObject['metadata'];
  return { object: { ...object, apiVersion, kind, metadata: named }, wave: waveAt(outer['wave'], `${path}.wave`, origin) };
}

function permittedWrite(
  kind: { readonly apiVersion: string; readonly kind: string },
  path: string,
  { entry, origin }: { entry: CatalogEntry; origin: Origin },
): ResourceWrite {
  const write = entry.rule.writes.resources.find(
    (candidate) => isSameKind(candidate, kind),
  );
  if (write !== undefined) return write;
  return complain(origin, {
    code: 'WriteForbidden',
    message: `the template produced a ${kind.kind} (${kind.apiVersion}), which its rule does not list`,
    path,
    fragment: `${kind.apiVersion} ${kind.kind}`,
    remedy: `Add {apiVersion: ${kind.apiVersion}, kind: ${kind.kind}} to writes.resources of ${origin.rule}.`,
  });
}

function permittedNamespace(
  { value, path }: { readonly value: Json | undefined; readonly path: string },
  write: ResourceWrite,
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
    remedy: `Leave the namespace out, or set namespaces of this kind under writes.resources of ${origin.rule}.`,
  });
}

const METADATA_FIELDS = ['name', 'namespace', 'labels', 'annotations', 'finalizers'];

function checkedMetadata(value: Json | undefined, path: string, origin: Origin): JsonObject {
  const invalid = (message: string, at: string, fragment?: Json): never =>
    complain(origin, { code: 'TemplateOutputInvalid', message, path: `${path}${at}`, fragment });
  if (isJsonObject(value) && value['generateName'] !== undefined) {
    return invalid('generateName would make a new object at every pass: give a name', '.generateName', value['generateName']);
  }
  const metadata = objectWith(value, METADATA_FIELDS, path, origin);
  const name = textAt(metadata['name'], `${path}.name`, origin);
  if (!isPathSegment(name)) invalid('not a name that Kubernetes accepts', '.name', name);
  for (const field of ['labels', 'annotations'] as const) {
    for (const [key, text] of Object.entries(objectAt(metadata[field], `${path}.${field}`, origin))) {
      const at = `.${field}[${JSON.stringify(key)}]`;
      if (!isQualifiedName(key)) invalid(`not a key that Kubernetes accepts in ${field}`, at, key);
      if (typeof text !== 'string' && secretHandle(text) === undefined) invalid(`values of ${field} must be texts`, at, text);
      if (field === 'labels' && typeof text === 'string' && !isLabelValue(text)) invalid('not a label value: at most 63 of [A-Za-z0-9._-], beginning and ending with a letter or digit', at, text);
    }
  }
  return metadata;
}

function objectAt(value: Json | undefined, path: string, origin: Origin): JsonObject {
  if (value === undefined) return {};
  if (isJsonObject(value)) return value;
  return complain(origin, { code: 'TemplateOutputInvalid', message: `${path} must be an object`, path, fragment: value });
}

/** Throws SecretForbidden where a secret handle stands in `value`: what it would resolve to is shown to everybody there. */
export function refuseMisplacedHandles(value: Json | undefined, path: string, origin: Origin): void {
  const place = findHandle(value, path);
  if (place === undefined) return;
  complain(origin, {
    code: 'SecretForbidden',
    message: 'a secret value was asked for where it would be shown',
    path: place,
    remedy: 'Use {"$secret": ...} only in the body of a cluster object; refer to a Secret by name elsewhere.',
  });
}

function findHandle(value: Json | undefined, path: string): string | undefined {
  if (secretHandle(value) !== undefined) return path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = findHandle(item as Json, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A handle must name a Secret that the rule reads by name. */
function checkHandles(value: Json, path: string, entry: CatalogEntry, origin: Origin): void {
  const handle = secretHandle(value);
  if (handle !== undefined) {
    const read = entry.rule.reads.resources.find(({ as }) => as === handle.as);
    if (read?.kind === 'Secret' && read.apiVersion === 'v1' && read.selection.by === 'name') return;
    complain(origin, {
      code: 'ReadForbidden',
      message: `$secret names ${JSON.stringify(handle.as)}, which is no Secret that the rule reads by name`,
      path,
      fragment: handle.as,
      remedy: `Add {as: ${handle.as}, apiVersion: v1, kind: Secret, name: ...} to reads.resources of ${origin.rule}.`,
    });
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    checkHandles(item as Json, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, entry, origin);
  }
}
