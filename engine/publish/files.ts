import type { CatalogEntry } from '#catalog/catalog.js';
import type { FileChange } from '#model/change-set.js';
import { addressKey, type DesiredFile, type RepositoryAddress } from '#model/desired.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { type OwnershipRecord, recordPath } from '#model/records.js';
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
  /** Text of each path as it was planned against, by `addressKey` and path. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** One submission for each branch: what is written up to this wave, and the record that says so. */
export function submissionsOf(work: FileWork): readonly Submission[] {
  const addresses = new Map<string, RepositoryAddress>();
  for (const { repository } of [...work.rendered, ...work.changes]) addresses.set(addressKey(repository), repository);
  return [...addresses].flatMap(([name, address]) => {
    const submission = submissionFor(name, address, work);
    return submission.writes.length + submission.removals.length === 0 ? [] : [submission];
  });
}

function submissionFor(name: string, address: RepositoryAddress, { owner, instance, rendered, changes, whole, texts }: FileWork): Submission {
  const key = keyOf(owner);
  const files = rendered.filter(({ repository }) => addressKey(repository) === name);
  const gone = changes.filter(({ repository, content }) => addressKey(repository) === name && content === undefined);
  return {
    address,
    owner: key,
    generation: owner.metadata.generation,
    recordPath: recordPath(instance, key),
    record: recordOf(files, whole ? [] : gone),
    writes: files.map(({ path, content, shared }) => ({ path, content, shared })),
    removals: whole ? gone.filter(({ action, shared }) => action === 'delete' || shared).map(({ path }) => path) : [],
    expected: texts.get(name) ?? new Map(),
  };
}

function recordOf(files: readonly DesiredFile[], kept: readonly FileChange[]): OwnershipRecord | undefined {
  const all = [...files, ...kept];
  if (all.length === 0) return undefined;
  const paths = (shared: boolean): readonly string[] => [...new Set(all.filter((file) => file.shared === shared).map(({ path }) => path))].sort();
  return { files: paths(false), shared: paths(true) };
}
