import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { after } from 'node:test';
import { BareRepositories } from '#adapters/git/bare-repositories.js';
import { EdictError } from '#errors/edict-error.js';
import type { RepositoryAddress } from '#model/desired.js';

/** The folder of all repositories of one test file. */
export const base = mkdtempSync(join(tmpdir(), 'edict-git-'));
const opened: BareRepositories[] = [];
after(() => {
  for (const repositories of opened) repositories.close();
  rmSync(base, { recursive: true, force: true });
});

export const main: RepositoryAddress = { remote: 'gitea', name: 'team/voltran', branch: 'main' };

export function open(root: string, path: string = env.PATH ?? ''): BareRepositories {
  const repositories = new BareRepositories({
    root: join(base, root),
    path,
    remotes: [
      { name: 'gitea', url: 'https://robot:secret@Git.Example:3000/' },
      { name: 'ssh', url: 'git@git.example:org' },
      { name: 'local', url: 'file:///srv' },
    ],
    identity: { name: 'Edict', email: 'edict@example.org' },
    clock: { now: () => 1_700_000_000_000 },
  });
  opened.push(repositories);
  return repositories;
}

export function git(folder: string, ...command: string[]): string {
  const environment = { ...env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', ['--git-dir', folder, ...command], { encoding: 'utf8', env: environment }).trim();
}

export const codeOf = (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof EdictError ? error.code : error),
  );

export async function write(repositories: BareRepositories, files: Record<string, string | undefined>, address = main) {
  const { commit } = await repositories.snapshot(address);
  const list = Object.entries(files).map(([path, content]) => ({ path, content }));
  return repositories.commit({ address, parent: commit, files: list, message: 'change' });
}
