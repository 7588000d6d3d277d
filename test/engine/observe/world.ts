import type { CatalogEntry } from '#catalog/catalog.js';
import { normaliseInstallation } from '#catalog/installation.js';
import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import type { Chart, ChartReference } from '#model/chart.js';
import type { Facts } from '#model/facts.js';
import type { Inventory } from '#model/inventory.js';
import type { Json } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import type { Availability } from '#observe/cluster-reader.js';
import { type Observation, observe } from '#observe/observe.js';
import { MemoryCluster } from './memory-cluster.js';

/** The custom resource that is observed. */
export const OWNER: KubernetesObject = {
  apiVersion: 'example.org/v1',
  kind: 'Gadget',
  metadata: { name: 'g', namespace: 'x', uid: 'u', resourceVersion: '7', finalizers: ['a/b'], managedFields: [{}] },
  spec: { ref: 'a', app: 'web', size: 2, empty: '', bad: '../../secret', list: ['a'], secret: 'hunter2' },
  status: { phase: 'Old' },
};
const CHART: Chart = { metadata: { name: 'c' }, values: {}, profiles: {}, digest: 'sha256:0' };
/** The inventory of a rule that never wrote anything. */
export const NOTHING: Inventory = { kinds: [], patches: [], repositories: [] };

/** What there is to observe. */
export interface World {
  readonly objects?: readonly KubernetesObject[];
  readonly availability?: { readonly [kind: string]: Availability };
  readonly owner?: KubernetesObject;
  readonly inventory?: Inventory;
  readonly charts?: Json;
  readonly asked?: (ChartReference | TemplateCall)[];
}

/** Observes the owner by the rule of `entry`. */
export async function observed(entry: CatalogEntry, world: World = {}): Promise<Observation> {
  const { objects = [], availability = {}, owner = OWNER, inventory = NOTHING, charts = [], asked = [] } = world;
  const templates: TemplateEngine = {
    call: (call) => {
      asked.push(call);
      return Promise.resolve(charts);
    },
  };
  const remotes = [
    { name: 'charts', kind: 'oci', url: 'oci://charts.example.org/all' },
    { name: 'other', kind: 'oci', url: 'oci://other.example.org' },
  ];
  return observe(owner, entry, inventory, {
    templates,
    installation: normaliseInstallation({ remotes }),
    charts: {
      read: (reference) => {
        asked.push(reference);
        return Promise.resolve(CHART);
      },
    },
    cluster: new MemoryCluster(objects, availability),
    clock: { now: () => Date.UTC(2026, 0, 2, 3, 4, 59, 900) },
  });
}

/** The facts of the owner; fails where there are none. */
export async function factsOf(entry: CatalogEntry, world: World = {}): Promise<Facts> {
  const observation = await observed(entry, world);
  if (observation.state === 'observed') return observation.facts;
  throw new Error(observation.message);
}
