import { EdictError } from '#errors/edict-error.js';
import type { RepositoryAddress } from './desired.js';
import { instanceOf, type OwnershipRecord, parseRecord, RECORDS } from './records.js';
import type { RepositorySnapshot } from './repository.js';

/** A branch with the ownership records that stand in it. */
export interface RepositoryState {
  readonly address: RepositoryAddress;
  readonly snapshot: RepositorySnapshot;
  /** Every record, of every engine, by its path. */
  readonly records: ReadonlyMap<string, OwnershipRecord>;
  /** Paths of the records that list a file, by the file's path. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** The same with at most two of those that say the same of a shared file: a thousand owners are asked as two. */
  readonly voices: ReadonlyMap<string, readonly string[]>;
}

/** Records by blob id: the same text is parsed once, however often the branch moves. */
export type RecordCache = Map<string, OwnershipRecord>;

/** States by the files of their snapshot: owners in work at once look at one commit, and its records are read once. */
const states = new WeakMap<RepositorySnapshot['files'], Promise<RepositoryState>>();

/** Reads all records of a snapshot. Throws RepositoryUnavailable where one is no record: guessing would delete files. */
export function readState(
  address: RepositoryAddress,
  snapshot: RepositorySnapshot,
  cache: RecordCache,
): Promise<RepositoryState> {
  const known = states.get(snapshot.files);
  if (known !== undefined) return known;
  const state = readRecords(address, snapshot, cache);
  states.set(snapshot.files, state);
  state.catch(() => states.delete(snapshot.files));
  return state;
}

async function readRecords(
  address: RepositoryAddress,
  snapshot: RepositorySnapshot,
  cache: RecordCache,
): Promise<RepositoryState> {
  const paths = [...snapshot.files.keys()].filter((path) => path.startsWith(`${RECORDS}/`) && path.endsWith('.json'));
  const unknown = paths.filter((path) => !cache.has(snapshot.files.get(path) ?? ''));
  const texts = unknown.length === 0 ? new Map<string, string>() : await snapshot.read(unknown);
  const records = new Map<string, OwnershipRecord>();
  for (const path of paths) {
    const blob = snapshot.files.get(path) ?? '';
    const record = cache.get(blob) ?? parseRecord(texts.get(path) ?? '');
    if (record === undefined) throw brokenRecord(address, path);
    cache.set(blob, record);
    records.set(path, record);
  }
  const owners = ownersOf(records);
  const voices = new Map([...owners].map(([path, names]) => [path, voicesOf(path, names, records)]));
  return { address, snapshot, records, owners, voices };
}

function voicesOf(
  path: string,
  owners: readonly string[],
  records: ReadonlyMap<string, OwnershipRecord>,
): readonly string[] {
  const heard = new Map<string, number>();
  return owners.filter((owner) => {
    const record = records.get(owner);
    if (record?.shared.includes(path) !== true) return true;
    const { digest = '', revision = '' } = record.claims?.[path] ?? {};
    const voice = `${instanceOf(owner)} ${digest} ${revision}`;
    const times = (heard.get(voice) ?? 0) + 1;
    heard.set(voice, times);
    return times <= 2;
  });
}

function ownersOf(records: ReadonlyMap<string, OwnershipRecord>): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  for (const [record, { files, shared }] of records) {
    for (const path of [...files, ...shared]) {
      const known = owners.get(path);
      if (known === undefined) owners.set(path, [record]);
      else known.push(record);
    }
  }
  return owners;
}

function brokenRecord(address: RepositoryAddress, path: string): EdictError {
  return new EdictError({
    code: 'RepositoryUnavailable',
    message: `an ownership record of ${address.remote}/${address.name} cannot be read`,
    location: { file: path },
    remedy: 'Restore the file from the history of the repository.',
  });
}
