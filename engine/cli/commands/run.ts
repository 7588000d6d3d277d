import { hostname } from 'node:os';
import process from 'node:process';
import { systemClock } from '#adapters/clock/system-clock.js';
import { systemTimer } from '#adapters/clock/system-timer.js';
import { EventRecorder } from '#adapters/kubernetes/events.js';
import { ensureNamespace } from '#adapters/kubernetes/home-namespace.js';
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
import { EXIT } from '../environment.js';
import type { Invocation } from '../invocation.js';
import { type ConnectOptions, connect, homeOf, LEASE, openCluster } from '../run/connect.js';
import { electedLeadership } from '../run/leadership.js';
import { openLogger } from '../run/log.js';
import { openEngine } from '../run/open-engine.js';
import { rememberRecords } from '../run/record-memory.js';
import { RuleSet } from '../run/rule-set.js';
import { RuleWatch } from '../run/rule-watch.js';
import { type BindAddresses, openServers } from '../run/servers.js';
import { openWebhooks, type WebhookOptions } from '../run/webhooks.js';
import type { LoadedCatalog } from '../workspace.js';
import { printFaults } from './print.js';

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

/** Milliseconds that passes which have begun to write get to end, when the process is told to. */
const GRACE = 20_000;

/** `edict run`: keeps what the custom resources of a cluster ask for in existence, until the process is told to end. */
export async function run(invocation: Invocation, options: RunOptions): Promise<number> {
  const { environment } = invocation;
  const logger = openLogger(environment);
  const loaded = await invocation.openCatalog();
  printFaults(invocation, loaded.catalog.faults);
  const identity = environment.variables.POD_NAME ?? `${hostname()}_${process.pid}`;
  const connection: ConnectOptions = {
    ...options,
    variables: environment.variables,
    version: environment.version,
    guard: () => election?.assertLeading(),
    onTrouble: ({ kind }, why) => logger.warn('a kind is in trouble', { kind, why }),
  };
  const client = await connect(connection);
  const home = homeOf(environment.variables);
  // Outside of a Pod nobody else makes it.
  if (environment.variables.POD_NAMESPACE === undefined) await ensureNamespace(client, home);
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
  cluster.watch(({ type, object, oldObject }) => {
    if (type === 'Deleted') controller.changed({ before: object, after: undefined });
    else controller.changed({ before: oldObject, after: object });
  });
  cluster.watchAvailability((kind, availability) => {
    controller.kindChanged(kind);
    void tellUnreadable(kind, availability, { cluster, logger });
  });
  cluster.serve(rules.kinds);
  const told = toldToEnd();
  // The lease is given back after the last write, not when the process is told to end.
  const retreat = new AbortController();
  const campaign = leadership?.campaign(retreat.signal);
  const onTrouble = (why: string): void => logger.warn('the cluster is not reached yet', { why });
  const server = await Promise.race([told, cluster.reached(retreat.signal, onTrouble)]);
  let watch: RuleWatch | undefined;
  if (server !== 'told') {
    await controller.start();
    watch = watchRules(loaded, rules);
    servers.begin();
    const { version: kubernetes } = server;
    logger.info('running', { version: environment.version, kinds: loaded.catalog.entries.length, kubernetes });
  }
  const end = await Promise.race([told, ...(campaign === undefined ? [] : [campaign])]);
  if (end === 'lost') logger.warn('another replica leads: this one ends');
  watch?.close();
  const [isWhole] = await Promise.all([controller.stop(GRACE), webhooks.close()]);
  retreat.abort();
  await campaign?.catch(() => undefined);
  for (const part of [recorder, servers, rules, cluster, client]) await part.close();
  logger.info('ended', { isWhole });
  return end === 'lost' || !isWhole ? EXIT.fault : EXIT.done;
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

/** Sees when the files of the rule set change, and takes them at once where SIGHUP says so. */
function watchRules({ tree, fingerprint }: LoadedCatalog, rules: RuleSet): RuleWatch {
  const [changed, trouble] = [rules.renew.bind(rules), rules.failed.bind(rules)];
  const watch = new RuleWatch({ tree, timer: systemTimer, changed, trouble }, fingerprint);
  process.on('SIGHUP', () => watch.force());
  return watch;
}

/** Waits until somebody tells the process to end, which may be at any time from now on. */
function toldToEnd(): Promise<'told'> {
  return new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => done('told'));
  });
}
