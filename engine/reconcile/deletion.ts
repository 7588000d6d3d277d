import type { Inventory } from '#model/inventory.js';
import { formatKey, keyOf } from '#model/object.js';
import { listChildren } from '#observe/children.js';
import { visibleObject } from '#observe/visible.js';
import { readCurrent } from '#plan/current.js';
import { planDeletion } from '#plan/plan.js';
import { publish } from '#publish/publish.js';
import type { Engine, Pass, Stage } from './engine.js';
import { releaseFinalizer } from './finalizer.js';
import { outcomeOfError } from './outcome.js';

const NOTHING = { resources: [], files: [] } as const;

/**
 * Removes everything of an object that leaves, and lets it go when all is gone. Never renders: deletion works though the
 * template, the policies or the facts have faults.
 */
export async function reconcileDeletion(begun: Pass, inventory: Inventory, engine: Engine, until: Stage): Promise<Pass> {
  const { entry, object } = begun;
  const pass: Pass = { ...begun, deleting: true };
  try {
    if (until === 'facts' || until === 'render') return pass;
    const { installation } = engine.catalog;
    const kinds = inventory.kinds;
    const children = await listChildren(object, kinds, engine.cluster);
    const current = await readCurrent({ desired: NOTHING, children, inventory, owner: keyOf(object), instance: installation.instance }, engine);
    const changes = planDeletion({ owner: object, entry, installation, current });
    if (until === 'plan') return { ...pass, changes };

    const facts = { object: visibleObject(object), related: {}, children: {}, charts: {}, parameters: {}, cluster: { version: '', capabilities: [] } };
    const publication = { entry, installation, facts, desired: NOTHING, changes, inventory, texts: current.texts };
    const published = await publish(publication, { ...engine, reader: engine.cluster, repositories: engine.queue });
    const held = changes.changes.find(({ action }) => action === 'hold');
    if (held !== undefined) return { ...pass, changes, published, outcome: { state: 'stalled', reason: 'DeletionHeld', message: held.reason ?? 'A deletion is held.' } };

    const left = (await listChildren(object, kinds, engine.cluster)).filter((child) => changes.changes.some(isDeletionOf(child.metadata.uid)));
    const [first] = left;
    if (first !== undefined) {
      const message = `${formatKey(keyOf(first))} is still there`;
      return { ...pass, changes, published, outcome: { state: 'waiting', reason: 'Deleting', message, after: undefined } };
    }
    await releaseFinalizer(object, entry, engine.writer);
    return { ...pass, changes, published };
  } catch (error) {
    return { ...pass, ...outcomeOfError(error) };
  }
}

function isDeletionOf(uid: string | undefined): (change: NonNullable<Pass['changes']>['changes'][number]) => boolean {
  return (change) => change.sink === 'cluster' && change.action === 'delete' && change.uid === uid;
}
