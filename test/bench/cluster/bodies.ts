import type { KubernetesObject } from '#model/object.js';
import { reconcile } from '#reconcile/reconcile.js';
import type { OpenedEngine } from '../edict.js';

/** The children of a performer as the engine would send them. */
export async function bodiesOf(
  parent: KubernetesObject,
  { engine, entryOf }: OpenedEngine,
): Promise<readonly KubernetesObject[]> {
  const { changes, outcome } = await reconcile(parent, entryOf(parent), engine, 'plan');
  if (changes === undefined) throw new Error(`no plan: ${JSON.stringify(outcome)}`);
  return changes.changes.flatMap((change) =>
    change.sink === 'cluster' && change.object !== undefined ? [change.object] : [],
  );
}
