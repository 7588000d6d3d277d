import { env, stderr, stdout } from 'node:process';
import { systemClock } from '#adapters/clock/system-clock.js';
import { loadConnection } from '#adapters/kubernetes/kube-config.js';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import { OpaPolicyEngine } from '#adapters/opa/policy-engine.js';
import { Console } from '#cli/console.js';
import { publishLocally } from '#cli/local-publishing.js';
import { openCatalog } from '#cli/workspace.js';
import { formatKey, keyOf } from '#model/object.js';
import { kindsOf } from '#model/rule.js';
import { reconcile } from '#reconcile/reconcile.js';
import type { Site } from './site.js';

/** What a plan would change now, over all owners, by a process that has seen nothing of what happened: nothing, where all is well. */
export async function plannedChanges({ plane, root, state }: Site): Promise<readonly string[]> {
  const environment = { variables: env, directory: root, stdout, stderr, version: '0.1.0' };
  const options = { root, state, output: 'text', color: false, quiet: true } as const;
  const { catalog, templates, tools } = await openCatalog(environment, options, new Console(environment, options));
  const client = new RestClient(await loadConnection({ variables: {}, paths: [plane.kubeconfig()] }));
  const cluster = new KubernetesCluster({ client });
  const publishing = publishLocally(environment, options, catalog, 0);
  const policies = new OpaPolicyEngine({ policies: catalog.policies });
  const engine = { catalog, templates, policies, cluster, writer: cluster, ...publishing, clock: systemClock };
  try {
    cluster.serve(catalog.entries.flatMap(({ rule }) => kindsOf(rule)));
    await cluster.synced();
    const found: string[] = [];
    for (const entry of catalog.entries) {
      for (const object of await cluster.list(entry.rule.for)) {
        const { outcome, changes } = await reconcile(object, entry, engine, 'plan');
        const name = formatKey(keyOf(object));
        if (changes === undefined) found.push(`${name} cannot be planned: ${JSON.stringify(outcome)}`);
        for (const change of changes?.changes ?? [])
          if (change.action !== 'none')
            found.push(`${name}: ${change.action} ${change.sink === 'git' ? change.path : formatKey(change.key)}`);
      }
    }
    return found;
  } finally {
    await cluster.close();
    publishing.repositories.close();
    await tools.close();
  }
}
