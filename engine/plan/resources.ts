import type { CatalogEntry } from '#catalog/catalog.js';
import type { FieldChange, ResourceChange } from '#model/change-set.js';
import { contestedPaths } from '#model/contest.js';
import type { DesiredResource } from '#model/desired.js';
import { compareText, isJsonObject, type JsonObject } from '#model/json.js';
import { asJson, identityOf, type KubernetesObject, keyOf } from '#model/object.js';
import {
  APPLIED_ANNOTATION,
  belongsTo,
  belongsToPredecessor,
  fieldManagerOf,
  REPLACE_ANNOTATION,
  WAVE_ANNOTATION,
} from '#model/ownership.js';
import { formatPath, valueAt } from '#model/path.js';
import { writeOf } from '#model/rule.js';
import { decorate, deletionOf } from './decorate.js';
import { deviations } from './difference.js';
import { adoptedFrom, describeMakers } from './foreign.js';
import { appliedFields, fieldsManagedBy, ownsEvery, surplus } from './managed-fields.js';
import { whyProtected } from './protection.js';
import type { ResourceContext } from './resource-context.js';

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
function planRemoval(object: KubernetesObject, { rule }: CatalogEntry): ResourceChange {
  const isLeaving = object.metadata.deletionTimestamp !== undefined;
  const stays = deletionOf(object, rule) === 'Orphan';
  const because = stays ? 'it is left behind' : 'it is no longer rendered';
  return {
    sink: 'cluster',
    action: stays || isLeaving ? 'none' : 'delete',
    key: keyOf(object),
    wave: Number(annotation(object, WAVE_ANNOTATION)) || 0,
    uid: object.metadata.uid,
    object: undefined,
    fields: [],
    reason: isLeaving ? 'it is being deleted' : because,
  };
}

function planResource({ object: rendered, wave }: DesiredResource, context: ResourceContext): ResourceChange {
  const { entry, owner, live, related, protection } = context;
  const key = keyOf(rendered);
  const current = live.get(identityOf(key));
  const isProtected = [rendered, current].some((each) => each !== undefined && whyProtected(each, protection));
  const object = decorate(rendered, { owner, rule: entry.rule, related, wave, isProtected });
  const change = { sink: 'cluster', key, wave, uid: current?.metadata.uid, object } as const;
  if (current === undefined) return { ...change, action: 'create', fields: [], reason: undefined };
  const adopted = adoptedFrom(current, context);
  const awaited = whyAwaited(current, owner);
  if (awaited !== undefined) return { ...change, action: 'none', fields: [], reason: awaited };
  const replaced = annotation(rendered, REPLACE_ANNOTATION);
  if (replaced !== undefined && replaced === current.metadata.uid) {
    return { ...change, action: 'replace', fields: [], reason: 'the template asks for a new one' };
  }
  if (adopted.length > 0) return { ...change, ...adoption(current, object, adopted, context) };
  return { ...change, ...comparison(current, object, context) };
}

/**
 * An object of others is taken over in its place, with all that its managers set: what of that is not rendered goes. One
 * of a kind that is made anew for a difference is made anew, unless it does what is asked already.
 */
function adoption(
  current: KubernetesObject,
  object: KubernetesObject,
  adopted: readonly string[],
  { entry: { rule } }: ResourceContext,
): Pick<ResourceChange, 'action' | 'fields' | 'reason' | 'adopted'> {
  const update = writeOf(rule, object)?.update;
  if (update === 'Once') return { action: 'none', fields: [], reason: 'it is made once' };
  const reason = `taken over from ${describeMakers(current, adopted)}`;
  if (update !== 'Recreate') {
    const fields = fieldChanges(current, object, fieldsManagedBy(current, adopted));
    return { action: 'adopt', fields, reason, adopted };
  }
  const fields = fieldChanges(current, object, {});
  const isOther = fields.some(({ path }) => !/^metadata\b/.test(path));
  return { action: isOther ? 'replace' : 'adopt', fields, reason };
}

/** What is done to an object that exists: nothing where its body was applied before and its manager still owns all of it. */
function comparison(
  current: KubernetesObject,
  object: KubernetesObject,
  { entry: { rule }, owner, contests }: ResourceContext,
): Pick<ResourceChange, 'action' | 'fields' | 'reason' | 'drifted' | 'contested'> {
  const applied = appliedFields(current, fieldManagerOf(rule.slug, keyOf(owner))) ?? {};
  const drifted = annotation(current, APPLIED_ANNOTATION) === annotation(object, APPLIED_ANNOTATION);
  if (drifted && ownsEvery(applied, asJson(object))) return { action: 'none', fields: [], reason: undefined };
  const update = writeOf(rule, object)?.update;
  if (update === 'Once') return { action: 'none', fields: [], reason: 'it is made once' };
  const fields = fieldChanges(current, object, applied);
  const action = update === 'Recreate' ? 'replace' : 'update';
  if (!drifted) return { action, fields, reason: undefined };
  if (rule.drift === 'Report') return { action: 'none', fields, reason: 'it drifted, and the rule only reports that' };
  const paths = contestedPaths(fields);
  const standing = contests.get(identityOf(keyOf(current))) ?? [];
  const contested = standing.filter(({ path }) => paths.includes(path));
  if (contested.length === 0) return { action, fields, reason: 'it drifted', drifted };
  return { action: 'none', fields, reason: 'it drifted, and would be changed back', contested };
}

function annotation({ metadata }: KubernetesObject, name: string): string | undefined {
  return metadata.annotations?.[name];
}

/** Nothing is applied to an object that is about to go: its successor is made when it is gone. */
function whyAwaited(current: KubernetesObject, owner: KubernetesObject): string | undefined {
  if (current.metadata.deletionTimestamp !== undefined) return 'it is being deleted';
  return belongsToPredecessor(current, owner) ? 'it belongs to a predecessor of this object' : undefined;
}

/** What applying `object` would change, besides Edict's own notes. */
function fieldChanges(
  current: KubernetesObject,
  object: KubernetesObject,
  applied: JsonObject,
): readonly FieldChange[] {
  const live = asJson(current);
  const body = withoutNotes(asJson(object));
  const removed = surplus(applied, live, body).map((path): FieldChange => {
    return { path: formatPath(path), before: valueAt(live, path), after: undefined };
  });
  const isNote = ({ path }: FieldChange): boolean => path === NOTE_PATH;
  const gone = removed.filter((change) => !isNote(change));
  return [...deviations(live, body), ...gone.sort((left, right) => compareText(left.path, right.path))];
}

const NOTE_PATH = formatPath(['metadata', 'annotations', APPLIED_ANNOTATION]);

function withoutNotes(body: JsonObject): JsonObject {
  const metadata = isJsonObject(body.metadata) ? body.metadata : {};
  const annotations = isJsonObject(metadata.annotations) ? metadata.annotations : {};
  const { [APPLIED_ANNOTATION]: _applied, ...kept } = annotations;
  return { ...body, metadata: { ...metadata, annotations: kept } };
}
