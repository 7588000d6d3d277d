import type { CatalogEntry } from '#catalog/catalog.js';
import type { FileChange } from '#model/change-set.js';
import { addressKey, type DesiredFile, type RepositoryAddress } from '#model/desired.js';
import { digestOf } from '#model/digest.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { type Claim, type OwnershipRecord, recordPath } from '#model/records.js';
import type { RepositoryState } from '#model/repository-state.js';
import type { Submission } from './integrate.js';

/** Files of one owner that are to be written, and what it keeps. */
export interface FileWork {
  readonly owner: KubernetesObject;
  readonly entry: CatalogEntry;
  readonly instance: string;
  /** Files that have been rendered up to this wave. */
  readonly rendered: readonly DesiredFile[];
  /** All changes of the change set that concern files. */
  readonly changes: readonly FileChange[];
  /** Whether the pass is whole, so that what is no longer rendered may leave. */
  readonly whole: boolean;
  /** Every branch that was planned against, by `addressKey`. */
  readonly repositories: ReadonlyMap<string, RepositoryState>;
  /** Text of each path as it was planned against, by `addressKey` and path. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** One submission for each branch: what is written up to this wave, and the record that says so. */
export function submissionsOf(work: FileWork): readonly Submission[] {
  const addresses = new Map<string, RepositoryAddress>();
  for (const { repository } of [...work.rendered, ...work.changes]) addresses.set(addressKey(repository), repository);
  return [...addresses].flatMap(([name, address]) => {
    const submission = submissionFor(name, address, work);
    const leaves = work.whole && hasRecord(name, submission.recordPath, work);
    return submission.writes.length > 0 || leaves ? [submission] : [];
  });
}

function hasRecord(name: string, record: string, { repositories }: FileWork): boolean {
  return repositories.get(name)?.records.has(record) === true;
}

function submissionFor(name: string, address: RepositoryAddress, work: FileWork): Submission {
  const { owner, entry, instance, rendered, changes, whole, texts, repositories } = work;
  const key = keyOf(owner);
  const path = recordPath(instance, key);
  const files = rendered.filter(({ repository }) => addressKey(repository) === name);
  const gone = changes.filter(({ repository, content }) => addressKey(repository) === name && content === undefined);
  const before = repositories.get(name)?.records.get(path);
  return {
    address,
    owner: key,
    generation: owner.metadata.generation,
    recordPath: path,
    record: recordOf(files, { revision: entry.revision, whole, before }),
    writes: files.map(({ path, content, shared }) => ({ path, content, shared })),
    // Whether somebody else still has a path is known only when the commit is made.
    removals: whole && entry.rule.deletion.files === 'Delete' ? gone.map((change) => change.path) : [],
    expected: texts.get(name) ?? new Map(),
  };
}

/** What the owner has once `files` are written: besides them, while a pass is not whole, all that it had before. */
function recordOf(
  files: readonly DesiredFile[],
  past: { readonly revision: string; readonly whole: boolean; readonly before: OwnershipRecord | undefined },
): OwnershipRecord | undefined {
  const { revision, whole, before } = past;
  const rendered = new Set(files.map(({ path }) => path));
  const kept = (paths: readonly string[] = []): readonly string[] =>
    whole ? [] : paths.filter((path) => !rendered.has(path));
  const paths = (shared: boolean): readonly string[] =>
    files.filter((file) => file.shared === shared).map(({ path }) => path);
  const own = [...paths(false), ...kept(before?.files)];
  const common = [...paths(true), ...kept(before?.shared)];
  if (own.length + common.length === 0) return undefined;
  const said = files
    .filter(({ shared }) => shared)
    .map(({ path, content }) => [path, claimOf(digestOf(content), revision, before?.claims?.[path])] as const);
  const left = Object.entries(before?.claims ?? {}).filter(([path]) => kept(before?.shared).includes(path));
  const claims = Object.fromEntries([...left, ...said]);
  return { files: own, shared: common, ...(Object.keys(claims).length === 0 ? {} : { claims }) };
}

/** A claim that says nothing new stays as it is: records change only with what they say. */
function claimOf(digest: string, revision: string, before: Claim | undefined): Claim {
  return before?.digest === digest ? before : { digest, revision };
}
