import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { systemClock } from '#adapters/clock/system-clock.js';
import { systemTimer } from '#adapters/clock/system-timer.js';
import { ChartFolder } from '#adapters/files/chart-folder.js';
import { BareRepositories } from '#adapters/git/bare-repositories.js';
import type { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { LeaderElection } from '#adapters/kubernetes/lease.js';
import type { RestClient } from '#adapters/kubernetes/rest-client.js';
import { OpaPolicyEngine } from '#adapters/opa/policy-engine.js';
import { Controller, type PassObserver } from '#controller/controller.js';
import { ALONE } from '#controller/leadership.js';
import { SYSTEM_NAMESPACE } from '#model/inventory.js';
import { RepositoryQueue } from '#publish/repository-queue.js';
import type { Engine } from '#reconcile/engine.js';
import { EXIT } from '../environment.js';
import type { Invocation } from '../invocation.js';
import { type ConnectOptions, connect, followedKinds, openCluster } from '../run/connect.js';
import { type ElectedLeadership, electedLeadership } from '../run/leadership.js';
import { rememberRecords } from '../run/record-memory.js';
import type { LoadedCatalog } from '../workspace.js';
import { printFaults } from './print.js';

/** Options of `run`. */
export interface RunOptions {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly watchNamespace: string | undefined;
  readonly leaderElect: boolean;
  /** Passes at work at once. */
  readonly concurrency: number;
}

/** Milliseconds that passes which have begun to write get to end, when the process is told to. */
const GRACE = 20_000;
/** Milliseconds for which changes of many objects are gathered into one commit. */
const COMMIT_WINDOW = 1_000;
const LEASE = 'edict';

/** `edict run`: keeps what the custom resources of a cluster ask for in existence, until the process is told to end. */
export async function run(invocation: Invocation, options: RunOptions): Promise<number> {
  const { console, environment } = invocation;
  const loaded = await invocation.openCatalog();
  printFaults(invocation, loaded.catalog.faults);
  let leadership: ElectedLeadership | undefined;
  const connection: ConnectOptions = {
    ...options,
    variables: environment.variables,
    version: environment.version,
    guard: () => election?.assertLeading(),
    onTrouble: ({ kind }, message) => console.landmark(`${kind}: ${message}`),
  };
  const client = await connect(connection);
  const election = options.leaderElect ? newElection(client, environment.variables) : undefined;
  if (election !== undefined) leadership = electedLeadership(election);
  const cluster = openCluster(client, connection);
  const { engine, close } = openEngine(invocation, loaded, cluster);
  const controller = new Controller({
    engine,
    timer: systemTimer,
    random: Math.random,
    concurrency: options.concurrency,
    observers: [passLines(invocation)],
    leadership: leadership ?? ALONE,
    defect: (error) => console.landmark(`defect: ${error instanceof Error ? error.stack : String(error)}`),
  });
  cluster.watch(({ type, object, oldObject }) => {
    if (type === 'Deleted') controller.changed({ before: object, after: undefined });
    else controller.changed({ before: oldObject, after: object });
  });
  cluster.watchAvailability((kind) => controller.kindChanged(kind));
  cluster.serve(followedKinds(loaded.catalog));
  const stopping = stopSignal();
  const campaign = leadership?.campaign(stopping);
  const { version } = await cluster.server();
  console.landmark(`edict ${environment.version} runs ${loaded.catalog.entries.length} kinds on Kubernetes ${version}`);
  await controller.start();
  const end = await Promise.race([ended(stopping), ...(campaign === undefined ? [] : [campaign])]);
  const isWhole = await controller.stop(GRACE);
  await campaign?.catch(() => undefined);
  await close();
  await cluster.close();
  if (end === 'lost') console.landmark('another replica leads: this one ends');
  return end === 'lost' || !isWhole ? EXIT.fault : EXIT.done;
}

function newElection(client: RestClient, variables: ConnectOptions['variables']): LeaderElection {
  return new LeaderElection({
    client,
    namespace: variables.POD_NAMESPACE ?? SYSTEM_NAMESPACE,
    name: LEASE,
    identity: variables.POD_NAME ?? `${hostname()}_${process.pid}`,
    clock: systemClock,
  });
}

/** An engine on a cluster. Git and charts are still local: bare repositories, and the folder `charts`. */
function openEngine(
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

/** A line for each pass that wrote something, or came to another end than the one before. */
function passLines({ console }: Invocation): PassObserver {
  const ends = new Map<string, string>();
  return {
    onPass: ({ key, pass }) => {
      const { outcome, faults } = pass;
      const name = `${key.kind}/${key.namespace ?? ''}/${key.name}`;
      const reason = 'reason' in outcome ? ` ${outcome.reason}: ${outcome.message}` : '';
      const said = `${outcome.state}${reason}${faults.map(({ message }) => ` ${message}`).join('')}`;
      const writes = (pass.changes?.changes ?? []).filter(
        ({ action }) => action !== 'none' && action !== 'hold',
      ).length;
      if (ends.get(name) !== said || writes > 0)
        console.landmark(`${name} ${said}${writes > 0 ? `, ${writes} changes` : ''}`);
      ends.set(name, said);
    },
  };
}

function stopSignal(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => abort.abort());
  return abort.signal;
}

function ended(signal: AbortSignal): Promise<'ended'> {
  return new Promise((done) => signal.addEventListener('abort', () => done('ended'), { once: true }));
}
