import { type KubernetesObject, keyOf, type OwnerReference } from '#model/object.js';
import { ApiError } from './api-error.js';
import { type Discovery, pathOf, resourceName } from './discovery.js';
import { faultOf, notServed } from './fault-of.js';
import type { RestClient } from './rest-client.js';

/** Attempts while others change the object: which references go does not depend on the rest. */
const ATTEMPTS = 5;

/**
 * Removes these owner references from an object, so that the garbage collector leaves it alone. Does nothing where it is
 * gone, or another one of its name. Errors: those of a write.
 */
export async function disown(
  object: KubernetesObject,
  owners: readonly OwnerReference[],
  { client, discovery }: { readonly client: RestClient; readonly discovery: Discovery },
): Promise<void> {
  const key = keyOf(object);
  const resource = await discovery.find(key);
  if (resource === undefined) throw notServed(key);
  const request = { path: pathOf(resource, key), resource: resourceName(resource) };
  for (let attempt = 1; ; attempt++) {
    try {
      const { body } = await client.request({ ...request, method: 'GET', verb: 'get' });
      const { uid, resourceVersion, ownerReferences = [] } = (body as unknown as KubernetesObject).metadata;
      const kept = ownerReferences.filter((reference) => !owners.some((owner) => owner.uid === reference.uid));
      if (uid !== object.metadata.uid || kept.length === ownerReferences.length) return;
      const metadata = { uid, resourceVersion, ownerReferences: kept };
      await client.request({
        ...request,
        method: 'PATCH',
        verb: 'patch',
        query: { fieldManager: 'edict' },
        body: { metadata },
        contentType: 'application/merge-patch+json',
      });
      return;
    } catch (error) {
      const status = error instanceof ApiError ? error.status : undefined;
      if (status === 404) return;
      if (status !== 409 || attempt === ATTEMPTS)
        throw faultOf(error, { key, verb: 'patch', resource: resource.plural });
    }
  }
}
