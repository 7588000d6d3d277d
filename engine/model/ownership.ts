import { digestOf } from './digest.js';
import { identityOf, isSameKind, type KubernetesObject, type ObjectKey } from './object.js';

/** Label of every child: the hash of its owner. */
export const OWNER_LABEL = 'edict.dev/owner';
/** Label of every child: the rule that made it. */
export const RULE_LABEL = 'edict.dev/rule';
/** Annotation of every child: hash of the body that was last applied. */
export const APPLIED_ANNOTATION = 'edict.dev/applied';
/** Annotation that a template sets: the live object with this uid is deleted and made anew. */
export const REPLACE_ANNOTATION = 'edict.dev/replace';
/** Annotation that a template sets: `Delete` or `Orphan`, instead of what the rule says. */
export const DELETION_ANNOTATION = 'edict.dev/deletion';
/** Annotation of children of another wave than 0: deletion goes through the waves in reverse. */
export const WAVE_ANNOTATION = 'edict.dev/wave';
/** Annotation that a user sets on an owner: nothing is written for it, unless the value is `false`. */
export const PAUSED_ANNOTATION = 'edict.dev/paused';
/** Finalizer of owners whose children garbage collection cannot reach. */
export const FINALIZER = 'edict.dev/finalizer';

/** A name for an owner that fits a label, whatever its names are: 16 hexadecimal digits. */
export function ownerHash(owner: ObjectKey): string {
  return digestOf(identityOf(owner)).slice(0, 16);
}

/** The field manager of one owner's children: two owners of one object never overwrite each other silently. */
export function fieldManagerOf(rule: string, owner: ObjectKey): string {
  return `edict:${rule}:${ownerHash(owner)}`;
}

/** Whether nothing may be written for an owner. */
export function isPaused({ metadata }: KubernetesObject): boolean {
  return (metadata.annotations?.[PAUSED_ANNOTATION] ?? 'false') !== 'false';
}

/** The managers of owners that set fields of an object which is not their child. */
export function patchersOf({ metadata }: KubernetesObject): readonly string[] {
  const own = `:${metadata.labels?.[OWNER_LABEL] ?? ''}`;
  return (metadata.managedFields ?? []).flatMap(({ manager, operation }) => {
    const patches = typeof manager === 'string' && operation === 'Apply' && MANAGER.test(manager);
    return patches && !manager.endsWith(own) ? [manager] : [];
  });
}

const MANAGER = /^edict:.+:[0-9a-f]{16}$/;

/** Whether `child` carries the label of this owner. */
export function belongsTo(child: KubernetesObject, owner: ObjectKey): boolean {
  return child.metadata.labels?.[OWNER_LABEL] === ownerHash(owner);
}

/**
 * Whether `child` belongs to an earlier object of the name of `owner`, and awaits its garbage collection: what a
 * re-created owner finds of its predecessor is not adopted.
 */
export function belongsToPredecessor(child: KubernetesObject, owner: KubernetesObject): boolean {
  const { name, uid } = owner.metadata;
  return (child.metadata.ownerReferences ?? []).some(
    (reference) =>
      isSameKind(reference, owner) && reference.name === name && uid !== undefined && reference.uid !== uid,
  );
}
