import { EdictError } from '#errors/edict-error.js';
import { asJson, isSameKind, type KubernetesObject } from '#model/object.js';
import { type Readiness, readinessOf } from '#model/readiness.js';
import type { CatalogEntry } from './catalog.js';
import type { Expression } from './schema/cel/expression.js';

/**
 * Readiness of a live child: by the `ready` expression of its rule where there is one, else as kstatus computes it. An
 * expression that fails, mostly because a controller has not written its fields yet, says that the child is not ready.
 */
export function readinessUnder(entry: CatalogEntry, object: KubernetesObject): Readiness {
  const ready = entry.ready[entry.rule.writes.resources.findIndex((write) => isSameKind(write, object))];
  if (ready === undefined || object.metadata.deletionTimestamp !== undefined) return readinessOf(object);
  return isReady(ready, object) ? 'Ready' : 'InProgress';
}

function isReady(ready: Expression, object: KubernetesObject): boolean {
  try {
    return ready.evaluate({ self: asJson(object) }) === true;
  } catch (error) {
    if (error instanceof EdictError && error.code === 'ExpressionFailed') return false;
    throw error;
  }
}
