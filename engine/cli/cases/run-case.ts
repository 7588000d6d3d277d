import { join } from 'node:path';
import { readText } from '#adapters/files/file-access.js';
import { type Catalog, type CatalogEntry, entryFor } from '#catalog/catalog.js';
import type { Fault } from '#errors/fault.js';
import { equalJson, isJsonObject, type Json } from '#model/json.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import type { RepositoryReader } from '#model/repository.js';
import type { ChartReader } from '#observe/chart-reader.js';
import { RepositoryQueue } from '#publish/repository-queue.js';
import type { RepositoryWriter } from '#publish/repository-writer.js';
import { admit, leaves } from '#reconcile/admission.js';
import type { Engine, Pass, Stage } from '#reconcile/engine.js';
import { reconcile } from '#reconcile/reconcile.js';
import { refusals } from '../objects.js';
import { CaseCluster } from './case-cluster.js';
import { type CaseFacts, parseCaseFacts, refuseCase } from './case-facts.js';
import { type CaseFolder, FACTS_FILE, factsFile } from './case-folder.js';
import type { CaseInstallations } from './case-installation.js';
import { inventoryRecord, liveChildren, relatedObjects, requireReadiness } from './live-objects.js';

/** What running cases needs. */
export interface CaseContext {
  readonly installations: CaseInstallations;
  /** Templates and policies of a catalog. */
  readonly evaluators: (catalog: Catalog) => Pick<Engine, 'templates' | 'policies'>;
  readonly charts: ChartReader;
}

/** What became of a case: what its object asks is refused by its schema, or a pass was made. */
export type CaseResult =
  | { readonly state: 'refused'; readonly object: string; readonly faults: readonly Fault[] }
  | {
      readonly state: 'passed';
      /** The pass as `edict plan` makes it. */
      readonly planned: Pass;
      /** The whole pass, with everything written. */
      readonly published: Pass;
      /** The object as it is afterwards; null where it is gone. */
      readonly after: KubernetesObject | null;
    };

/** Runs one case through the pipeline that serves clusters. Throws CaseInvalid, or what its file is not. */
export async function runCase(folder: CaseFolder, context: CaseContext): Promise<CaseResult> {
  const file = factsFile(folder);
  return runFacts(parseCaseFacts(readText(join(folder.path, FACTS_FILE), file), file), folder, context);
}

/** Runs facts as those of the case `folder`. */
export async function runFacts(
  facts: CaseFacts,
  folder: Omit<CaseFolder, 'path'>,
  context: CaseContext,
): Promise<CaseResult> {
  const { domain, slug } = folder;
  const file = factsFile(folder);
  const catalog = await context.installations.with(domain, facts.parameters, file);
  const entry = entryFor(catalog, facts.object);
  if (entry?.rule.slug !== slug || entry.rule.domain !== domain) {
    const stalled = catalog.stalled.some((kind) => kind.domain === domain && kind.slug === slug);
    return refuseCase(
      file,
      'object',
      stalled
        ? `the rule set has faults, so that ${domain}/${slug} is stalled`
        : `the object is not of the kind ${domain}/${slug}`,
    );
  }
  const faults = refusals(facts.object, entry);
  if (faults.length > 0) return { state: 'refused', object: formatKey(keyOf(facts.object)), faults };
  const live = await liveFacts(facts, { file, entry, catalog, context });
  const pass = (until: Stage): Promise<Pass> => reconcile(live.owner, entry, live.engine, until);
  const planned = await pass('plan');
  requireRelated(facts, planned, file);
  const published = await pass('publish');
  return { state: 'passed', planned, published, after: await live.engine.cluster.get(keyOf(live.owner)) };
}

interface CaseParts {
  readonly file: string;
  readonly entry: CatalogEntry;
  readonly catalog: Catalog;
  readonly context: CaseContext;
}

/** An engine on the cluster that the facts describe. What the template renders is asked first: it completes the children. */
async function liveFacts(
  facts: CaseFacts,
  { file, entry, catalog, context }: CaseParts,
): Promise<{ readonly engine: Engine; readonly owner: KubernetesObject }> {
  const clock = { now: () => facts.time };
  const cluster = new CaseCluster(clock, facts.cluster);
  const engine = caseEngine(facts, { catalog, context, cluster, clock });
  const owner = cluster.put(admit(facts.object, entry));
  for (const object of [inventoryRecord(facts.children, entry), ...relatedObjects(facts), ...facts.others])
    cluster.put(object);
  if (facts.children.length === 0) return { engine, owner };
  const put = (pass: Parameters<typeof liveChildren>[1]): readonly KubernetesObject[] =>
    liveChildren(facts.children, pass, catalog.installation.protected).map((child) => cluster.put(child));
  const stated = put({ object: owner, entry, rendering: undefined, facts: undefined });
  const live = leaves(owner, entry) ? stated : put(await reconcile(owner, entry, engine, 'render'));
  requireReadiness(facts.children, live, entry, file);
  return { engine, owner };
}

function caseEngine(
  facts: CaseFacts,
  {
    catalog,
    context,
    cluster,
    clock,
  }: {
    readonly catalog: Catalog;
    readonly context: CaseContext;
    readonly cluster: CaseCluster;
    readonly clock: Engine['clock'];
  },
): Engine {
  const records = new Map();
  const queue = new RepositoryQueue({
    reader: NO_REPOSITORIES,
    writer: NO_REPOSITORIES,
    records,
    revision: catalog.revision,
    window: 0,
  });
  const charts: ChartReader = {
    read: async (reference) =>
      facts.charts[`${reference.chart}:${reference.version}`] ?? context.charts.read(reference),
  };
  return {
    catalog,
    ...context.evaluators(catalog),
    cluster,
    charts,
    repositories: NO_REPOSITORIES,
    records,
    writer: cluster,
    queue,
    clock,
  };
}

/** No repository exists yet, and what is committed is forgotten: a case is about one pass. */
const NO_REPOSITORIES: RepositoryReader & RepositoryWriter = {
  snapshot: async () => ({ commit: undefined, files: new Map(), read: async () => new Map() }),
  commit: async () => '0000000000000000000000000000000000000000',
};

/** What a case says is found must be what the rule finds, else the case proves nothing. */
function requireRelated({ related }: CaseFacts, { facts }: Pass, file: string): void {
  if (facts === undefined) return;
  for (const [as, stated] of Object.entries(related)) {
    if (!equalJson(namesOf(stated), namesOf(facts.related[as]))) {
      refuseCase(
        file,
        `related.${as}`,
        `the rule finds ${JSON.stringify(namesOf(facts.related[as]))}, the case states ${JSON.stringify(namesOf(stated))}`,
      );
    }
  }
}

function namesOf(found: Json | undefined): Json {
  if (Array.isArray(found)) return (found as readonly Json[]).map(namesOf).sort();
  return isJsonObject(found) ? formatKey(keyOf(found as unknown as KubernetesObject)) : null;
}
