import type { ErrorCode } from '#errors/codes.js';
import { isJsonObject, type Json } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';

/** What a cluster answers to one object of a set, and would to a dry run. */
const REFUSALS: readonly ErrorCode[] = ['AdmissionDenied', 'ClusterForbidden', 'FieldTaken', 'ObjectInvalid'];

/**
 * Whether the last pass over an object was refused a write, as its condition Published tells: the next one tries all
 * before it makes any, so that a set is not half applied twice.
 */
export function wasRefused(object: KubernetesObject): boolean {
  const { status } = asJson(object);
  const { conditions } = isJsonObject(status) ? status : {};
  const list: readonly Json[] = Array.isArray(conditions) ? conditions : [];
  return list.some(
    (each) =>
      isJsonObject(each) &&
      each.type === 'Published' &&
      each.status === 'False' &&
      REFUSALS.some((code) => code === each.reason),
  );
}
