import type { CatalogEntry } from '#catalog/catalog.js';
import type { ChangeSet } from '#model/change-set.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { FINALIZER } from '#model/ownership.js';
import { isCollected } from '#plan/decorate.js';
import type { ClusterWriter } from '#publish/cluster-writer.js';

/** Adds our finalizer ahead of the first write that garbage collection cannot undo: files, patches, and objects out of its reach. */
export async function holdFinalizer(
  owner: KubernetesObject,
  { changes }: ChangeSet,
  { rule }: CatalogEntry,
  writer: ClusterWriter,
): Promise<void> {
  const { uid, finalizers } = owner.metadata;
  if (uid === undefined || finalizers?.includes(FINALIZER)) return;
  const needed = changes.some((change) => {
    if (change.sink === 'git') return change.content !== undefined && rule.deletion.files === 'Delete';
    if (change.sink === 'patch') return change.object !== undefined && change.action !== 'await';
    return change.object !== undefined && rule.deletion.resources === 'Delete' && !isCollected(change.object, owner);
  });
  if (needed) await writer.updateFinalizers({ key: keyOf(owner), uid, add: [FINALIZER] });
}

/** Removes our finalizer and those of the operators that the rule replaces: everything of the owner is gone. */
export async function releaseFinalizer(
  owner: KubernetesObject,
  { rule }: CatalogEntry,
  writer: ClusterWriter,
): Promise<void> {
  const { uid, finalizers = [] } = owner.metadata;
  const ours = [FINALIZER, ...rule.deletion.finalizers].filter((finalizer) => finalizers.includes(finalizer));
  if (uid !== undefined && ours.length > 0) await writer.updateFinalizers({ key: keyOf(owner), uid, remove: ours });
}
