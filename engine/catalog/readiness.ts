import type { Readiness } from '#model/facts.js';
import { isSameKind } from '#model/inventory.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { readinessOf } from '#model/readiness.js';
import type { CatalogEntry } from './catalog.js';

/** Readiness of a live child: by the `ready` expression of its rule where there is one, else as kstatus computes it. */
export function readinessUnder(entry: CatalogEntry, object: KubernetesObject): Readiness {
  const ready = entry.ready[entry.rule.writes.resources.findIndex((write) => isSameKind(write, object))];
  if (ready === undefined || object.metadata.deletionTimestamp !== undefined) return readinessOf(object);
  return ready.evaluate({ self: asJson(object) }) === true ? 'Ready' : 'InProgress';
}
