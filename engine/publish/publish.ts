import type { CatalogEntry } from '#catalog/catalog.js';
import { readinessUnder } from '#catalog/readiness.js';
import type { Change, ChangeSet, FileChange, ResourceChange } from '#model/change-set.js';
import type { Desired } from '#model/desired.js';
import type { Facts, Readiness } from '#model/facts.js';
import type { Installation } from '#model/installation.js';
import type { Inventory } from '#model/inventory.js';
import { formatKey, type ObjectKey } from '#model/object.js';
import type { ClusterWriter } from './cluster-writer.js';
import { submissionsOf } from './files.js';
import { noteTargets } from './inventory.js';
import type { RepositoryQueue } from './repository-queue.js';
import { preflight, publishResource } from './resources.js';
import type { SecretReader } from './secrets.js';

/** What publishing needs. */
export interface PublishPorts {
  readonly writer: ClusterWriter;
  readonly reader: SecretReader;
  readonly repositories: RepositoryQueue;
}

/** What is published, for whom, against what it was planned. */
export interface Publication {
  readonly entry: CatalogEntry;
  readonly installation: Installation;
  readonly facts: Facts;
  readonly desired: Desired;
  readonly changes: ChangeSet;
  readonly inventory: Inventory;
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** What publishing did. */
export interface Published {
  /** Present where a wave is not ready yet: the waves after it, and all removals, were left for later. */
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
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
  await noteTargets(entry.rule, publication.inventory, changes, ports.writer);
  if (entry.rule.preflight) await preflight(changes.changes.filter(isResource), { ...ports, ...publication });
  const waves = [...new Set([...desired.files, ...desired.resources].map(({ wave }) => wave))].sort((left, right) => left - right);
  for (const wave of waves) {
    await publishFiles(publication, { wave, isLast: wave === waves.at(-1) }, ports, progress);
    await publishWave(publication, wave, ports, progress);
    const waiting = unready(progress);
    if (waiting !== undefined) return { waiting, ...progress };
  }
  await remove(publication, ports, progress);
  return { waiting: undefined, ...progress };
}

async function publishFiles(
  publication: Publication,
  { wave, isLast }: { readonly wave: number; readonly isLast: boolean },
  ports: PublishPorts,
  progress: Progress,
): Promise<void> {
  const files = publication.changes.changes.filter(isFile);
  const due = files.some((change) => change.wave === wave && (change.action === 'create' || change.action === 'update'));
  // An owner that has files only needs no second commit for what leaves.
  const whole = isLast && publication.desired.resources.length === 0 && !publication.changes.held;
  if (!due && !(whole && files.some(isRemoval))) return;
  const rendered = publication.desired.files.filter((file) => file.wave <= wave);
  await submit({ publication, rendered, whole }, ports, progress);
}

async function submit(
  { publication, rendered, whole }: { readonly publication: Publication; readonly rendered: Publication['desired']['files']; readonly whole: boolean },
  ports: PublishPorts,
  progress: Progress,
): Promise<void> {
  const { entry, facts, installation, texts } = publication;
  const changes = publication.changes.changes.filter(isFile);
  const submissions = submissionsOf({ owner: facts.object, entry, instance: installation.instance, rendered, changes, whole, texts });
  const results = await Promise.allSettled(submissions.map((submission) => ports.repositories.submit(submission)));
  results.forEach((result, index) => {
    if (result.status === 'rejected') throw result.reason;
    const address = submissions[index]?.address;
    if (address !== undefined && result.value !== undefined) progress.commits.set(`${address.remote}/${address.name}`, result.value);
  });
}

async function publishWave(publication: Publication, wave: number, ports: PublishPorts, progress: Progress): Promise<void> {
  for (const change of publication.changes.changes.filter(isResource)) {
    if (change.wave !== wave || change.object === undefined) continue;
    const live = await publishResource(change, { ...ports, ...publication });
    const readiness = live === null ? 'InProgress' : readinessUnder(publication.entry, live);
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

/** Removals in reverse waves, once everything else is done. */
async function remove(publication: Publication, ports: PublishPorts, progress: Progress): Promise<void> {
  const removals = publication.changes.changes.filter((change) => !isHeld(change) && isRemoval(change));
  for (const change of removals.filter(isResource).reverse()) await publishResource(change, { ...ports, ...publication });
  const done = publication.desired.resources.length === 0 && publication.desired.files.length > 0;
  if (done || publication.changes.held || !removals.some(isFile)) return;
  await submit({ publication, rendered: publication.desired.files, whole: true }, ports, progress);
}

const isFile = (change: Change): change is FileChange => change.sink === 'git';
const isResource = (change: Change): change is ResourceChange => change.sink === 'cluster';
const isHeld = ({ action }: Change): boolean => action === 'hold';

function isRemoval(change: Change): boolean {
  const body = change.sink === 'git' ? change.content : change.object;
  return body === undefined && (change.action === 'delete' || change.action === 'orphan');
}
