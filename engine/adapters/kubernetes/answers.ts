import type { JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';

/** Whether the answer to a deletion says that nothing is left: a Status, or the object that was not even marked. */
export function isGone(answer: JsonObject): boolean {
  if (answer.kind === 'Status') return true;
  const object = answer as unknown as KubernetesObject;
  return object.metadata.deletionTimestamp === undefined || isReleased(object);
}

/** Whether nothing keeps an object that is being deleted: neither a finalizer nor a grace period. */
export function isReleased({ metadata }: KubernetesObject): boolean {
  const { deletionTimestamp, finalizers = [] } = metadata;
  const { deletionGracePeriodSeconds = 0 } = metadata as { readonly deletionGracePeriodSeconds?: number };
  return deletionTimestamp !== undefined && finalizers.length === 0 && deletionGracePeriodSeconds === 0;
}
