import type { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { scopedKinds } from '#catalog/scopes.js';
import { faultsOf } from '#errors/edict-error.js';
import type { Json } from '#model/json.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import { readInventory } from '#observe/inventory.js';
import type { ClusterWriter } from '#publish/cluster-writer.js';
import type { EvaluationCount, EvaluationStore } from '#reconcile/memoise.js';
import { openEvaluators } from '../evaluators.js';
import type { Invocation } from '../invocation.js';
import type { StoredObjects } from '../stored-objects.js';
import type { LoadedCatalog, View } from '../workspace.js';
import { type ClusterChoice, connect, homeOf, openCluster } from './connect.js';
import { openEngine } from './open-engine.js';
import { rememberRecords } from './record-memory.js';

/** A real cluster to look at, with everything that the rules are about read once. Throws ClusterUnavailable. */
export async function viewCluster(
  invocation: Invocation,
  { catalog, templates }: LoadedCatalog,
  choice: ClusterChoice,
): Promise<View> {
  const { variables, version } = invocation.environment;
  const nothing = (): void => undefined;
  const options = { ...choice, variables, version, watchNamespace: undefined, guard: nothing, onTrouble: nothing };
  const cluster = openCluster(await connect(options), options);
  try {
    await cluster.server();
    const { cluster: reader } = rememberRecords(cluster, homeOf(variables));
    await readAll(catalog, cluster, reader);
    const opened = openEngine(invocation, { catalog, templates }, { cluster: reader, writer: READ_ONLY });
    const count: EvaluationCount = { evaluated: 0, known: 0 };
    const store: EvaluationStore = new Memory();
    const engine = { ...opened.engine, ...openEvaluators(catalog, { templates, store, count }) };
    const stored = (): Promise<StoredObjects> => listStored(catalog, cluster);
    const close = async (): Promise<void> => {
      await opened.close();
      await cluster.close();
    };
    return { catalog, templates, engine, cluster, stored, count, close };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** Reads every kind that the rules are about, and that they ever wrote. */
async function readAll(catalog: View['catalog'], cluster: KubernetesCluster, reader: ClusterReader): Promise<void> {
  cluster.serve(scopedKinds(catalog));
  const written = await Promise.all(catalog.entries.map(({ rule }) => readInventory(rule, reader)));
  cluster.serve(written.flatMap(({ kinds }) => kinds));
  await cluster.synced();
}

/** Every custom resource. A kind that cannot be read keeps no other from being seen. */
async function listStored({ entries }: View['catalog'], cluster: KubernetesCluster): Promise<StoredObjects> {
  const lists = await Promise.allSettled(entries.map(({ rule }) => cluster.list(rule.for)));
  return {
    objects: lists.flatMap((each) => (each.status === 'fulfilled' ? each.value : [])),
    faults: lists.flatMap((each) => (each.status === 'rejected' ? faultsOf(each.reason) : [])),
  };
}

const refused = (): Promise<never> => Promise.reject(new Error('a verb that only looks wanted to write'));
const READ_ONLY: ClusterWriter = { apply: refused, delete: refused, updateStatus: refused, updateFinalizers: refused };

/** Remembers for as long as the verb runs. */
class Memory implements EvaluationStore {
  readonly #values = new Map<string, Json>();

  get(key: string): Json | undefined {
    return this.#values.get(key);
  }

  put(key: string, value: Json): void {
    this.#values.set(key, value);
  }
}
