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
  /** Milliseconds of quiet after which what was gathered is committed; up to ten times that while much is gathered. */
  readonly window: number;
}

interface Waiting {
  readonly submission: Submission;
  readonly resolve: (commit: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface Branch {
  readonly waiting: Waiting[];
  timer: NodeJS.Timeout | undefined;
  /** Windows that have passed since the first of `waiting` came. */
  windows: number;
  flushing: Promise<void>;
}

const ATTEMPTS = 8;
/** As many windows a branch waits for work that may still submit. */
const PATIENCE = 100;

/** Takes what is to be committed. */
export interface Submitter {
  /** Gives the id of the commit that holds the submission, or of the branch as it is where nothing had to be written. Throws PathTaken, RepositoryConflict, RepositoryUnavailable. */
  submit(submission: Submission): Promise<string | undefined>;
  /** Tells that work has begun which may submit: what is gathered is kept open for it, for a while. The function that it gives ends that. */
  expect?(): () => void;
}

/**
 * Gathers the changes of many owners into one commit per branch and window. A commit is built on what was read, and
 * built anew when the branch has moved meanwhile: nobody else's commit is ever overwritten.
 */
export class RepositoryQueue implements Submitter {
  readonly #options: RepositoryQueueOptions;
  readonly #branches = new Map<string, Branch>();
  #expected = 0;

  constructor(options: RepositoryQueueOptions) {
    this.#options = options;
  }

  submit(submission: Submission): Promise<string | undefined> {
    const name = addressKey(submission.address);
    const branch = this.#branches.get(name) ?? {
      waiting: [],
      timer: undefined,
      windows: 0,
      flushing: Promise.resolve(),
    };
    this.#branches.set(name, branch);
    return new Promise((resolve, reject) => {
      branch.waiting.push({ submission, resolve, reject });
      this.#await(branch);
    });
  }

  expect(): () => void {
    this.#expected++;
    return () => {
      this.#expected--;
    };
  }

  /** Commits after a window of quiet in which nobody who may still submit was at work, or when patience ends. */
  #await(branch: Branch): void {
    clearTimeout(branch.timer);
    branch.timer = setTimeout(() => {
      branch.windows++;
      if (this.#expected > 0 && branch.windows < PATIENCE) {
        this.#await(branch);
        return;
      }
      branch.windows = 0;
      const gathered = branch.waiting.splice(0);
      branch.flushing = branch.flushing.then(() => this.#flush(gathered));
    }, this.#options.window);
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

  async #commit(submissions: readonly Submission[]): Promise<Committed> {
    const refused = new Map<Submission, EdictError>();
    for (let attempt = 1; ; attempt++) {
      const due = submissions.filter((submission) => !refused.has(submission));
      try {
        const { commit, refused: objections } = await this.#attempt(due);
        return { commit, refused: new Map([...refused, ...objections]) };
      } catch (error) {
        if (!(error instanceof EdictError)) throw error;
        // What the repository itself cannot take, such as a file in the place of a folder, is the matter of who writes it.
        const culprits = error.code === 'RepositoryConflict' ? [] : writersOf(due, error);
        for (const culprit of culprits) refused.set(culprit, error);
        const isWorthMore = culprits.length > 0 || (error.code === 'RepositoryConflict' && attempt < ATTEMPTS);
        if (!isWorthMore) throw error;
      }
    }
  }

  async #attempt(submissions: readonly Submission[]): Promise<Committed> {
    const { reader, writer, records, revision } = this.#options;
    const address = submissions[0]?.address;
    if (address === undefined) return { commit: undefined, refused: new Map() };
    const state = await readState(address, await reader.snapshot(address), records);
    const paths = submissions.flatMap(({ writes, removals }) => [...writes.map(({ path }) => path), ...removals]);
    const texts = await state.snapshot.read([...new Set(paths)].filter((path) => state.snapshot.files.has(path)));
    const { files, refused } = integrate(submissions, state, texts);
    if (files.length === 0) return { commit: state.snapshot.commit, refused };
    const changed = new Set(files.map(({ path }) => path));
    const contributions = submissions
      .filter((submission) => !refused.has(submission))
      .map((submission) => contribution(submission, changed))
      .filter(({ written, removed, noted }) => written + removed > 0 || noted);
    const message = commitMessage(contributions, revision);
    return { commit: await writer.commit({ address, parent: state.snapshot.commit, files, message }), refused };
  }
}

interface Committed {
  readonly commit: string | undefined;
  readonly refused: ReadonlyMap<Submission, EdictError>;
}

/** The submissions that write a path which `error` names. */
function writersOf(submissions: readonly Submission[], { faults }: EdictError): readonly Submission[] {
  const paths = new Set(faults.map(({ location }) => location.path));
  return submissions.filter(({ writes }) => writes.some(({ path }) => paths.has(path)));
}

function contribution(
  { owner, generation, writes, removals, recordPath }: Submission,
  changed: ReadonlySet<string>,
): Contribution {
  const count = (paths: readonly string[]): number => paths.filter((path) => changed.has(path)).length;
  const written = count(writes.map(({ path }) => path));
  return { owner, generation, written, removed: count(removals), noted: changed.has(recordPath) };
}
