import type { RepositoryAddress } from '#model/desired.js';

/** One commit on one branch. */
export interface CommitRequest {
  readonly address: RepositoryAddress;
  /** The commit that the branch must be at; undefined: the branch must not exist. */
  readonly parent: string | undefined;
  /** Undefined content deletes the file. */
  readonly files: readonly { readonly path: string; readonly content: string | undefined }[];
  readonly message: string;
}

/** Writes to repositories. */
export interface RepositoryWriter {
  /**
   * Makes one commit, whole or not at all, and gives its id. Throws RepositoryConflict where the branch has moved:
   * read again and repeat. Throws RepositoryUnavailable. Creates repository and branch where the adapter may.
   */
  commit(request: CommitRequest): Promise<string>;
}
