import type { CatalogEntry } from '#catalog/catalog.js';
import { EdictError } from '#errors/edict-error.js';
import { asJson, formatKey, type KubernetesObject, keyOf } from '#model/object.js';

const MAXIMUM_SIZE = 3 * 1024 * 1024;

/** The object as its schema makes it: unknown fields pruned, defaults in place. Throws ObjectInvalid and ObjectTooLarge. */
export function admit(object: KubernetesObject, { schema, rule }: CatalogEntry): KubernetesObject {
  refuseHuge(object);
  if (schema === undefined) return object;
  const { object: admitted, faults } = schema.admit(object, { sensitive: rule.sensitive });
  if (faults.length > 0) throw new EdictError(faults);
  return admitted;
}

/** Whether the object is to be treated as deleted: it is being deleted, or no longer one that the rule is for. */
export function leaves(object: KubernetesObject, { where }: CatalogEntry): boolean {
  return (
    object.metadata.deletionTimestamp !== undefined ||
    (where !== undefined && where.evaluate({ self: asJson(object) }) !== true)
  );
}

function refuseHuge(object: KubernetesObject): void {
  const size = Buffer.byteLength(JSON.stringify(object));
  if (size <= MAXIMUM_SIZE) return;
  throw new EdictError({
    code: 'ObjectTooLarge',
    message: `the object takes ${size} bytes, and Edict accepts ${MAXIMUM_SIZE}`,
    location: { object: formatKey(keyOf(object)) },
    remedy: 'Keep large data in a ConfigMap or an artifact and refer to it.',
  });
}
