import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EdictError } from '#errors/edict-error.js';
import { fragmentOf } from '#errors/fault.js';
import { decodeText, FILE_LIMIT, fileTooLarge } from '#model/text.js';
import { makeFolder } from '#wasm/make-folder.js';
import { BlobReader } from './blob-reader.js';
import { type ImportedCommit, importStream } from './fast-import.js';
import { type GitEnvironment, gitFailed, requireGit, runGit } from './git-process.js';
import { assertNoFolderReplaced, changeTree, emptyTree, modeOf, parseTree, type Tree } from './tree.js';

const NO_COMMIT = '0'.repeat(40);
const STALE_LOCK = 3_000;
/** Milliseconds after which a branch that stays locked is given up. */
const LOCK_PATIENCE = 15_000;

/** What a commit to a bare repository consists of. */
export interface BareCommit extends Omit<ImportedCommit, 'files'> {
  readonly branch: string;
  readonly files: readonly { readonly path: string; readonly content: string | undefined }[];
}

/** One bare repository, which need not exist yet. Its refs are loose or packed files. */
export class BareRepository {
  readonly folder: string;
  readonly #environment: GitEnvironment;
  readonly #blobs: BlobReader;
  readonly #trees = new Map<string, { commit: string; tree: Promise<Tree> }>();
  readonly #texts = new Map<string, string>();
  readonly #reading = new Map<string, Promise<string>>();

  constructor(folder: string, environment: GitEnvironment) {
    this.folder = folder;
    this.#environment = environment;
    this.#blobs = new BlobReader({ environment, folder, limit: FILE_LIMIT });
  }

  /** The commit of a branch, or undefined. Two file reads at most: no process. */
  async head(branch: string): Promise<string | undefined> {
    const loose = await readIfThere(join(this.folder, 'refs', 'heads', branch));
    if (loose !== undefined) return loose.trim();
    const packed = await readIfThere(join(this.folder, 'packed-refs'));
    const line = packed?.split('\n').find((entry) => entry.endsWith(` refs/heads/${branch}`));
    return line?.slice(0, line.indexOf(' '));
  }

  /** The files of a commit of `branch`. The last one asked for is kept. */
  tree(branch: string, commit: string | undefined): Promise<Tree> {
    if (commit === undefined) return Promise.resolve(emptyTree);
    const known = this.#trees.get(branch);
    if (known?.commit === commit) return known.tree;
    const command = ['ls-tree', '-r', '-z', '--full-tree', commit];
    const tree = requireGit(this.#environment, this.folder, { command }).then(parseTree);
    this.#trees.set(branch, { commit, tree });
    tree.catch(() => this.#trees.delete(branch));
    return tree;
  }

  /** The text of a blob. Throws TextNotUTF8 and FileTooLarge naming `path`. */
  async text(id: string, path: string): Promise<string> {
    const known = this.#texts.get(id) ?? this.#reading.get(id);
    if (known !== undefined) return known;
    const reading = this.#read(id, path).finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    return reading;
  }

  async #read(id: string, path: string): Promise<string> {
    const location = { file: path };
    const blob = await this.#blobs.read(id);
    if ('tooLarge' in blob) throw fileTooLarge(blob.tooLarge, location);
    const text = decodeText(blob.bytes, location);
    this.#remember(id, text);
    return text;
  }

  /** Makes one commit on a branch that must be at `parent`, and gives its id. Callers take turns per repository. */
  async commit(request: BareCommit): Promise<string> {
    const { branch, parent, files } = request;
    await this.#create(branch);
    if ((await this.head(branch)) !== parent) throw this.#moved(branch);
    const tree = await this.tree(branch, parent);
    const changes = new Map(
      files.map(({ path, content }) => [path, content === undefined ? undefined : blobId(content)]),
    );
    assertNoFolderReplaced(tree, changes);
    const input = importStream({
      ...request,
      files: files.map((file) => ({ ...file, mode: modeOf(tree, file.path) })),
    });
    const command = ['fast-import', '--quiet', '--date-format=raw'];
    const commit = (await requireGit(this.#environment, this.folder, { command, input })).toString().trim();
    await this.#move({ branch, from: parent ?? NO_COMMIT, to: commit });
    this.#trees.set(branch, { commit, tree: Promise.resolve(changeTree(tree, changes)) });
    for (const { path, content } of files) if (content !== undefined) this.#remember(changes.get(path) ?? '', content);
    return commit;
  }

  /** Ends the process that reads blobs. */
  close(): void {
    this.#blobs.close();
  }

  /** Creates the repository beside its place and moves it there, so that a half-made one is never seen. */
  async #create(branch: string): Promise<void> {
    if (existsSync(join(this.folder, 'HEAD'))) return;
    const folder = `${this.folder}.${randomUUID()}.tmp`;
    try {
      makeFolder(dirname(this.folder));
      const command = ['init', '--quiet', '--bare', '--template=', `--initial-branch=${branch}`];
      await requireGit(this.#environment, folder, { command });
      await rename(folder, this.folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      if (!existsSync(join(this.folder, 'HEAD'))) throw error instanceof EdictError ? error : this.#noPlace(error);
    }
  }

  /** Compare-and-swap of a branch. Waits for the locks of others, and removes those that nobody holds any more. */
  async #move({ branch, from, to }: { branch: string; from: string; to: string }): Promise<void> {
    const ref = `refs/heads/${branch}`;
    // HEAD is locked with the branch it names.
    const locks = [ref, 'HEAD', 'packed-refs'].map((name) => join(this.folder, `${name}.lock`));
    for (const start = Date.now(); ; ) {
      const result = await runGit(this.#environment, this.folder, { command: ['update-ref', ref, to, from] });
      if (result.status === 0) return;
      if (((await this.head(branch)) ?? NO_COMMIT) !== from) throw this.#moved(branch);
      const isLocked = result.stderr.includes('.lock');
      if (!isLocked || Date.now() - start > LOCK_PATIENCE) throw gitFailed(this.folder, 'update-ref', result);
      for (const lock of locks)
        if ((await ageOf(lock)) > (this.#environment.staleLock ?? STALE_LOCK)) await rm(lock, { force: true });
      await sleep(50);
    }
  }

  #noPlace(cause: unknown): EdictError {
    return new EdictError(
      {
        code: 'RepositoryUnavailable',
        message: 'The repository could not be created.',
        location: { file: this.folder },
        fragment: fragmentOf(cause instanceof Error ? cause.message : String(cause)),
        remedy: 'See whether the folder may be written to, and whether something else has its name.',
      },
      { cause },
    );
  }

  #moved(branch: string): EdictError {
    return new EdictError({
      code: 'RepositoryConflict',
      message: `The branch ${branch} has moved since it was read.`,
      location: { file: this.folder },
      remedy: 'Read the branch again and repeat.',
    });
  }

  #remember(id: string, text: string): void {
    if (this.#texts.size >= 20_000) this.#texts.clear();
    this.#texts.set(id, text);
  }
}

/** The id that Git gives to a blob. */
function blobId(content: string): string {
  const bytes = Buffer.from(content, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new EdictError(
      { code: 'RepositoryUnavailable', message: 'A ref could not be read.', location: { file: path } },
      { cause: error },
    );
  }
}

/** Milliseconds since a file was written; 0 where it is not there. */
async function ageOf(file: string): Promise<number> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch {
    return 0;
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}
