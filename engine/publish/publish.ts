import type { CatalogEntry } from '#catalog/catalog.js';
import { readinessUnder } from '#catalog/readiness.js';
import type { Change, ChangeSet, FileChange, ResourceChange } from '#model/change-set.js';
import type { Desired } from '#model/desired.js';
import type { Facts, Readiness } from '#model/facts.js';
import type { Installation } from '#model/installation.js';
import type { Inventory } from '#model/inventory.js';
import { formatKey, type ObjectKey } from '#model/object.js';
import { belongsToPredecessor } from '#model/ownership.js';
import type { RepositoryState } from '#model/repository-state.js';
import type { ClusterWriter } from './cluster-writer.js';
import { submissionsOf } from './files.js';
import { noteTargets } from './inventory.js';
import type { Submitter } from './repository-queue.js';
import { preflight, publishResource } from './resources.js';
import type { SecretReader } from './secrets.js';

/** What publishing needs. */
export interface PublishPorts {
  readonly writer: ClusterWriter;
  readonly reader: SecretReader;
  readonly repositories: Submitter;
}

/** What is published, for whom, against what it was planned. */
export interface Publication {
  readonly entry: CatalogEntry;
  readonly installation: Installation;
  readonly facts: Facts;
  readonly desired: Desired;
  readonly changes: ChangeSet;
  readonly inventory: Inventory;
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
}

/** State that grows while the waves go by. */
interface Progress {
  readonly commits: Map<string, string>;
  readonly resources: Map<string, { readonly key: ObjectKey; readonly readiness: Readiness }>;
}

/**
 * Does all writes of one pass: wave by wave, files before resources, a wave when the one before is ready, and removals
 * only at the end of a whole pass. Every write is safe to repeat. Throws what the sinks throw.
 */
export async function publish(publication: Publication, ports: PublishPorts): Promise<Published> {
  const { entry, changes, desired } = publication;
  const progress: Progress = { commits: new Map(), resources: new Map() };
  await noteTargets(entry.rule, publication.inventory, changes, ports);
  if (entry.rule.preflight) await preflight(changes.changes.filter(isResource), { ...ports, ...publication });
  const waves = [...new Set([...desired.files, ...desired.resources].map(({ wave }) => wave))].sort(
    (left, right) => left - right,
  );
  for (const wave of waves) {
    const isLast = wave === waves.at(-1);
    await publishFiles(publication, { wave, isLast }, ports, progress);
    await publishWave(publication, wave, ports, progress);
    const waiting = unready(progress);
    if (waiting !== undefined) return { waiting, complete: isLast, ...progress };
  }
  const waiting = changes.held ? undefined : await remove(publication, ports, progress);
  return { waiting, complete: true, ...progress };
}

async function publishFiles(
  publication: Publication,
  { wave, isLast }: { readonly wave: number; readonly isLast: boolean },
  ports: PublishPorts,
  progress: Progress,
): Promise<void> {
  const files = publication.changes.changes.filter(isFile);
  const due = files.some(
    (change) => change.wave === wave && (change.action === 'create' || change.action === 'update'),
  );
  // An owner that has files only needs no second commit for what leaves.
  const whole = isLast && publication.desired.resources.length === 0 && !publication.changes.held;
  if (!due && !(whole && files.some(isRemoval))) return;
  const rendered = publication.desired.files.filter((file) => file.wave <= wave);
  await submit({ publication, rendered, whole }, ports, progress);
}

async function submit(
  {
    publication,
    rendered,
    whole,
  }: { readonly publication: Publication; readonly rendered: Publication['desired']['files']; readonly whole: boolean },
  ports: PublishPorts,
  progress: Progress,
): Promise<void> {
  const { entry, facts, installation, repositories, texts } = publication;
  const changes = publication.changes.changes.filter(isFile);
  const submissions = submissionsOf({
    owner: facts.object,
    entry,
    instance: installation.instance,
    rendered,
    changes,
    whole,
    repositories,
    texts,
  });
  const results = await Promise.allSettled(submissions.map((submission) => ports.repositories.submit(submission)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  results.forEach((result, index) => {
    const address = submissions[index]?.address;
    const commit = result.status === 'fulfilled' ? result.value : undefined;
    if (address !== undefined && commit !== undefined)
      progress.commits.set(`${address.remote}/${address.name}`, commit);
  });
}

async function publishWave(
  publication: Publication,
  wave: number,
  ports: PublishPorts,
  progress: Progress,
): Promise<void> {
  for (const change of publication.changes.changes.filter(isResource)) {
    if (change.wave !== wave || change.object === undefined) continue;
    const live = await publishResource(change, { ...ports, ...publication });
    const awaited = live === null || belongsToPredecessor(live, publication.facts.object);
    const readiness = awaited ? 'InProgress' : readinessUnder(publication.entry, live);
    progress.resources.set(formatKey(change.key), { key: change.key, readiness });
  }
}

function unready({ resources }: Progress): Published['waiting'] {
  const [name, first] = [...resources].find(([, { readiness }]) => readiness !== 'Ready') ?? [];
  if (name === undefined || first === undefined) return undefined;
  const others = [...resources.values()].filter(({ readiness }) => readiness !== 'Ready').length - 1;
  const more = others === 0 ? '' : ` and ${others} more`;
  return first.readiness === 'Failed'
    ? { reason: 'ResourceFailed', message: `${name}${more} failed` }
    : { reason: 'ResourceNotReady', message: `${name}${more} is not ready yet` };
}

/** Removals in reverse waves, each gone before the next, once everything else is done. Gives what has to be waited for. */
async function remove(
  publication: Publication,
  ports: PublishPorts,
  progress: Progress,
): Promise<Published['waiting']> {
  const { changes, desired } = publication;
  const removals = changes.changes.filter(isRemoval);
  const resources = removals.filter(isResource);
  for (const wave of [...new Set(resources.map((change) => change.wave))].sort((left, right) => right - left)) {
    const leaving = resources.filter((change) => change.wave === wave);
    const left = await Promise.all(leaving.map((change) => publishResource(change, { ...ports, ...publication })));
    const key = leaving.find(
      (change, index) => left[index]?.metadata.uid === change.uid && change.uid !== undefined,
    )?.key;
    if (key !== undefined) return { reason: 'Deleting', message: `${formatKey(key)} is still there` };
  }
  const isDone = desired.resources.length === 0 && desired.files.length > 0;
  if (!isDone && removals.some(isFile))
    await submit({ publication, rendered: desired.files, whole: true }, ports, progress);
  return undefined;
}

const isFile = (change: Change): change is FileChange => change.sink === 'git';
const isResource = (change: Change): change is ResourceChange => change.sink === 'cluster';

function isRemoval(change: Change): boolean {
  const body = change.sink === 'git' ? change.content : change.object;
  return body === undefined && (change.action === 'delete' || change.action === 'orphan');
}
