import type { CatalogEntry } from '#catalog/catalog.js';
import type { ChangeSet } from '#model/change-set.js';
import { NOTHING_DESIRED } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Inventory } from '#model/inventory.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import type { Outcome } from '#model/outcome.js';
import { isPaused } from '#model/ownership.js';
import { childFacts, listChildren } from '#observe/children.js';
import { noFacts } from '#observe/observe.js';
import { listPatched } from '#observe/patched.js';
import type { Published } from '#publish/publish.js';
import type { Engine, Pass, Stage } from './engine.js';
import { releaseFinalizer } from './finalizer.js';
import { outcomeOfError, PAUSED, SETTLED } from './outcome.js';
import { planDeletion, publish, readCurrent } from './stages.js';

/**
 * Removes everything of an object that leaves, and lets it go when all is gone. Never renders: deletion works though the
 * template, the policies or the facts have faults.
 */
export async function reconcileDeletion(
  begun: Pass,
  inventory: Inventory,
  engine: Engine,
  until: Stage,
): Promise<Pass> {
  const { object } = begun;
  const entry = isOrphaning(object) ? leavingAll(begun.entry) : begun.entry;
  const pass: Pass = { ...begun, deleting: true };
  try {
    if (until === 'facts' || until === 'render') return pass;
    const { installation } = engine.catalog;
    const children = await listChildren(object, inventory.kinds, engine.cluster);
    const facts = { ...noFacts(object, entry.rule), children: readableChildren(children, entry) };
    const patched = await listPatched(object, entry.rule, inventory, engine.cluster);
    const { instance } = installation;
    const targets = { desired: NOTHING_DESIRED, children, patched, inventory, owner: keyOf(object), instance };
    const current = await readCurrent(targets, engine);
    const changes = planDeletion({ owner: object, entry, installation, current }, engine);
    const planned: Pass = { ...pass, facts, changes };
    if (until === 'plan') return planned;
    if (isPaused(object)) return { ...planned, outcome: PAUSED };

    const publication = {
      entry,
      installation,
      facts,
      desired: NOTHING_DESIRED,
      changes,
      inventory,
      preflight: false,
      ...current,
    };
    const published = await publish(publication, engine);
    const left = await listChildren(object, inventory.kinds, engine.cluster);
    const outcome = whyStill(changes, published, left) ?? SETTLED;
    if (outcome.state === 'settled') await releaseFinalizer(object, entry, engine.writer);
    return { ...planned, published, outcome };
  } catch (error) {
    return { ...pass, ...outcomeOfError(error) };
  }
}

/** Whether whoever deleted the object wants what exists for it to stay (`kubectl delete --cascade=orphan`). */
function isOrphaning({ metadata: { deletionTimestamp, finalizers = [] } }: KubernetesObject): boolean {
  return deletionTimestamp !== undefined && finalizers.includes('orphan');
}

function leavingAll(entry: CatalogEntry): CatalogEntry {
  const { finalizers } = entry.rule.deletion;
  return { ...entry, rule: { ...entry.rule, deletion: { resources: 'Orphan', files: 'Orphan', finalizers } } };
}

/** Why an object is not let go yet: something that goes with it is protected, or still there. */
function whyStill(
  { changes }: ChangeSet,
  { waiting }: Published,
  left: readonly KubernetesObject[],
): Outcome | undefined {
  const held = changes.find(({ action }) => action === 'hold');
  if (held !== undefined) {
    return { state: 'stalled', reason: 'DeletionHeld', message: held.reason ?? 'A deletion is held.' };
  }
  if (waiting !== undefined) return { state: 'waiting', ...waiting, after: undefined };
  const leaving = new Set(
    changes.flatMap((change) => (change.sink === 'cluster' && change.action === 'delete' ? [change.uid] : [])),
  );
  const child = left.find(({ metadata }) => metadata.deletionTimestamp !== undefined || leaving.has(metadata.uid));
  if (child === undefined) return undefined;
  return {
    state: 'waiting',
    reason: 'Deleting',
    message: `${formatKey(keyOf(child))} is still there`,
    after: undefined,
  };
}

/** Facts are only for the status here: a readiness expression that fails must not keep anything from being deleted. */
function readableChildren(children: readonly KubernetesObject[], entry: CatalogEntry): Facts['children'] {
  try {
    return childFacts(children, entry);
  } catch {
    return {};
  }
}
