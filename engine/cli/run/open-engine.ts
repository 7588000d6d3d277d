import { join, resolve } from 'node:path';
import { systemClock } from '#adapters/clock/system-clock.js';
import { ChartFolder } from '#adapters/files/chart-folder.js';
import { BareRepositories } from '#adapters/git/bare-repositories.js';
import type { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { OpaPolicyEngine } from '#adapters/opa/policy-engine.js';
import { RepositoryQueue } from '#publish/repository-queue.js';
import type { Engine } from '#reconcile/engine.js';
import type { Invocation } from '../invocation.js';
import type { LoadedCatalog } from '../workspace.js';
import { rememberRecords } from './record-memory.js';

/** Milliseconds for which changes of many objects are gathered into one commit. */
const COMMIT_WINDOW = 1_000;

/** An engine on a cluster. Git and charts are still local: bare repositories, and the folder `charts`. */
export function openEngine(
  { environment, options }: Invocation,
  { catalog, templates }: LoadedCatalog,
  cluster: KubernetesCluster,
): { readonly engine: Engine; readonly close: () => Promise<void> } {
  const repositories = new BareRepositories({
    root: join(resolve(environment.directory, options.state), 'git'),
    remotes: catalog.installation.remotes.filter(({ kind }) => kind === 'git'),
    identity: { name: 'Edict', email: 'edict@edict.dev' },
    clock: systemClock,
    path: environment.variables.PATH ?? '',
  });
  const records = new Map();
  const { reader, writer } = rememberRecords(cluster);
  const engine: Engine = {
    catalog,
    templates,
    policies: new OpaPolicyEngine({ policies: catalog.policies }),
    cluster: reader,
    writer,
    charts: new ChartFolder({ root: resolve(environment.directory, options.root, 'charts'), clock: systemClock }),
    repositories,
    records,
    queue: new RepositoryQueue({
      reader: repositories,
      writer: repositories,
      records,
      revision: catalog.revision,
      window: COMMIT_WINDOW,
    }),
    clock: systemClock,
  };
  return { engine, close: async () => repositories.close() };
}
