import { secretHandle } from '#model/desired.js';
import { digestOfJson } from '#model/digest.js';
import type { Facts } from '#model/facts.js';
import type { Json } from '#model/json.js';
import { asJson, type KubernetesObject, keyOf, type OwnerReference } from '#model/object.js';
import {
  APPLIED_ANNOTATION,
  DELETION_ANNOTATION,
  OWNER_LABEL,
  ownerHash,
  REPLACE_ANNOTATION,
  RULE_LABEL,
  WAVE_ANNOTATION,
} from '#model/ownership.js';
import { valueAt } from '#model/path.js';
import type { Rule } from '#model/rule.js';

/** For whom a body is made. */
export interface Decoration {
  readonly owner: KubernetesObject;
  readonly rule: Rule;
  /** What the rule's reads found. */
  readonly related: Facts['related'];
  readonly wave: number;
  /** Whether it is never deleted: neither by the garbage collector. */
  readonly isProtected: boolean;
}

/**
 * The body that is applied for a rendered object: with the labels that name its owner, an owner reference where the
 * garbage collector is to delete it, its wave, and the hash of all that and of the versions of the Secrets that it
 * takes values from.
 */
export function decorate(object: KubernetesObject, decoration: Decoration): KubernetesObject {
  const { owner, rule, related, wave, isProtected } = decoration;
  const { labels, annotations = {}, ...metadata } = object.metadata;
  const { [REPLACE_ANNOTATION]: _replace, ...rendered } = annotations;
  const kept = { ...rendered, ...(wave === 0 ? {} : { [WAVE_ANNOTATION]: String(wave) }) };
  const reference = !isProtected && isCollectable(object, owner, rule) ? ownerReference(owner) : undefined;
  const body: KubernetesObject = {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...labels, [OWNER_LABEL]: ownerHash(keyOf(owner)), [RULE_LABEL]: rule.slug },
      ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }),
      ...(reference === undefined ? {} : { ownerReferences: [reference] }),
    },
  };
  const versions = secretVersions(asJson(object), related);
  const hashed = versions.length === 0 ? asJson(body) : [asJson(body), versions];
  const applied = digestOfJson(hashed).slice(0, 32);
  return { ...body, metadata: { ...body.metadata, annotations: { ...kept, [APPLIED_ANNOTATION]: applied } } };
}

/** `as` and resourceVersion of every Secret of which `value` holds a handle. */
function secretVersions(value: Json, related: Facts['related']): readonly Json[] {
  const handle = secretHandle(value);
  if (handle !== undefined) return [[handle.as, valueAt(related[handle.as], ['metadata', 'resourceVersion']) ?? null]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((item: Json) => secretVersions(item, related));
}

/** Whether the garbage collector is to delete `object` with `owner`: one of its namespace, or a cluster-scoped one. */
function isCollectable(object: KubernetesObject, owner: KubernetesObject, rule: Rule): boolean {
  const inReach = owner.metadata.namespace === undefined || owner.metadata.namespace === object.metadata.namespace;
  return inReach && deletionOf(object, rule) === 'Delete';
}

/** What becomes of an object that is no longer wanted: what it says itself, or else its rule. */
export function deletionOf({ metadata }: KubernetesObject, { deletion }: Rule): string {
  return metadata.annotations?.[DELETION_ANNOTATION] ?? deletion.resources;
}

/** Whether the garbage collector deletes a body that is applied, with its owner. */
export function isCollected({ metadata }: KubernetesObject, owner: KubernetesObject): boolean {
  return (metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.metadata.uid);
}

function ownerReference({ apiVersion, kind, metadata }: KubernetesObject): OwnerReference | undefined {
  if (metadata.uid === undefined) return undefined;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}
