import type { CatalogEntry } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import type { Action, FieldChange, ResourceChange } from '#model/change-set.js';
import type { DesiredResource } from '#model/desired.js';
import { isSameKind } from '#model/inventory.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { asJson, formatKey, identityOf, type KubernetesObject, keyOf } from '#model/object.js';
import {
  APPLIED_ANNOTATION,
  belongsTo,
  DELETION_ANNOTATION,
  fieldManagerOf,
  OWNER_LABEL,
  REPLACE_ANNOTATION,
} from '#model/ownership.js';
import { formatPath, type Path, valueAt } from '#model/path.js';
import { decorate } from './decorate.js';
import { deviations } from './difference.js';
import { appliedPaths } from './managed-fields.js';

/** What the resources of one owner are planned against. */
export interface ResourceContext {
  readonly entry: CatalogEntry;
  readonly owner: KubernetesObject;
  /** Live objects that the rendering names or that carry the owner's label, by identity. */
  readonly live: ReadonlyMap<string, KubernetesObject>;
}

/** One change for each rendered object, and one for each child that is no longer rendered. */
export function planResources(
  resources: readonly DesiredResource[],
  context: ResourceContext,
): readonly ResourceChange[] {
  const wanted = new Set(resources.map(({ object }) => identityOf(keyOf(object))));
  const stale = [...context.live].filter(
    ([identity, object]) => !wanted.has(identity) && belongsTo(object, keyOf(context.owner)),
  );
  return [
    ...resources.map((resource) => planResource(resource, context)),
    ...stale.map(([, object]) => planRemoval(object, context.entry)),
  ];
}

/** The change that removes a child: deleted, or left behind where the rule or the object says so. */
export function planRemoval(object: KubernetesObject, { rule }: CatalogEntry): ResourceChange {
  const policy = object.metadata.annotations?.[DELETION_ANNOTATION] ?? rule.deletion.resources;
  const leaving = object.metadata.deletionTimestamp !== undefined;
  const orphaned = policy === 'Orphan' ? 'it is left behind' : 'it is no longer rendered';
  const action: Action = policy === 'Orphan' || leaving ? 'none' : 'delete';
  return {
    sink: 'cluster',
    action,
    key: keyOf(object),
    wave: 0,
    uid: object.metadata.uid,
    object: undefined,
    fields: [],
    reason: leaving ? 'it is being deleted' : orphaned,
  };
}

function planResource(
  { object: rendered, wave }: DesiredResource,
  { entry, owner, live }: ResourceContext,
): ResourceChange {
  const key = keyOf(rendered);
  const current = live.get(identityOf(key));
  const object = decorate(rendered, owner, entry.rule);
  const change = { sink: 'cluster', key, wave, uid: current?.metadata.uid, object } as const;
  if (current === undefined) return { ...change, action: 'create', fields: [], reason: undefined };
  refuseForeignOwner(current, owner);
  const replaced = rendered.metadata.annotations?.[REPLACE_ANNOTATION];
  if (replaced !== undefined && replaced === current.metadata.uid) {
    return { ...change, action: 'replace', fields: [], reason: 'the template asks for a new one' };
  }
  const write = entry.rule.writes.resources.find((candidate) => isSameKind(candidate, key));
  const fields = fieldChanges(current, object, fieldManagerOf(entry.rule.slug, keyOf(owner)));
  const applied = current.metadata.annotations?.[APPLIED_ANNOTATION];
  const isSameBody = applied === object.metadata.annotations?.[APPLIED_ANNOTATION];
  if (isSameBody && fields.length === 0) return { ...change, action: 'none', fields, reason: undefined };
  if (write?.update === 'Once') return { ...change, action: 'none', fields: [], reason: 'it is made once' };
  if (isSameBody && entry.rule.drift === 'Report')
    return { ...change, action: 'none', fields, reason: 'it drifted, and the rule only reports that' };
  const reason = isSameBody ? 'it drifted' : undefined;
  return { ...change, action: write?.update === 'Recreate' ? 'replace' : 'update', fields, reason };
}

function refuseForeignOwner(current: KubernetesObject, owner: KubernetesObject): void {
  const label = current.metadata.labels?.[OWNER_LABEL];
  if (label === undefined || belongsTo(current, keyOf(owner))) return;
  const other = current.metadata.ownerReferences?.[0];
  throw new EdictError({
    code: 'ObjectTaken',
    message: `${formatKey(keyOf(current))} belongs to ${other === undefined ? 'another object' : `${other.kind}/${other.name}`}`,
    location: { object: formatKey(keyOf(owner)), path: formatKey(keyOf(current)) },
    remedy: 'Give one of the two another name.',
  });
}

/** What applying `object` would change, besides Edict's own notes. */
function fieldChanges(current: KubernetesObject, object: KubernetesObject, manager: string): readonly FieldChange[] {
  const live = asJson(current);
  const body = asJson(object);
  const removed = appliedPaths(current, manager)
    .filter((path) => !isWanted(path, live, body))
    .map((path): FieldChange => ({ path: formatPath(path), before: valueAt(live, path), after: undefined }));
  return [...deviations(live, withoutNotes(body)), ...removed];
}

/** Whether `body` has what stands at `path` of `live`. Items of lists are found again by their name, if they have one. */
function isWanted(path: Path, live: Json | undefined, body: Json | undefined): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return body !== undefined;
  const inner = valueAt(live, [head]);
  if (typeof head === 'string' || !Array.isArray(body)) return isWanted(rest, inner, valueAt(body, [head]));
  const name = isJsonObject(inner ?? null) ? (inner as JsonObject).name : undefined;
  const same = name === undefined ? body[head] : body.find((item: Json) => isJsonObject(item) && item.name === name);
  return isWanted(rest, inner, same as Json | undefined);
}

function withoutNotes(body: JsonObject): JsonObject {
  const metadata = isJsonObject(body.metadata) ? body.metadata : {};
  const annotations = isJsonObject(metadata.annotations) ? metadata.annotations : {};
  const { [APPLIED_ANNOTATION]: _applied, ...kept } = annotations;
  return { ...body, metadata: { ...metadata, annotations: kept } };
}
