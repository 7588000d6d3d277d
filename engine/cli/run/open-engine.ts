import { systemClock } from '#adapters/clock/system-clock.js';
import { OpaPolicyEngine } from '#adapters/opa/policy-engine.js';
import type { Engine } from '#reconcile/engine.js';
import type { Invocation } from '../invocation.js';
import { publishLocally } from '../local-publishing.js';
import type { CompiledRules } from '../workspace.js';

/** Milliseconds for which changes of many objects are gathered into one commit. */
const COMMIT_WINDOW = 1_000;

/** An engine, and what ends all that it has open. */
export interface OpenedEngine {
  readonly engine: Engine;
  readonly close: () => Promise<void>;
}

/** An engine on a cluster. Git and charts are still local. */
export function openEngine(
  { environment, options }: Invocation,
  { catalog, templates }: CompiledRules,
  cluster: Pick<Engine, 'cluster' | 'writer'>,
): OpenedEngine {
  const publishing = publishLocally(environment, options, catalog, COMMIT_WINDOW);
  const policies = new OpaPolicyEngine({ policies: catalog.policies });
  const engine: Engine = { catalog, templates, policies, ...cluster, ...publishing, clock: systemClock };
  return { engine, close: async () => publishing.repositories.close() };
}
