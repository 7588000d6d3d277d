import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FolderLock } from '#adapters/files/folder-lock.js';
import { EdictError } from '#errors/edict-error.js';
import { findGo } from '#wasm/go-build.js';
import { makeFolder } from '#wasm/make-folder.js';
import { PACKAGE_ROOT } from '#wasm/package-root.js';
import { BUILD_INPUTS, buildPrograms } from './build-programs.js';

/** All programs of the testbed. */
export const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
] as const;

/** The name of a program. */
export type Program = (typeof PROGRAMS)[number];

/** Where programs are looked for; `environment` is that of the process. */
export interface LocateOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Told before something slow begins, and while it lasts. */
  readonly onProgress: (message: string) => void;
  /** Folder of the Go module; that of the testbed when absent. */
  readonly sources?: string;
}

const SOURCES = join(PACKAGE_ROOT, 'test/testbed/kubernetes');
const MILLISECONDS_BETWEEN_LOOKS = 2000;

/**
 * The folder that holds these programs: the one that KUBEBUILDER_ASSETS names, and then no other, or the cache, built
 * now where it has to be.
 * @throws Error that says what is missing and what to do.
 */
export async function locatePrograms(programs: readonly Program[], options: LocateOptions): Promise<string> {
  const { environment, sources = SOURCES } = options;
  const assets = environment.KUBEBUILDER_ASSETS;
  if (assets) return insistOn(programs, assets);
  const cache = join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'edict/testbed');
  const folder = join(cache, await digestOf(sources));
  if (!existsSync(folder)) await buildOnce(folder, { ...options, sources });
  return folder;
}

function insistOn(programs: readonly Program[], folder: string): string {
  const missing = programs.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === 0) return folder;
  throw new Error(
    `KUBEBUILDER_ASSETS is ${folder}, which lacks ${missing.join(', ')}: put them there, ` +
      'or unset the variable to have all programs built with Go',
  );
}

/** Which build this is: the versions stand in go.mod. Any Go that can build them makes programs that behave alike. */
async function digestOf(sources: string): Promise<string> {
  const names = (await readdir(sources)).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name)).sort();
  const hash = createHash('sha256').update(JSON.stringify(BUILD_INPUTS));
  for (const name of names) hash.update(`\n${name}\n`).update(await readFile(join(sources, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Builds into `folder`, or waits for the process that does: two builds at once would take twice as long each. */
async function buildOnce(folder: string, options: Required<LocateOptions>): Promise<void> {
  const go = await findGo(options.environment);
  if (go === undefined) {
    throw new Error(
      'there is no Go to build the Kubernetes programs of the tests with: install Go 1.26 or later ' +
        '(https://go.dev/dl) so that `go` is in PATH, or set KUBEBUILDER_ASSETS to a folder that has ' +
        `${PROGRAMS.join(', ')}`,
    );
  }
  makeFolder(join(folder, '..'));
  const lock = await acquire(`${folder}.lock`, options.onProgress);
  try {
    if (!existsSync(folder)) await buildPrograms(folder, { ...options, go });
  } finally {
    lock.release();
  }
}

async function acquire(file: string, onProgress: (message: string) => void): Promise<FolderLock> {
  for (let looks = 0; ; looks++) {
    try {
      return FolderLock.acquire(file);
    } catch (error) {
      if (!(error instanceof EdictError && error.code === 'FolderLocked')) throw error;
      if (looks === 0) onProgress('waiting for another process that builds the Kubernetes programs');
      await sleep(MILLISECONDS_BETWEEN_LOOKS);
    }
  }
}
