import type { CatalogEntry } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import { type Clock, formatTime } from '#model/clock.js';
import type { Facts } from '#model/facts.js';
import type { Inventory } from '#model/inventory.js';
import type { Json } from '#model/json.js';
import { asJson, formatKey, type KindReference, type KubernetesObject, keyOf } from '#model/object.js';
import { type Rule, writeOf } from '#model/rule.js';
import { type ChartPorts, resolveCharts } from './charts.js';
import { childFacts, listChildren } from './children.js';
import type { Availability, ClusterReader } from './cluster-reader.js';
import { formerlyPatched, listPatched } from './patched.js';
import { readRelated } from './related.js';
import { visibleObject } from './visible.js';

/** What observing needs. */
export interface ObservePorts extends ChartPorts {
  readonly cluster: ClusterReader;
  readonly clock: Clock;
}

/** What was observed: facts with the live children they speak of, or what is missing. */
export type Observation =
  | {
      readonly state: 'observed';
      readonly facts: Facts;
      readonly children: readonly KubernetesObject[];
      /** Objects of others that carry fields of this owner. */
      readonly patched: readonly KubernetesObject[];
    }
  | {
      readonly state: 'waiting';
      readonly reason: string;
      readonly message: string;
      /** Milliseconds after which to look again, where nobody will tell. */
      readonly after: number | undefined;
    };

/**
 * Reads everything that the rule declares, and nothing else. Facts are never partial: a kind that cannot be read means
 * waiting, by name, unless the read is optional.
 */
export async function observe(
  object: KubernetesObject,
  entry: CatalogEntry,
  inventory: Inventory,
  ports: ObservePorts,
): Promise<Observation> {
  const { rule } = entry;
  const missing = await unreadable(rule, inventory, ports.cluster);
  if (missing !== undefined) return missing;
  const [related, children, patched, charts, cluster] = await Promise.all([
    readAllRelated(object, entry, ports.cluster),
    listChildren(object, await childKinds(rule, inventory, ports.cluster), ports.cluster),
    listPatched(object, rule, inventory, ports.cluster),
    resolveCharts(visibleObject(object), entry, ports),
    ports.cluster.server(),
  ]);
  const facts: Facts = {
    object: visibleObject(object),
    related,
    children: childFacts(children, entry),
    charts,
    parameters: rule.parameters,
    cluster,
    ...timeOf(rule, ports.clock),
  };
  refuseHugeFacts(facts, entry);
  return { state: 'observed', facts, children, patched };
}

/** The facts of a pass with its children as they are by now. */
export async function observeChildren(
  facts: Facts,
  entry: CatalogEntry,
  inventory: Inventory,
  cluster: ClusterReader,
): Promise<Facts> {
  const kinds = await childKinds(entry.rule, inventory, cluster);
  return { ...facts, children: childFacts(await listChildren(facts.object, kinds, cluster), entry) };
}

/** The time as facts have it: truncated to the rule's clock, and absent where it has none. */
export function timeOf({ triggers: { clock: step } }: Rule, clock: Clock): Pick<Facts, 'time'> {
  const now = clock.now();
  return step === undefined ? {} : { time: formatTime(now - (now % step)) };
}

/** What is known of an object where nothing was read. */
export function noFacts(object: KubernetesObject, { parameters }: Rule): Facts {
  const cluster = { version: '', capabilities: [] };
  return { object: visibleObject(object), related: {}, children: {}, charts: {}, parameters, cluster };
}

async function readAllRelated(
  object: KubernetesObject,
  { rule }: CatalogEntry,
  cluster: ClusterReader,
): Promise<{ readonly [as: string]: Json }> {
  const reads = rule.reads.resources;
  const values = await Promise.all(
    reads.map(async (read) => {
      if (read.optional && (await cluster.availability(read)) !== 'ready')
        return read.selection.by === 'name' ? null : [];
      return readRelated(read, object, cluster);
    }),
  );
  return Object.fromEntries(reads.map(({ as }, index) => [as, values[index] ?? null]));
}

const REASONS: { readonly [availability in Exclude<Availability, 'ready'>]: string } = {
  absent: 'is not served by the cluster',
  forbidden: 'may not be read: Edict lacks the permission',
  syncing: 'is still being read for the first time',
};

/** Milliseconds that reading a kind for the first time is given. */
const FORMER_KIND_DELAY = 1_000;

async function unreadable(
  rule: Rule,
  inventory: Inventory,
  cluster: ClusterReader,
): Promise<Extract<Observation, { state: 'waiting' }> | undefined> {
  const declared: readonly KindReference[] = [
    ...rule.reads.resources.filter(({ optional }) => !optional),
    ...rule.writes.resources,
    ...rule.writes.patches,
  ];
  for (const kind of [...declared, ...formerKinds(rule, inventory), ...formerlyPatched(rule, inventory)]) {
    const availability = await cluster.availability(kind);
    // A kind that is no longer written and no longer served has no objects left.
    if (availability === 'ready' || (availability === 'absent' && !declared.includes(kind))) continue;
    const message = `${kind.kind} (${kind.apiVersion}) ${REASONS[availability]}`;
    const isSyncing = availability === 'syncing';
    const remedy = isSyncing ? undefined : await cluster.remedyFor?.(kind);
    return {
      state: 'waiting',
      reason: 'KindUnavailable',
      message: remedy === undefined ? message : `${message}. ${remedy}`,
      // Nobody is told when a kind that only the inventory names has been read.
      after: isSyncing && !declared.includes(kind) ? FORMER_KIND_DELAY : undefined,
    };
  }
  return undefined;
}

/** Every kind that may have children: those that the rule writes, and those that it ever wrote and that are served. */
async function childKinds(rule: Rule, inventory: Inventory, cluster: ClusterReader): Promise<readonly KindReference[]> {
  const former = await Promise.all(
    formerKinds(rule, inventory).map(async (kind) => ((await cluster.availability(kind)) === 'ready' ? [kind] : [])),
  );
  return [...rule.writes.resources, ...former.flat()];
}

function formerKinds(rule: Rule, { kinds }: Inventory): readonly KindReference[] {
  return kinds.filter((kind) => writeOf(rule, kind) === undefined);
}

function refuseHugeFacts(facts: Facts, { rule }: CatalogEntry): void {
  const size = Buffer.byteLength(JSON.stringify(facts));
  if (size <= rule.limits.facts) return;
  throw new EdictError({
    code: 'FactsTooLarge',
    message: `the facts take ${size} bytes, and the rule allows ${rule.limits.facts}`,
    location: { file: rule.file, object: formatKey(keyOf(facts.object)) },
    fragment: Object.entries({ ...facts, object: asJson(facts.object) })
      .map(([name, value]) => `${name}: ${Buffer.byteLength(JSON.stringify(value))}`)
      .join(', '),
    remedy: 'Read less (reads.resources[].fields), or raise limits.facts in the rule.',
  });
}
