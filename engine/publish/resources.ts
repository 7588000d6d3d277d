import type { CatalogEntry } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import type { ResourceChange } from '#model/change-set.js';
import { type Contest, type ContestMemory, contestedPaths } from '#model/contest.js';
import type { Facts } from '#model/facts.js';
import { managersAt } from '#model/field-sets.js';
import { type Account, accountFor } from '#model/identity.js';
import type { Installation } from '#model/installation.js';
import { asJson, type KubernetesObject, keyOf } from '#model/object.js';
import { fieldManagerOf } from '#model/ownership.js';
import { parsePath } from '#model/path.js';
import { writeOf } from '#model/rule.js';
import type { ApplyRequest, ClusterWriter } from './cluster-writer.js';
import { type ObjectReader, resolveHandles } from './secrets.js';

/** What writing the resources of one owner needs. */
export interface ResourceWork {
  readonly entry: CatalogEntry;
  readonly installation: Installation;
  readonly facts: Facts;
  readonly writer: ClusterWriter;
  /** Is told of what was put right. */
  readonly contests?: ContestMemory | undefined;
  readonly cluster: ObjectReader;
}

/** Does one change, and gives the object as it is afterwards: null where it is gone, or awaited to be gone before it is made anew. */
export async function publishResource(change: ResourceChange, work: ResourceWork): Promise<KubernetesObject | null> {
  const { key, uid, object } = change;
  if (change.drifted) await noteCorrection(change, work);
  switch (change.action) {
    case 'create':
    case 'update':
    case 'adopt':
      return applyChange(change, work);
    case 'replace':
      if (uid !== undefined) await work.writer.delete({ key, uid, as: writerOf(work) });
      // An object that waits for its finalizers is awaited: its successor is made by a later pass.
      if (object === undefined || (await work.cluster.get(key)) !== null) return null;
      return applyChange({ ...change, action: 'create' }, work);
    case 'delete':
      if (uid !== undefined) await work.writer.delete({ key, uid, as: writerOf(work) });
      return work.cluster.get(key);
    case 'orphan':
    case 'hold':
    case 'none':
      return work.cluster.get(key);
  }
}

/** Who made something else of a child is asked while it can be told: after the correction nobody else manages the fields. */
async function noteCorrection({ key, object, fields }: ResourceChange, work: ResourceWork): Promise<void> {
  if (work.contests === undefined || object === undefined) return;
  const entries = (await work.cluster.get(key, 'whole'))?.metadata.managedFields ?? [];
  const own = fieldManagerOf(work.entry.rule.slug, keyOf(work.facts.object));
  const corrected = contestedPaths(fields).map((path): Contest => {
    const parsed = parsePath(path);
    const managers = parsed === undefined ? [] : managersAt(entries, parsed, asJson(object));
    return { manager: managers.find((manager) => manager !== own), path };
  });
  work.contests.corrected(key, corrected);
}

async function applyChange(
  change: ResourceChange,
  work: ResourceWork,
  dryRun = false,
): Promise<KubernetesObject | null> {
  const { object, action, uid, drifted = false, adopted } = change;
  if (object === undefined) return null;
  const { entry, facts, writer, cluster } = work;
  const fieldManager = fieldManagerOf(entry.rule.slug, keyOf(facts.object));
  const body = await resolveHandles(object, facts, entry, cluster);
  // The object that was planned against, and no other of its name.
  const guarded = action !== 'create' && uid !== undefined ? { ...body, metadata: { ...body.metadata, uid } } : body;
  const request = { object: guarded, fieldManager, dryRun, as: writerOf(work) };
  if (adopted !== undefined) {
    // Whoever is not adopted is named before anything changes its manager.
    await applyTaking({ ...request, dryRun: true }, entry, writer);
    return dryRun ? null : writer.apply({ ...request, force: false, takeFrom: adopted });
  }
  return applyTaking({ ...request, force: drifted }, entry, writer);
}

/** Applies, and takes from others what the rule adopts. Drift is what others made of our own fields: the plan showed it. */
async function applyTaking(
  request: Omit<ApplyRequest, 'force'> & { readonly force?: boolean },
  entry: CatalogEntry,
  writer: ClusterWriter,
): Promise<KubernetesObject> {
  try {
    return await writer.apply({ force: false, ...request });
  } catch (error) {
    if (!(error instanceof EdictError) || error.code !== 'FieldTaken' || !mayTake(error, request.object, entry))
      throw error;
    return writer.apply({ ...request, force: true });
  }
}

/** As whom what the owner asks for is written. Its status, its finalizer and the records of its rule are Edict's own. */
export function writerOf({ entry, installation, facts }: ResourceWork): Account | undefined {
  return accountFor(installation.identity, entry.rule.slug, keyOf(facts.object));
}

/** Checks every change of a pass with the cluster before the first is made. Throws what applying would throw. */
export async function preflight(changes: readonly ResourceChange[], work: ResourceWork): Promise<void> {
  for (const change of changes) {
    if (change.action === 'create' || change.action === 'update' || change.action === 'adopt')
      await applyChange(change, work, true);
  }
}

/** Fields are taken from others only where the rule says so, and from a person's `kubectl edit` never silently. */
function mayTake(error: EdictError, object: KubernetesObject, { rule }: CatalogEntry): boolean {
  const adopted = writeOf(rule, object)?.adopt ?? [];
  return error.faults.every(({ fragment: manager }) => manager !== undefined && adopted.includes(manager));
}
