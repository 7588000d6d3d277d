import type { CatalogEntry } from '#catalog/catalog.js';
import type { KubernetesObject, ObjectKey } from '#model/object.js';
import { type Engine, NOTHING_DONE, type Pass } from '#reconcile/engine.js';
import { outcomeOfError } from '#reconcile/outcome.js';
import { reconcile } from '#reconcile/reconcile.js';
import { reportPass } from '#reconcile/report-pass.js';
import type { Turn } from './breaker.js';
import type { Pause } from './places.js';
import type { Task } from './work-queue.js';

/** One whole pass that gives its place up while it waits for its commit, which in turn waits for whoever is at work. */
export async function attempt(
  object: KubernetesObject,
  entry: CatalogEntry,
  engine: Engine,
  pause: Pause,
): Promise<Pass> {
  const expect = (): (() => void) => engine.queue.expect?.() ?? (() => undefined);
  let done = expect();
  let waiting = 0;
  const submit: Engine['queue']['submit'] = (submission) =>
    pause(async () => {
      if (waiting++ === 0) done();
      try {
        return await engine.queue.submit(submission);
      } finally {
        if (--waiting === 0) done = expect();
      }
    });
  try {
    return await reconcile(object, entry, { ...engine, queue: { submit } });
  } finally {
    done();
  }
}

/** A pass of which nothing is known but why it did not come about. */
export function brokenPass(key: ObjectKey, entry: CatalogEntry, error: unknown): Pass {
  const { apiVersion, kind, ...metadata } = key;
  return { ...NOTHING_DONE, object: { apiVersion, kind, metadata }, entry, ...outcomeOfError(error) };
}

/** What one pass is made from. */
export interface PassParts {
  readonly object: KubernetesObject;
  readonly entry: CatalogEntry;
  readonly engine: Engine;
  readonly task: Task;
}

/** The pass of a turn: of one that is stopped, only what is told of it. */
export function passOf(
  turn: Exclude<Turn, { state: 'held' }>,
  { object, entry, engine, task }: PassParts,
): Promise<Pass> {
  if (turn.state === 'pass') return attempt(object, entry, engine, task.pause);
  return reportPass({ ...NOTHING_DONE, object, entry, outcome: turn.outcome }, engine);
}
