import { EdictError } from '#errors/edict-error.js';
import type { RepositoryAddress } from '#model/desired.js';
import { formatKey, type ObjectKey } from '#model/object.js';
import { formatRecord, type OwnershipRecord } from '#model/records.js';
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
  /** Text of each written path as it was when this was planned; a path that was not there is left out. */
  readonly expected: ReadonlyMap<string, string>;
}

/** Several submissions made into one commit. */
export interface Integration {
  readonly files: readonly { readonly path: string; readonly content: string | undefined }[];
  /** Why some were left out. */
  readonly refused: ReadonlyMap<Submission, EdictError>;
}

/**
 * Makes one set of file changes of many submissions. Pure. A submission whose target moved since it was planned, or that
 * disagrees with an earlier one, is refused; the others are not affected.
 */
export function integrate(submissions: readonly Submission[], state: RepositoryState, texts: ReadonlyMap<string, string>): Integration {
  const files = new Map<string, string | undefined>();
  const records = new Map(state.records);
  const writers = new Map<string, Submission>();
  const refused = new Map<Submission, EdictError>();
  const leaving: string[] = [];
  for (const submission of submissions) {
    const objection = objectionTo(submission, texts, files, writers);
    if (objection !== undefined) {
      refused.set(submission, objection);
      continue;
    }
    for (const write of submission.writes) {
      writers.set(write.path, submission);
      if (texts.get(write.path) !== write.content) files.set(write.path, write.content);
    }
    leaving.push(...submission.removals);
    if (submission.record === undefined) records.delete(submission.recordPath);
    else records.set(submission.recordPath, submission.record);
    noteRecord(submission, state, files);
  }
  const owned = new Set([...records.values()].flatMap((record) => [...record.files, ...record.shared]));
  for (const path of leaving) if (!owned.has(path) && state.snapshot.files.has(path)) files.set(path, undefined);
  return { files: [...files].map(([path, content]) => ({ path, content })), refused };
}

function noteRecord({ recordPath, record }: Submission, state: RepositoryState, files: Map<string, string | undefined>): void {
  const before = state.records.get(recordPath);
  if (record === undefined) {
    if (before !== undefined) files.set(recordPath, undefined);
  } else if (before === undefined || formatRecord(before) !== formatRecord(record)) {
    files.set(recordPath, formatRecord(record));
  }
}

function objectionTo(
  submission: Submission,
  texts: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, string | undefined>,
  writers: ReadonlyMap<string, Submission>,
): EdictError | undefined {
  for (const { path, content, shared } of submission.writes) {
    const other = writers.get(path);
    const agreed = shared && other?.writes.find((write) => write.path === path)?.shared === true && (files.get(path) ?? texts.get(path)) === content;
    if (other !== undefined && !agreed) return taken(submission, path, other);
    if (texts.get(path) !== submission.expected.get(path) && texts.get(path) !== content) return moved(submission, path);
  }
  return undefined;
}

function taken({ owner }: Submission, path: string, other: Submission): EdictError {
  return new EdictError({
    code: 'PathTaken',
    message: `${path} is written by ${formatKey(other.owner)} too, and the two disagree`,
    location: { object: formatKey(owner), path },
    fragment: path,
    remedy: 'Give one of the two another path, or make both render the same shared file.',
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
