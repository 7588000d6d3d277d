import { EdictError } from '#errors/edict-error.js';
import type { RepositoryAddress } from '#model/desired.js';
import { formatKey, type ObjectKey } from '#model/object.js';
import { contests, formatRecord, isSameInstance, type OwnershipRecord, pathTaken } from '#model/records.js';
import type { RepositoryState } from '#model/repository-state.js';

/** What one owner wants of one branch. */
export interface Submission {
  readonly address: RepositoryAddress;
  readonly owner: ObjectKey;
  readonly generation: number | undefined;
  /** Path of the owner's record. */
  readonly recordPath: string;
  /** What the owner has afterwards; undefined: nothing any more. */
  readonly record: OwnershipRecord | undefined;
  readonly writes: readonly { readonly path: string; readonly content: string; readonly shared: boolean }[];
  /** Paths that the owner leaves; a shared one is removed with its last owner. */
  readonly removals: readonly string[];
  /** Text of each written path, as it was when this was planned, and of each that the owner leaves; a path that was not there is left out. */
  readonly expected: ReadonlyMap<string, string>;
}

/** Several submissions made into one commit. */
export interface Integration {
  readonly files: readonly { readonly path: string; readonly content: string | undefined }[];
  /** Why some were left out. */
  readonly refused: ReadonlyMap<Submission, EdictError>;
}

/** What a branch has, and what has been put together so far. */
interface Draft {
  readonly state: RepositoryState;
  /** Present text of every path that some submission writes or leaves. */
  readonly texts: ReadonlyMap<string, string>;
  readonly files: Map<string, string | undefined>;
  readonly records: Map<string, OwnershipRecord>;
  /** Paths of the records that were added, by the path of the file. */
  readonly added: Map<string, string[]>;
}

/**
 * Makes one set of file changes of many submissions. Pure. A submission whose target moved since it was planned, or that
 * disagrees with another owner, is refused; the others are not affected.
 */
export function integrate(
  submissions: readonly Submission[],
  state: RepositoryState,
  texts: ReadonlyMap<string, string>,
): Integration {
  const draft: Draft = { state, texts, files: new Map(), records: new Map(state.records), added: new Map() };
  const refused = new Map<Submission, EdictError>();
  const leaving: string[] = [];
  for (const submission of submissions) {
    const objection = objectionTo(submission, draft);
    if (objection === undefined) {
      accept(submission, draft);
      leaving.push(...submission.removals);
    } else refused.set(submission, objection);
  }
  const owned = new Set([...draft.records.values()].flatMap((record) => [...record.files, ...record.shared]));
  for (const path of leaving) {
    if (!owned.has(path) && state.snapshot.files.has(path)) draft.files.set(path, undefined);
  }
  return { files: [...draft.files].map(([path, content]) => ({ path, content })), refused };
}

function accept({ writes, record, recordPath }: Submission, { state, texts, files, records, added }: Draft): void {
  for (const { path, content } of writes) {
    if (texts.get(path) === content) files.delete(path);
    else files.set(path, content);
    const noted = added.get(path);
    if (noted === undefined) added.set(path, [recordPath]);
    else noted.push(recordPath);
  }
  const before = state.records.get(recordPath);
  if (record === undefined) {
    records.delete(recordPath);
    if (before !== undefined) files.set(recordPath, undefined);
    return;
  }
  records.set(recordPath, record);
  if (before === undefined || formatRecord(before) !== formatRecord(record))
    files.set(recordPath, formatRecord(record));
}

function objectionTo(submission: Submission, draft: Draft): EdictError | undefined {
  const { texts } = draft;
  const { writes, removals, expected } = submission;
  for (const { path, content, shared } of writes) {
    const other = contestant(submission, path, shared, draft);
    if (other !== undefined) return pathTaken(path, other, { object: formatKey(submission.owner) });
    if (texts.get(path) !== expected.get(path) && texts.get(path) !== content) return moved(submission, path);
  }
  const changed = removals.find((path) => texts.has(path) && texts.get(path) !== expected.get(path));
  return changed === undefined ? undefined : moved(submission, changed);
}

/** The record of somebody else who has the path, and does not agree. */
function contestant(
  { recordPath, record }: Submission,
  path: string,
  shared: boolean,
  { state, records, added }: Draft,
): string | undefined {
  const wish = { path, claim: shared ? record?.claims?.[path] : undefined };
  const others = [...(state.owners.get(path) ?? []), ...(added.get(path) ?? [])];
  return others.find((other) => {
    const known = other === recordPath ? undefined : records.get(other);
    if (known === undefined || !(known.files.includes(path) || known.shared.includes(path))) return false;
    return contests(known, wish, isSameInstance(other, recordPath));
  });
}

function moved({ owner, address }: Submission, path: string): EdictError {
  return new EdictError({
    code: 'RepositoryConflict',
    message: `${path} of ${address.remote}/${address.name} changed while it was being written`,
    location: { object: formatKey(owner), path },
    remedy: 'Nothing was written; the next pass plans anew.',
  });
}
