import { join } from 'node:path';
import { EdictError } from '#errors/edict-error.js';
import type { Clock } from '#model/clock.js';
import type { RepositoryAddress } from '#model/desired.js';
import type { RepositoryReader, RepositorySnapshot } from '#model/repository.js';
import { isEncodable } from '#model/text.js';
import type { CommitRequest, RepositoryWriter } from '#publish/repository-writer.js';
import { BareRepository } from './bare-repository.js';
import { type GitEnvironment, requireGit } from './git-process.js';
import { assertBranch, assertFilePath, repositoryFolder } from './repository-path.js';

/** Where repositories are, and who commits to them. */
export interface BareRepositoriesOptions extends GitEnvironment {
  /** Folder under which every repository lives. */
  readonly root: string;
  readonly remotes: readonly { readonly name: string; readonly url: string }[];
  /** Author of every commit. */
  readonly identity: { readonly name: string; readonly email: string };
  readonly clock: Clock;
}

/** One commit of a branch's history. */
export interface LoggedCommit {
  readonly commit: string;
  readonly message: string;
}

/**
 * Bare Git repositories below one folder, one per URL of a remote: the same as the remotes themselves, but at hand.
 * Commits to one repository take turns, and each is a compare-and-swap, so other writers are never overwritten.
 */
export class BareRepositories implements RepositoryReader, RepositoryWriter {
  readonly #options: BareRepositoriesOptions;
  readonly #repositories = new Map<string, BareRepository>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: BareRepositoriesOptions) {
    this.#options = options;
  }

  async snapshot(address: RepositoryAddress): Promise<RepositorySnapshot> {
    const repository = this.#open(address);
    const commit = await repository.head(address.branch);
    const { files } = await repository.tree(address.branch, commit);
    const read = async (paths: readonly string[]): Promise<ReadonlyMap<string, string>> => {
      const known = paths.flatMap((path) => {
        const id = files.get(path);
        return id === undefined ? [] : [{ path, id }];
      });
      return new Map(
        await Promise.all(known.map(async ({ path, id }) => [path, await repository.text(id, path)] as const)),
      );
    };
    return { commit, files, read };
  }

  async commit({ address, parent, files, message }: CommitRequest): Promise<string> {
    const repository = this.#open(address);
    for (const { path, content } of files) {
      assertFilePath(path);
      if (content !== undefined && !isEncodable(content)) throw notEncodable(path);
    }
    const { identity, clock } = this.#options;
    return this.#inTurn(repository.folder, () => {
      const committer = { ...identity, time: Math.floor(clock.now() / 1000) };
      return repository.commit({ branch: address.branch, parent, files, message, committer });
    });
  }

  /** The latest commits of a branch, newest first; none where it does not exist. Throws RepositoryUnavailable. */
  async log(address: RepositoryAddress, limit: number): Promise<readonly LoggedCommit[]> {
    const repository = this.#open(address);
    const head = await repository.head(address.branch);
    if (head === undefined) return [];
    // A repository may ask `git log` to verify signatures, with a program of its choice.
    const options = ['-z', '--no-show-signature', '--no-mailmap', `--max-count=${limit}`, '--format=%H%n%B'];
    const output = await requireGit(this.#options, repository.folder, { command: ['log', ...options, head, '--'] });
    const entries = output
      .toString()
      .split('\0')
      .filter((entry) => entry !== '');
    return entries.map((entry) => {
      const end = entry.indexOf('\n');
      return { commit: entry.slice(0, end), message: entry.slice(end + 1).trimEnd() };
    });
  }

  /** The folder of the bare repository of an address, whether or not it exists yet. */
  folderOf(address: Omit<RepositoryAddress, 'branch'>): string {
    const remote = this.#options.remotes.find(({ name }) => name === address.remote);
    if (remote === undefined) throw remoteUnknown(address.remote, this.#options.remotes);
    return join(this.#options.root, repositoryFolder(`${remote.url.replace(/\/$/, '')}/${address.name}`));
  }

  /** Ends every process that reads repositories. */
  close(): void {
    for (const repository of this.#repositories.values()) repository.close();
  }

  #open(address: RepositoryAddress): BareRepository {
    assertBranch(address.branch);
    const folder = this.folderOf(address);
    const known = this.#repositories.get(folder);
    if (known !== undefined) return known;
    const repository = new BareRepository(folder, this.#options);
    this.#repositories.set(folder, repository);
    return repository;
  }

  #inTurn<Result>(folder: string, action: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(folder) ?? Promise.resolve();
    const turn = before.then(action, action);
    this.#turns.set(folder, turn);
    return turn;
  }
}

function notEncodable(path: string): EdictError {
  return new EdictError({
    code: 'TextNotUTF8',
    message: `The content of ${path} holds half of a character, which is not UTF-8.`,
    location: { path },
    remedy: 'See which template or value cuts a text in the middle of a character.',
  });
}

function remoteUnknown(remote: string, remotes: BareRepositoriesOptions['remotes']): EdictError {
  return new EdictError({
    code: 'RemoteUnknown',
    message: `No remote is named ${remote}.`,
    location: {},
    fragment: remote,
    remedy: `Use one of: ${remotes.map(({ name }) => name).join(', ') || 'none is configured'}.`,
  });
}
