import { join } from 'node:path';
import { env, stderr, stdout } from 'node:process';
import { JsonnetTemplates } from '#adapters/jsonnet/jsonnet-templates.js';
import { OpaPolicyEngine } from '#adapters/opa/policy-engine.js';
import { type CatalogEntry, entryFor } from '#catalog/catalog.js';
import { Console } from '#cli/console.js';
import { openTools, type Tools } from '#cli/tools.js';
import { openWorkspace, type Workspace } from '#cli/workspace.js';
import type { KubernetesObject } from '#model/object.js';
import type { Engine } from '#reconcile/engine.js';
import type { Setting } from './finding.js';

/** An engine on an empty local folder that evaluates everything anew: nothing is answered from an earlier evaluation. */
export interface OpenedEngine {
  readonly engine: Engine;
  readonly cluster: Workspace['cluster'];
  readonly tools: Tools;
  readonly entryOf: (object: KubernetesObject) => CatalogEntry;
  readonly close: () => Promise<void>;
}

/** Opens the rule set of `setting` as the CLI does. */
export async function openEngine({ root, scratch }: Setting): Promise<OpenedEngine> {
  const environment = { variables: env, directory: root, stdout, stderr, version: '0.1.0' };
  const state = join(scratch, 'state');
  const options = { root, state, output: 'text', color: false, quiet: true } as const;
  const console = new Console(environment, options);
  const workspace = await openWorkspace(environment, options, console, 'write');
  const { catalog } = workspace;
  const tools = openTools(environment.variables, (message) => console.landmark(message));
  const templates = new JsonnetTemplates(catalog.templates);
  const policies = new OpaPolicyEngine({ policies: catalog.policies });
  return {
    engine: { ...workspace.engine, templates, policies },
    cluster: workspace.cluster,
    tools,
    entryOf: (object) => {
      const entry = entryFor(catalog, object);
      if (entry !== undefined) return entry;
      throw new Error(
        `the rule set has faults for ${object.kind}: ${catalog.faults.map(({ message }) => message).join('; ')}`,
      );
    },
    close: async () => {
      await Promise.all([tools.close(), workspace.close()]);
    },
  };
}
