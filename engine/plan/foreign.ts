import { EdictError } from '#errors/edict-error.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import { belongsTo, fieldManagerOf, OWNER_LABEL } from '#model/ownership.js';
import { writeOf } from '#model/rule.js';
import { appliedFields, holdNotes, writersOf } from './managed-fields.js';
import type { ResourceContext } from './resource-context.js';

/**
 * The managers from whom an object is to be taken over; none where it is the owner's own. Throws ObjectTaken for an
 * object of another owner, and FieldTaken for one that somebody made whom the rule does not adopt.
 */
export function adoptedFrom(current: KubernetesObject, context: ResourceContext): readonly string[] {
  const { rule } = context.entry;
  const owner = keyOf(context.owner);
  if (belongsTo(current, owner)) return [];
  const name = formatKey(keyOf(current));
  const location = { object: formatKey(owner), path: name };
  if (current.metadata.labels?.[OWNER_LABEL] !== undefined) {
    const other = current.metadata.ownerReferences?.[0];
    const message = `${name} belongs to ${other === undefined ? 'another object' : `${other.kind}/${other.name}`}`;
    throw new EdictError({ code: 'ObjectTaken', message, location, remedy: 'Give one of the two another name.' });
  }
  if (isMade(current, context)) return [];
  const own = fieldManagerOf(rule.slug, owner);
  const writers = writersOf(current).filter((writer) => writer !== own);
  // Nobody else has anything of it: a take-over was broken off before the object got its marks.
  if (writers.length === 0 && appliedFields(current, own) !== undefined) return [];
  const adopted = writers.filter((writer) => writeOf(rule, current)?.adopt.includes(writer));
  if (adopted.length > 0) return adopted;
  const makers = writers.join(', ') || 'somebody else';
  throw new EdictError({
    code: 'FieldTaken',
    message: `${name} is there already, made by ${describeMakers(current, writers)}`,
    location,
    fragment: makers,
    remedy: `Give it another name, delete it, or have it taken over: add adopt: [${makers}] to the entry of ${current.kind} under writes.resources of ${rule.file}.`,
  });
}

/**
 * Whether an object was made for its owner, though it may have lost the label that says so. An object that the owner only
 * patched has its manager too, but none of its notes.
 */
export function isMade(object: KubernetesObject, { entry: { rule }, owner }: ResourceContext): boolean {
  const key = keyOf(owner);
  return belongsTo(object, key) || holdNotes(appliedFields(object, fieldManagerOf(rule.slug, key)) ?? {});
}

/** Field managers as people know them, with the Helm release that lists the object: to uninstall it would delete the object. */
export function describeMakers({ metadata }: KubernetesObject, managers: readonly string[]): string {
  const names = managers.join(', ') || 'somebody else';
  const release = metadata.annotations?.['meta.helm.sh/release-name'];
  const namespace = metadata.annotations?.['meta.helm.sh/release-namespace'];
  if (release === undefined) return names;
  return `${names} (Helm release ${namespace === undefined ? '' : `${namespace}/`}${release}, which deletes it when it is uninstalled)`;
}
