import { digestOfJson } from '#model/digest.js';
import { asJson, type KubernetesObject, keyOf, type OwnerReference } from '#model/object.js';
import {
  APPLIED_ANNOTATION,
  DELETION_ANNOTATION,
  OWNER_LABEL,
  ownerHash,
  REPLACE_ANNOTATION,
  RULE_LABEL,
} from '#model/ownership.js';
import type { Rule } from '#model/rule.js';

/**
 * The body that is applied for a rendered object: with the labels that name its owner, an owner reference where
 * Kubernetes allows one (same namespace, or a cluster-scoped owner), and the hash of all that.
 */
export function decorate(object: KubernetesObject, owner: KubernetesObject, rule: Rule): KubernetesObject {
  const { labels, annotations = {}, ...metadata } = object.metadata;
  const { [REPLACE_ANNOTATION]: _replace, ...kept } = annotations;
  const reference = isCollectable(object, owner, rule) ? ownerReference(owner) : undefined;
  const body: KubernetesObject = {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...labels, [OWNER_LABEL]: ownerHash(keyOf(owner)), [RULE_LABEL]: rule.slug },
      ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }),
      ...(reference === undefined ? {} : { ownerReferences: [reference] }),
    },
  };
  return {
    ...body,
    metadata: {
      ...body.metadata,
      annotations: { ...kept, [APPLIED_ANNOTATION]: digestOfJson(asJson(body)).slice(0, 32) },
    },
  };
}

/** Whether the garbage collector is to delete `object` with `owner`. */
export function isCollectable(object: KubernetesObject, owner: KubernetesObject, { deletion }: Rule): boolean {
  const inReach = owner.metadata.namespace === undefined || owner.metadata.namespace === object.metadata.namespace;
  return inReach && (object.metadata.annotations?.[DELETION_ANNOTATION] ?? deletion.resources) === 'Delete';
}

function ownerReference({ apiVersion, kind, metadata }: KubernetesObject): OwnerReference | undefined {
  if (metadata.uid === undefined) return undefined;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}
