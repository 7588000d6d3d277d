import { hostname } from 'node:os';
import process from 'node:process';
import { systemClock } from '#adapters/clock/system-clock.js';
import { systemTimer } from '#adapters/clock/system-timer.js';
import { EventRecorder } from '#adapters/kubernetes/events.js';
import type { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { LeaderElection } from '#adapters/kubernetes/lease.js';
import { PassEvents } from '#adapters/kubernetes/pass-events.js';
import type { RestClient } from '#adapters/kubernetes/rest-client.js';
import { errorFields } from '#adapters/logger/error-fields.js';
import type { Logger } from '#adapters/logger/logger.js';
import { PassLog } from '#adapters/logger/pass-log.js';
import { PassMetrics } from '#adapters/metrics/pass-metrics.js';
import { Controller } from '#controller/controller.js';
import { ALONE } from '#controller/leadership.js';
import type { KindReference } from '#model/object.js';
import type { Availability, ClusterReader } from '#observe/cluster-reader.js';
import type { Invocation } from '../invocation.js';
import type { LoadedCatalog } from '../workspace.js';
import { type ConnectOptions, connect, homeOf, LEASE, openCluster } from './connect.js';
import { type ElectedLeadership, electedLeadership } from './leadership.js';
import { openEngine } from './open-engine.js';
import { rememberRecords } from './record-memory.js';
import { RuleSet } from './rule-set.js';
import { type BindAddresses, openServers, type Servers } from './servers.js';
import { openWebhooks, type WebhookOptions, type Webhooks } from './webhooks.js';

/** Options of `run`. */
export interface RunOptions extends BindAddresses {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly watchNamespace: string | undefined;
  readonly leaderElect: boolean;
  /** Passes at work at once. */
  readonly concurrency: number;
  readonly webhooks: WebhookOptions | 'off';
}

/** All that keeps the objects of a cluster as they are asked for, put together and not at work yet. */
export interface Operator {
  readonly client: RestClient;
  readonly cluster: KubernetesCluster;
  /** The namespace of the engine. */
  readonly home: string;
  /** Undefined where there is only one replica. */
  readonly leadership: ElectedLeadership | undefined;
  readonly rules: RuleSet;
  readonly recorder: EventRecorder;
  readonly controller: Controller;
  readonly webhooks: Webhooks;
  readonly servers: Servers;
}

/** Puts an operator together, which answers its probes from now on. Throws ClusterUnavailable where no cluster is named, and AddressUnavailable. */
export async function openOperator(
  invocation: Invocation,
  options: RunOptions,
  { loaded, logger }: { readonly loaded: LoadedCatalog; readonly logger: Logger },
): Promise<Operator> {
  const { variables, version } = invocation.environment;
  const identity = variables.POD_NAME ?? `${hostname()}_${process.pid}`;
  const connection: ConnectOptions = {
    ...options,
    variables,
    version,
    guard: () => election?.assertLeading(),
    onTrouble: ({ kind }, why) => logger.warn('a kind is in trouble', { kind, why }),
  };
  const [client, home] = [await connect(connection), homeOf(variables)];
  const election = options.leaderElect ? newElection(client, home, identity) : undefined;
  const leadership = election === undefined ? undefined : electedLeadership(election);
  const cluster = openCluster(client, connection);
  const remembered = rememberRecords(cluster, home);
  const rules = new RuleSet(loaded, await loaded.tree.list(), {
    cluster,
    controller: () => controller,
    open: (compiled) => openEngine(invocation, compiled, remembered),
    compile: loaded.compile,
    logger,
    clock: systemClock,
  });
  const recorder = newRecorder(client, identity, logger);
  const metrics = new PassMetrics({
    catalog: () => rules.state,
    entries: () => rules.entries,
    queue: () => controller.state(),
    requests: () => client.counts.read(),
    isLeader: () => (leadership ?? ALONE).isLeader(),
  });
  const defect = (error: unknown): void => logger.error('defect', errorFields(error));
  const controller = new Controller({
    engine: rules.engine,
    timer: systemTimer,
    random: Math.random,
    monotonic: () => performance.now(),
    concurrency: options.concurrency,
    observers: [metrics, new PassLog({ logger }), new PassEvents(recorder)],
    leadership: leadership ?? ALONE,
    defect,
  });
  const webhooks = await openWebhooks(options.webhooks, {
    // A memory for each review: records of rules are remembered by who leads, and by nobody before.
    engine: () => ({ ...rules.engine, ...rememberRecords(cluster, home) }),
    ...{ client, timer: systemTimer, logger, metrics, defect },
    namespace: home,
  });
  const { missing } = webhooks;
  const servers = await openServers(options, { controller, cluster: remembered.cluster, metrics, missing, defect });
  followChanges(cluster, controller, logger);
  return { client, cluster, home, leadership, rules, recorder, controller, webhooks, servers };
}

/** Tells the controller of everything that changes in the cluster. */
function followChanges(cluster: KubernetesCluster, controller: Controller, logger: Logger): void {
  cluster.watch(({ type, object, oldObject }) => {
    if (type === 'Deleted') controller.changed({ before: object, after: undefined });
    else controller.changed({ before: oldObject, after: object });
  });
  cluster.watchAvailability((kind, availability) => {
    controller.kindChanged(kind);
    void tellUnreadable(kind, availability, { cluster, logger });
  });
}

/** Tells of a kind that cannot be read, and what to do: of objects that nobody sees no status can tell. */
async function tellUnreadable(
  { apiVersion, kind }: KindReference,
  availability: Availability,
  { cluster, logger }: { readonly cluster: ClusterReader; readonly logger: Logger },
): Promise<void> {
  if (availability !== 'absent' && availability !== 'forbidden') return;
  const remedy = await cluster.remedyFor?.({ apiVersion, kind }).catch(() => undefined);
  logger.warn('a kind cannot be read', { kind, apiVersion, why: availability, remedy });
}

function newElection(client: RestClient, namespace: string, identity: string): LeaderElection {
  return new LeaderElection({ client, namespace, name: LEASE, identity, clock: systemClock });
}

function newRecorder(client: RestClient, instance: string, logger: Logger): EventRecorder {
  return new EventRecorder({
    client,
    controller: 'edict.dev/engine',
    instance,
    clock: systemClock,
    onTrouble: (why) => logger.warn('an event was not written', { why }),
  });
}
