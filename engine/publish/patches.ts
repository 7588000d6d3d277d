import type { PatchChange } from '#model/change-set.js';
import { keyOf } from '#model/object.js';
import { fieldManagerOf } from '#model/ownership.js';
import { type ResourceWork, writerOf } from './resources.js';

/**
 * Sets fields of an object of somebody else, or gives them back. Guarded by its uid, so that nothing is ever created, and
 * never forced: it is the others' object, and who manages a field of it is named (FieldTaken). Throws ObjectConflict
 * where the object is another one by now.
 */
export async function publishPatch(change: PatchChange, work: ResourceWork, dryRun = false): Promise<void> {
  const { action, key, uid, object } = change;
  if ((action !== 'patch' && action !== 'release') || uid === undefined) return;
  const { apiVersion, kind, namespace, name } = key;
  const place = { name, ...(namespace === undefined ? {} : { namespace }) };
  const metadata = { ...(object?.metadata ?? place), uid };
  const fieldManager = fieldManagerOf(work.entry.rule.slug, keyOf(work.facts.object));
  // Fields that are no longer sent are given back: sending none gives back all.
  await work.writer.apply({
    object: { ...object, apiVersion, kind, metadata },
    fieldManager,
    force: false,
    dryRun,
    as: writerOf(work),
  });
}
