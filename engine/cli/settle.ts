import { entryFor } from '#catalog/catalog.js';
import { attempt } from '#controller/attempt.js';
import { notePatches } from '#controller/note-patches.js';
import { compareText } from '#model/json.js';
import { identityOf, type KubernetesObject, keyOf, type ObjectKey } from '#model/object.js';
import { PatchTargets } from '#observe/patch-targets.js';
import { Waker } from '#observe/waker.js';
import { forEachAtOnce } from '#publish/at-once.js';
import type { Pass, Stage } from '#reconcile/engine.js';
import { reconcile } from '#reconcile/reconcile.js';
import { Slots } from './slots.js';
import { storedObjects } from './stored-objects.js';
import type { Workspace } from './workspace.js';

/** Passes that one object may need until it settles: more means that two rules undo each other's work. */
const MAXIMUM_ROUNDS = 10;
/** Objects in work at once: they share commits, and most of them wait. */
const IN_FLIGHT = 256;

/** Told after each pass. */
export type PassListener = (pass: Pass, done: number, total: number) => void;

/**
 * Makes passes over `owners`, and over whatever objects their changes wake, until nothing is woken any more. Gives the
 * last pass over each object, in the order of their names. No more passes of one rule work at once than it allows.
 */
export async function settle(
  owners: readonly KubernetesObject[],
  workspace: Workspace,
  listener: PassListener,
): Promise<readonly Pass[]> {
  const { cluster, catalog, engine } = workspace;
  const targets = new PatchTargets();
  const waker = new Waker(catalog.entries, targets);
  for (const object of storedObjects(workspace).objects) waker.put(object);
  const slots = new Map(catalog.entries.map((entry) => [entry, new Slots(entry.rule.concurrency)]));
  const passes = new Map<string, Pass>();
  let pending: ReadonlyMap<string, ObjectKey> = new Map(
    owners.map((owner) => [identityOf(keyOf(owner)), keyOf(owner)]),
  );
  for (let round = 0; round < MAXIMUM_ROUNDS && pending.size > 0; round++) {
    const due = [...pending.values()];
    const again = new Map<string, ObjectKey>();
    const stop = cluster.watch(({ object, oldObject, type }) => {
      const event = type === 'Deleted' ? { before: object, after: undefined } : { before: oldObject, after: object };
      for (const { key } of waker.note(event)) again.set(identityOf(key), key);
    });
    await forEachAtOnce(due, IN_FLIGHT, async (key) => {
      const entry = entryFor(catalog, key);
      if (entry === undefined) return;
      await slots.get(entry)?.run(async (pause) => {
        const object = await cluster.get(key);
        if (object === null) return;
        const pass = await attempt(object, entry, engine, pause);
        passes.set(identityOf(key), pass);
        notePatches(targets, pass);
        if (lostRace(pass)) again.set(identityOf(key), key);
        listener(pass, passes.size, due.length);
      });
    });
    stop();
    pending = again;
  }
  return sorted(new Map([...passes, ...[...pending.keys()].flatMap((name) => unsettled(name, passes))]));
}

/** Whether somebody else wrote between plan and write: planning anew is all that it takes. */
function lostRace({ outcome }: Pass): boolean {
  return outcome.state === 'failed' && ['RepositoryConflict', 'ObjectConflict'].includes(outcome.fault.code);
}

/** The pass over an object that is still woken after the last round. What failed says more than that. */
function unsettled(name: string, passes: ReadonlyMap<string, Pass>): readonly (readonly [string, Pass])[] {
  const pass = passes.get(name);
  if (pass === undefined || pass.outcome.state === 'failed') return [];
  const message = `After ${MAXIMUM_ROUNDS} passes something still changes what this object depends on: rules undo each other's work.`;
  return [[name, { ...pass, outcome: { state: 'stalled', reason: 'Unsettled', message } }]];
}

/** Makes one pass over each object up to `until`, writing nothing. */
export async function look(
  owners: readonly KubernetesObject[],
  workspace: Pick<Workspace, 'catalog' | 'engine'>,
  until: Stage,
  listener: PassListener,
): Promise<readonly Pass[]> {
  const passes = new Map<string, Pass>();
  await forEachAtOnce(owners, IN_FLIGHT, async (owner) => {
    const entry = entryFor(workspace.catalog, owner);
    if (entry === undefined) return;
    const pass = await reconcile(owner, entry, workspace.engine, until);
    passes.set(identityOf(keyOf(owner)), pass);
    listener(pass, passes.size, owners.length);
  });
  return sorted(passes);
}

function sorted(passes: ReadonlyMap<string, Pass>): readonly Pass[] {
  return [...passes].sort(([left], [right]) => compareText(left, right)).map(([, pass]) => pass);
}
