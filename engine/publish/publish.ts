import type { CatalogEntry } from '#catalog/catalog.js';
import { readinessUnder } from '#catalog/readiness.js';
import type { Change, ChangeSet, FileChange, PatchChange, ResourceChange } from '#model/change-set.js';
import type { ContestMemory } from '#model/contest.js';
import type { Desired, DesiredFile } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Installation } from '#model/installation.js';
import type { Inventory } from '#model/inventory.js';
import { formatKey, type KubernetesObject, type ObjectKey } from '#model/object.js';
import { belongsToPredecessor } from '#model/ownership.js';
import type { Readiness } from '#model/readiness.js';
import type { RepositoryState } from '#model/repository-state.js';
import { settleAtOnce } from './at-once.js';
import type { ClusterWriter } from './cluster-writer.js';
import { submissionsOf } from './files.js';
import { noteTargets } from './inventory.js';
import { publishPatch } from './patches.js';
import type { Submitter } from './repository-queue.js';
import { preflight, publishResource } from './resources.js';
import type { ObjectReader } from './secrets.js';

/** What publishing needs. */
export interface PublishPorts {
  readonly writer: ClusterWriter;
  readonly cluster: ObjectReader;
  readonly queue: Submitter;
  readonly contests?: ContestMemory | undefined;
}

