import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { EdictError } from '#errors/edict-error.js';
import { fragmentOf } from '#errors/fault.js';

/** Where to find git, and how far to trust it. Nothing else of the environment reaches it. */
export interface GitEnvironment {
  /** The PATH on which `git` is looked up. */
  readonly path: string;
  /**
   * Milliseconds after which the lock of a ref is taken for that of a killed git, and removed; 3000 unless given. A
   * living git holds one for as long as the disk takes to store 41 bytes.
   */
  readonly staleLock?: number;
}

/** How a git command ended. */
export interface GitResult {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** No hook, file system monitor or garbage collection of a repository's own configuration runs. */
const SAFE_CONFIGURATION = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'safe.bareRepository=all',
].flatMap((setting) => ['-c', setting]);

/** Starts git in a bare repository, deaf to every configuration and variable but those given here. */
export function startGit(
  environment: GitEnvironment,
  folder: string,
  command: readonly string[],
): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn('git', [...SAFE_CONFIGURATION, `--git-dir=${folder}`, ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: environment.path,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_DEFAULT_HASH: 'sha1',
      GIT_DEFAULT_REF_FORMAT: 'files',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_TERMINAL_PROMPT: '0',
    },
  });
}

/** Git may close its input early, when it refuses it or dies: its end tells why. */
export const ignoreClosedInput = (): undefined => undefined;

/** Runs git to its end, whatever its exit status. Throws RepositoryUnavailable where git cannot be started. */
export function runGit(
  environment: GitEnvironment,
  folder: string,
  { command, input }: { readonly command: readonly string[]; readonly input?: Buffer },
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = startGit(environment, folder, command);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (cause) => reject(gitMissing(cause)));
    child.on('close', (status) => {
      resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
    child.stdin.on('error', ignoreClosedInput);
    child.stdin.end(input);
  });
}

/** As `runGit`, but throws RepositoryUnavailable unless git succeeds. Gives what it printed. */
export async function requireGit(
  environment: GitEnvironment,
  folder: string,
  request: { readonly command: readonly string[]; readonly input?: Buffer },
): Promise<Buffer> {
  const result = await runGit(environment, folder, request);
  if (result.status === 0) return result.stdout;
  throw gitFailed(folder, request.command[0] ?? 'git', result);
}

/** The error for a git command that ended with a failure. */
export function gitFailed(folder: string, command: string, { status, stderr }: GitResult): EdictError {
  return new EdictError({
    code: 'RepositoryUnavailable',
    message: `git ${command} ended with ${status ?? 'a signal'}.`,
    location: { file: folder },
    fragment: fragmentOf(stderr),
    remedy: 'See whether the folder is a sound bare repository that you may write to (git fsck).',
  });
}

function gitMissing(cause: Error): EdictError {
  return new EdictError(
    {
      code: 'RepositoryUnavailable',
      message: 'git could not be started.',
      location: {},
      fragment: fragmentOf(cause.message),
      remedy: 'Install git 2.39 or newer, and see that it is on the PATH.',
    },
    { cause },
  );
}
