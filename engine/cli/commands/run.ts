import process from 'node:process';
import { systemTimer } from '#adapters/clock/system-timer.js';
import { ensureNamespace } from '#adapters/kubernetes/home-namespace.js';
import type { Logger } from '#adapters/logger/logger.js';
import { EXIT } from '../environment.js';
import type { Invocation } from '../invocation.js';
import { openLogger } from '../run/log.js';
import { type Operator, openOperator, type RunOptions } from '../run/operator.js';
import type { RuleSet } from '../run/rule-set.js';
import { RuleWatch } from '../run/rule-watch.js';
import type { LoadedCatalog } from '../workspace.js';
import { printFaults } from './print.js';

/** Milliseconds that passes which have begun to write get to end, when the process is told to. */
const GRACE = 20_000;

/** `edict run`: keeps what the custom resources of a cluster ask for in existence, until the process is told to end. */
export async function run(invocation: Invocation, options: RunOptions): Promise<number> {
  const logger = openLogger(invocation.environment);
  const loaded = await invocation.openCatalog();
  printFaults(invocation, loaded.catalog.faults);
  const operator = await openOperator(invocation, options, { loaded, logger });
  const { leadership, rules, cluster, controller, servers } = operator;
  cluster.serve(rules.kinds);
  const told = toldToEnd();
  // The lease is given back after the last write, not when the process is told to end.
  const retreat = new AbortController();
  const kubernetes = await Promise.race([
    told.then(() => undefined),
    reach(operator, invocation, { signal: retreat.signal, logger }),
  ]);
  let campaign: Promise<'lost' | 'released'> | undefined;
  let watch: RuleWatch | undefined;
  if (kubernetes !== undefined) {
    campaign = leadership?.campaign(retreat.signal);
    await controller.start();
    watch = watchRules(loaded, rules);
    servers.begin();
    const { version } = invocation.environment;
    logger.info('running', { version, kinds: loaded.catalog.entries.length, kubernetes });
  }
  const end = await Promise.race([told, ...(campaign === undefined ? [] : [campaign])]);
  if (end === 'lost') logger.warn('another replica leads: this one ends');
  watch?.close();
  const [isWhole] = await Promise.all([controller.stop(GRACE), operator.webhooks.close()]);
  retreat.abort();
  await campaign?.catch(() => undefined);
  for (const part of [operator.recorder, servers, rules, cluster, operator.client]) await part.close();
  logger.info('ended', { isWhole });
  return end === 'lost' || !isWhole ? EXIT.fault : EXIT.done;
}

/** Waits for the API server, and gives its version. */
async function reach(
  { cluster, client, home }: Operator,
  { environment }: Invocation,
  { signal, logger }: { readonly signal: AbortSignal; readonly logger: Logger },
): Promise<string> {
  const onTrouble = (why: string): void => logger.warn('the cluster is not reached yet', { why });
  // Outside of a Pod nobody else makes it. A server that has just started may fail at it, too: it is tried again.
  const prepare = async (): Promise<void> => {
    if (environment.variables.POD_NAMESPACE === undefined) await ensureNamespace(client, home);
  };
  const { version } = await cluster.reached(signal, onTrouble, prepare);
  return version;
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
