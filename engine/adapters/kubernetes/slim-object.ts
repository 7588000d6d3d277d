import type { JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { OWNER_LABEL } from '#model/ownership.js';

/** Managers whose fields are planned by begin so. */
const OWN_MANAGER = 'edict';
/** Field sets that are remembered: children of one rule mostly have equal ones. */
const KNOWN_SETS = 4096;

/** Whether `outline` keeps of an object no more than who it is. */
export function isOutline({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.[OWNER_LABEL] === undefined;
}

/**
 * Objects as the cache keeps them: of managedFields, which are half of many an object, only what planning asks. Of
 * Edict's own managers that is the fields; of others, while the object is nobody's child, that they wrote it.
 */
export class ObjectSlimmer {
  readonly #sets = new Map<string, JsonObject>();

  slim(object: KubernetesObject): KubernetesObject {
    const { managedFields } = object.metadata;
    if (managedFields === undefined) return object;
    const isChild = !isOutline(object);
    const kept = managedFields.flatMap((entry) => this.#entry(entry, isChild));
    return { ...object, metadata: { ...object.metadata, managedFields: kept } };
  }

  /** Children as they would be kept, and of everything else who it is: on a large cluster most objects are nobody's children. */
  outline(object: KubernetesObject): KubernetesObject {
    if (!isOutline(object)) return this.slim(object);
    const { apiVersion, kind, metadata } = object;
    const { name, namespace, uid, resourceVersion, managedFields } = this.slim({ apiVersion, kind, metadata }).metadata;
    const given = { namespace, uid, resourceVersion, managedFields };
    const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    return { apiVersion, kind, metadata: { name, ...kept } };
  }

  #entry({ manager, operation, subresource, fieldsV1 }: JsonObject, isChild: boolean): readonly JsonObject[] {
    const isOwn = typeof manager === 'string' && manager.startsWith(OWN_MANAGER) && operation === 'Apply';
    if (!isOwn && isChild) return [];
    const writer = {
      manager: manager ?? '',
      operation: operation ?? '',
      ...(subresource === undefined ? {} : { subresource }),
    };
    return [isOwn && fieldsV1 !== undefined ? { ...writer, fieldsV1: this.#shared(fieldsV1 as JsonObject) } : writer];
  }

  #shared(fields: JsonObject): JsonObject {
    const text = JSON.stringify(fields);
    const known = this.#sets.get(text);
    if (known !== undefined) return known;
    if (this.#sets.size >= KNOWN_SETS) this.#sets.clear();
    this.#sets.set(text, fields);
    return fields;
  }
}
