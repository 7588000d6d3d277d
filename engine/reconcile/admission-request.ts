import type { CatalogEntry } from '#catalog/catalog.js';
import { equalJson, type JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject, withoutStatus } from '#model/object.js';
import { visibleObject } from '#observe/visible.js';
import type { Operation } from './judgement.js';

/** A request that the API server is about to grant, if Edict has nothing against it. */
export interface AdmissionRequest {
  readonly operation: Operation;
  /** The object as it is to be; of a deletion, as it is. */
  readonly object: KubernetesObject;
  /** The object as it is; undefined where it is to be created. */
  readonly oldObject: KubernetesObject | undefined;
  /** Who asks: username, uid, groups, extra. */
  readonly userInfo: JsonObject;
  /** Nothing will be stored: the change that the request would lead to is judged too. */
  readonly dryRun: boolean;
}

/**
 * The request as it concerns a rule; undefined where it does not: the rule is not for the object, the object is leaving
 * already, or nothing changes but what reports and bookkeeping say of it. An object that no longer matches the rule is
 * treated as deleted, so a request that makes it so is judged as a deletion.
 */
export function concerning(request: AdmissionRequest, { where }: CatalogEntry): AdmissionRequest | undefined {
  const { operation, object, oldObject, dryRun } = request;
  const isOurs = (each: KubernetesObject): boolean =>
    where === undefined || where.evaluate({ self: asJson(each) }) === true;
  if (isAboutLeaving(request)) return undefined;
  if (operation !== 'UPDATE' || oldObject === undefined) return isOurs(object) ? request : undefined;
  // Who tries a change wants to hear what is to be said of it, also where it is none.
  if (!dryRun && equalJson(asksFor(object), asksFor(oldObject))) return undefined;
  if (isOurs(object)) return request;
  return isOurs(oldObject) ? { ...request, operation: 'DELETE', object: oldObject } : undefined;
}

/** Whether the object is being deleted already: nothing must keep its finalizers from being removed. */
export function isAboutLeaving({ object, oldObject }: AdmissionRequest): boolean {
  return [object, oldObject].some((each) => each?.metadata.deletionTimestamp !== undefined);
}

/** All of an object that asks for something: neither status nor bookkeeping. */
function asksFor(object: KubernetesObject): JsonObject {
  const visible = visibleObject(object);
  const { generation: _generation, ...metadata } = visible.metadata;
  return withoutStatus({ ...visible, metadata });
}
