import { EdictError } from '#errors/edict-error.js';
import { addressKey } from '#model/desired.js';
import type { RepositoryReader } from '#model/repository.js';
import { type RecordCache, readState } from '#model/repository-state.js';
import { type Contribution, commitMessage } from './commit-message.js';
import { integrate, type Submission } from './integrate.js';
import type { RepositoryWriter } from './repository-writer.js';

/** Where a queue writes, and how long it gathers. */
export interface RepositoryQueueOptions {
  readonly reader: RepositoryReader;
  readonly writer: RepositoryWriter;
  readonly records: RecordCache;
  /** Revision of the catalog, for commit messages. */
  readonly revision: string;
  /** Milliseconds of quiet after which what was gathered is committed. */
  readonly window: number;
}

interface Waiting {
  readonly submission: Submission;
  readonly resolve: (commit: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const ATTEMPTS = 8;

/**
 * Gathers the changes of many owners into one commit per branch and window. A commit is built on what was read, and
 * built anew when the branch has moved meanwhile: nobody else's commit is ever overwritten.
 */
export class RepositoryQueue {
  readonly #options: RepositoryQueueOptions;
  readonly #branches = new Map<string, { waiting: Waiting[]; timer: NodeJS.Timeout | undefined; flushing: Promise<void> }>();

  constructor(options: RepositoryQueueOptions) {
    this.#options = options;
  }

  /** Gives the id of the commit that holds the submission, or of the branch as it is where nothing had to be written. Throws PathTaken, RepositoryConflict, RepositoryUnavailable. */
  submit(submission: Submission): Promise<string | undefined> {
    const name = addressKey(submission.address);
    const branch = this.#branches.get(name) ?? { waiting: [], timer: undefined, flushing: Promise.resolve() };
    this.#branches.set(name, branch);
    return new Promise((resolve, reject) => {
      branch.waiting.push({ submission, resolve, reject });
      clearTimeout(branch.timer);
      branch.timer = setTimeout(() => {
        const gathered = branch.waiting.splice(0);
        branch.flushing = branch.flushing.then(() => this.#flush(gathered));
      }, this.#options.window);
    });
  }

  async #flush(gathered: readonly Waiting[]): Promise<void> {
    try {
      const { commit, refused } = await this.#commit(gathered.map(({ submission }) => submission));
      for (const { submission, resolve, reject } of gathered) {
        const error = refused.get(submission);
        if (error === undefined) resolve(commit);
        else reject(error);
      }
    } catch (error) {
      for (const { reject } of gathered) reject(error);
    }
  }

  async #commit(submissions: readonly Submission[]): Promise<{ readonly commit: string | undefined; readonly refused: ReadonlyMap<Submission, EdictError> }> {
    const { reader, writer, records, revision } = this.#options;
    const address = submissions[0]?.address;
    if (address === undefined) return { commit: undefined, refused: new Map() };
    for (let attempt = 1; ; attempt++) {
      const state = await readState(address, await reader.snapshot(address), records);
      const paths = new Set(submissions.flatMap(({ writes }) => writes.map(({ path }) => path)));
      const texts = await state.snapshot.read([...paths].filter((path) => state.snapshot.files.has(path)));
      const { files, refused } = integrate(submissions, state, texts);
      if (files.length === 0) return { commit: state.snapshot.commit, refused };
      const message = commitMessage(submissions.filter((each) => !refused.has(each)).map(contribution), revision);
      try {
        return { commit: await writer.commit({ address, parent: state.snapshot.commit, files, message }), refused };
      } catch (error) {
        if (!(error instanceof EdictError) || error.code !== 'RepositoryConflict' || attempt === ATTEMPTS) throw error;
      }
    }
  }
}

function contribution({ owner, generation, writes, removals }: Submission): Contribution {
  return { owner, generation, written: writes.length, removed: removals.length };
}
