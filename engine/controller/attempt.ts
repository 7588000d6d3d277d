import type { CatalogEntry } from '#catalog/catalog.js';
import type { KubernetesObject } from '#model/object.js';
import type { Engine, Pass } from '#reconcile/engine.js';
import { reconcile } from '#reconcile/reconcile.js';
import type { Pause } from './places.js';

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
