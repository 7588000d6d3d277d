import { join, resolve } from 'node:path';
import { systemClock } from '#adapters/clock/system-clock.js';
import { ChartFolder } from '#adapters/files/chart-folder.js';
import { BareRepositories } from '#adapters/git/bare-repositories.js';
import type { Catalog } from '#catalog/catalog.js';
import { RepositoryQueue } from '#publish/repository-queue.js';
import type { Engine } from '#reconcile/engine.js';
import type { CliEnvironment, GlobalOptions } from './environment.js';

/** The parts of an engine that read charts and write to Git. */
export type LocalPublishing = Pick<Engine, 'charts' | 'records' | 'queue'> & {
  readonly repositories: BareRepositories;
};

/**
 * Charts from the folder `charts`, and bare repositories under the state folder in place of the remotes. Changes that come
 * within `window` milliseconds become one commit.
 */
export function publishLocally(
  { directory, variables }: CliEnvironment,
  { root, state }: GlobalOptions,
  catalog: Catalog,
  window: number,
): LocalPublishing {
  const repositories = new BareRepositories({
    root: join(resolve(directory, state), 'git'),
    remotes: catalog.installation.remotes.filter(({ kind }) => kind === 'git'),
    identity: { name: 'Edict', email: 'edict@edict.dev' },
    clock: systemClock,
    path: variables.PATH ?? '',
  });
  const records = new Map();
  const { revision } = catalog;
  return {
    charts: new ChartFolder({ root: resolve(directory, root, 'charts'), clock: systemClock }),
    repositories,
    records,
    queue: new RepositoryQueue({ reader: repositories, writer: repositories, records, revision, window }),
  };
}
