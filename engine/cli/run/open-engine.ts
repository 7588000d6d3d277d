import { systemClock } from '#adapters/clock/system-clock.js';
import type { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { OpaPolicyEngine } from '#adapters/opa/policy-engine.js';
import type { Engine } from '#reconcile/engine.js';
import type { Invocation } from '../invocation.js';
import { publishLocally } from '../local-publishing.js';
import type { LoadedCatalog } from '../workspace.js';
import { rememberRecords } from './record-memory.js';

/** Milliseconds for which changes of many objects are gathered into one commit. */
const COMMIT_WINDOW = 1_000;

/** An engine on a cluster. Git and charts are still local. */
export function openEngine(
  { environment, options }: Invocation,
  { catalog, templates }: LoadedCatalog,
  cluster: KubernetesCluster,
): { readonly engine: Engine; readonly close: () => Promise<void> } {
  const publishing = publishLocally(environment, options, catalog, COMMIT_WINDOW);
  const { reader, writer } = rememberRecords(cluster);
  const engine: Engine = {
    catalog,
    templates,
    policies: new OpaPolicyEngine({ policies: catalog.policies }),
    cluster: reader,
    writer,
    ...publishing,
    clock: systemClock,
  };
  return { engine, close: async () => publishing.repositories.close() };
}