/** What is published, for whom, against what it was planned. */
export interface Publication {
  readonly entry: CatalogEntry;
  readonly installation: Installation;
  readonly facts: Facts;
  readonly desired: Desired;
  readonly changes: ChangeSet;
  readonly inventory: Inventory;
  /** Whether all changes of objects are tried before the first is made. */
  readonly preflight: boolean;
  /** Every branch that was planned against, by `addressKey`. */
  readonly repositories: ReadonlyMap<string, RepositoryState>;
  /** Texts that were planned against, by `addressKey` and path. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** What publishing did. */
export interface Published {
  /** Present where a wave is not ready yet: the waves after it, and all removals, were left for later. */
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  /** Whether all that should exist was written, ready or not. */
  readonly complete: boolean;
  /** Id of the commit that holds the files, by `remote/name`. */
  readonly commits: ReadonlyMap<string, string>;
  /** Readiness of each rendered object, by `Kind/namespace/name`. */
  readonly resources: ReadonlyMap<string, { readonly key: ObjectKey; readonly readiness: Readiness }>;
  /** The objects of others that have the fields now, as `Kind/namespace/name`. */
  readonly patched: ReadonlySet<string>;
}

/** What grows while the waves go by. */
interface Progress {
  readonly commits: Map<string, string>;
  readonly resources: Map<string, { readonly key: ObjectKey; readonly readiness: Readiness }>;
  readonly patched: Set<string>;
  /** Whether the commits hold all files that should exist, and none that should not. */
  filesAreWhole: boolean;
}

/** A publication under way. */
interface Work extends Publication, PublishPorts {
  readonly files: readonly FileChange[];
  readonly objects: readonly ResourceChange[];
  readonly patches: readonly PatchChange[];
  readonly progress: Progress;
}

/** Objects of one wave and owner that are written at once. */
const AT_ONCE = 8;

/**
 * Does all writes of one pass: wave by wave, files before resources and these before patches, a wave when the one before
 * is ready, and removals only at the end of a whole pass. Every write is safe to repeat. Throws what the sinks throw.
 */
export async function publish(publication: Publication, ports: PublishPorts): Promise<Published> {
  const { entry, changes, desired, inventory } = publication;
  const progress: Progress = { commits: new Map(), resources: new Map(), patched: new Set(), filesAreWhole: false };
  const [files, objects] = [changes.changes.filter(isFile), changes.changes.filter(isResource)];
  const patches = changes.changes.filter(isPatch);
  const { writer, cluster, queue, contests } = ports;
  const work: Work = { ...publication, writer, cluster, queue, contests, files, objects, patches, progress };
  await noteTargets(entry.rule, inventory, changes, work);
  if (publication.preflight) {
    await preflight(objects, work);
    for (const patch of patches) await publishPatch(patch, work, true);
  }
  const waves = wavesOf([...desired.files, ...desired.resources, ...desired.patches]);
  for (const wave of waves) {
    const isLast = wave === waves.at(-1);
    await publishFiles(work, wave, isLast);
    await publishResources(work, wave);
    await publishPatches(work, wave);
    const waiting = unready(work, wave);
    if (waiting !== undefined) return { ...progress, waiting, complete: isLast && !patches.some(isAwaited) };
  }
  const waiting = changes.held ? undefined : await remove(work);
  return { ...progress, waiting, complete: true };
}

async function publishFiles(work: Work, wave: number, isLast: boolean): Promise<void> {
  const { files, desired, changes } = work;
  const isDue = files.some(
    (change) => change.wave === wave && (change.action === 'create' || change.action === 'update'),
  );
  // An owner that has files only needs no second commit for what leaves.
  const whole = isLast && desired.resources.length + desired.patches.length === 0 && !changes.held;
  if (!isDue && !(whole && files.some(isRemoval))) return;
  const rendered = desired.files.filter((file) => file.wave <= wave);
  await submit(work, rendered, whole);
}

async function submit(work: Work, rendered: readonly DesiredFile[], whole: boolean): Promise<void> {
  const { facts, installation, files, queue, progress } = work;
  const { instance } = installation;
  const submissions = submissionsOf({ ...work, owner: facts.object, instance, rendered, changes: files, whole });
  const results = await Promise.allSettled(submissions.map((submission) => queue.submit(submission)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  results.forEach((result, index) => {
    const address = submissions[index]?.address;
    const commit = result.status === 'fulfilled' ? result.value : undefined;
    if (address !== undefined && commit !== undefined)
      progress.commits.set(`${address.remote}/${address.name}`, commit);
  });
  progress.filesAreWhole = whole;
}

async function publishResources(work: Work, wave: number): Promise<void> {
  const { objects, facts, entry, progress } = work;
  const due = objects.filter((change) => change.wave === wave && change.object !== undefined);
  const results = await settleAtOnce(due, AT_ONCE, (change) => publishResource(change, work));
  for (const [index, { key }] of due.entries()) {
    const result = results[index];
    if (result?.status !== 'fulfilled') throw result?.reason;
    const live = result.value;
    const awaited = live === null || belongsToPredecessor(live, facts.object);
    const readiness = awaited ? 'InProgress' : readinessUnder(entry, live);
    progress.resources.set(formatKey(key), { key, readiness });
  }
}

async function publishPatches(work: Work, wave: number): Promise<void> {
  for (const change of work.patches) {
    if (change.wave !== wave || change.object === undefined || isAwaited(change)) continue;
    await publishPatch(change, work);
    work.progress.patched.add(formatKey(change.key));
  }
}

function unready({ progress: { resources }, patches }: Work, wave: number): Published['waiting'] {
  const [first, ...others] = [...resources].filter(([, { readiness }]) => readiness !== 'Ready');
  if (first === undefined) return awaited(patches.filter((change) => change.wave === wave && isAwaited(change)));
  const [name, { readiness }] = first;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return readiness === 'Failed'
    ? { reason: 'ResourceFailed', message: `${name}${more} failed` }
    : { reason: 'ResourceNotReady', message: `${name}${more} is not ready yet` };
}

function awaited([first, ...others]: readonly PatchChange[]): Published['waiting'] {
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` And ${others.length} more.`;
  const message = `${formatKey(first.key)} is to be patched, but ${first.reason ?? 'cannot be'}.${more}`;
  return { reason: 'PatchTargetMissing', message };
}

/** Removals in reverse waves, each gone before the next, once everything else is done. Gives what has to be waited for. */
async function remove(work: Work): Promise<Published['waiting']> {
  const { files, objects, patches, desired, progress } = work;
  for (const change of patches.filter(isRemoval)) await publishPatch(change, work);
  // What leaves already is awaited, too: by an earlier pass its wave was begun.
  const removals = objects.filter(({ object }) => object === undefined);
  for (const wave of wavesOf(removals).toReversed()) {
    const leaving = removals.filter((change) => change.wave === wave);
    const left = await Promise.all(leaving.map((change) => publishResource(change, work)));
    const key = leaving.find((change, index) => isStillLeaving(change, left[index] ?? null))?.key;
    if (key !== undefined) return { reason: 'Deleting', message: `${formatKey(key)} is still there` };
  }
  if (!progress.filesAreWhole && files.some(isRemoval)) await submit(work, desired.files, true);
  return undefined;
}

function isStillLeaving({ action, uid }: ResourceChange, left: KubernetesObject | null): boolean {
  if (left === null || uid === undefined || left.metadata.uid !== uid) return false;
  return action === 'delete' || left.metadata.deletionTimestamp !== undefined;
}

/** Each wave once, in their order. */
function wavesOf(items: readonly { readonly wave: number }[]): readonly number[] {
  return [...new Set(items.map(({ wave }) => wave))].sort((left, right) => left - right);
}

const isFile = (change: Change): change is FileChange => change.sink === 'git';
const isResource = (change: Change): change is ResourceChange => change.sink === 'cluster';
const isAwaited = ({ action }: PatchChange): boolean => action === 'await';
const isPatch = (change: Change): change is PatchChange => change.sink === 'patch';

function isRemoval(change: Change): boolean {
  const body = change.sink === 'git' ? change.content : change.object;
  return body === undefined && ['delete', 'orphan', 'release'].includes(change.action);
}
