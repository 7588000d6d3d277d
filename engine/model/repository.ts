import type { RepositoryAddress } from './desired.js';

/** One commit of a branch, as far as it is needed. Text is UTF-8; what is not gives TextNotUTF8. */
export interface RepositorySnapshot {
  /** Undefined where the repository or the branch does not exist yet. */
  readonly commit: string | undefined;
  /** Blob id of every file, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** The texts of these paths; a path that is not there is left out. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Reads repositories. */
export interface RepositoryReader {
  /** Throws RepositoryUnavailable. Cheap while the branch does not move. */
  snapshot(address: RepositoryAddress): Promise<RepositorySnapshot>;
}
