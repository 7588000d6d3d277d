import type { KubernetesObject, ObjectKey } from '#model/object.js';
import { patchersOf } from '#model/ownership.js';
import type { ObjectQuery } from '#observe/cluster-reader.js';
import { ApiError } from './api-error.js';
import { type ApiResource, type Discovery, pathOf, resourceName } from './discovery.js';
import { faultOf, notServed } from './fault-of.js';
import { listPages } from './list-pages.js';
import { comparePlaces } from './object-cache.js';
import type { RestClient } from './rest-client.js';

/** Objects as the server has them now. Errors: ClusterForbidden, ClusterUnavailable, KindNotServed. */
export class LiveObjects {
  readonly #client: RestClient;
  readonly #discovery: Discovery;
  readonly #namespace: string | undefined;

  /** `namespace` is where is looked for who asks for no other. */
  constructor(client: RestClient, discovery: Discovery, namespace: string | undefined) {
    this.#client = client;
    this.#discovery = discovery;
    this.#namespace = namespace;
  }

  /** The object with the fields of every manager, or null. */
  async get(key: ObjectKey): Promise<KubernetesObject | null> {
    const resource = await this.#find(key, 'get');
    try {
      const { body } = await this.#client.request({
        method: 'GET',
        path: pathOf(resource, { namespace: key.namespace, name: key.name }),
        verb: 'get',
        resource: resourceName(resource),
      });
      return body as unknown as KubernetesObject;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw faultOf(error, { key, verb: 'get', resource: resource.plural });
    }
  }

  /** Sorted by namespace, then name. Every manager's fields are there. */
  async list({ apiVersion, kind, namespace, labels, patchedBy }: ObjectQuery): Promise<readonly KubernetesObject[]> {
    const key = { apiVersion, kind, name: '', ...(namespace === undefined ? {} : { namespace }) };
    const resource = await this.#find(key, 'list');
    try {
      const { objects } = await listPages(this.#client, {
        apiVersion,
        kind,
        path: pathOf(resource, { namespace: namespace ?? this.#namespace }),
        resource: resourceName(resource),
        ...(labels === undefined ? {} : { labels }),
      });
      const isMeant = (object: KubernetesObject) => patchedBy === undefined || patchersOf(object).includes(patchedBy);
      return objects.filter(isMeant).sort(comparePlaces);
    } catch (error) {
      throw faultOf(error, { key, verb: 'list', resource: resource.plural });
    }
  }

  async #find(key: ObjectKey, verb: string): Promise<ApiResource> {
    let resource: ApiResource | undefined;
    try {
      resource = await this.#discovery.find(key);
    } catch (error) {
      throw faultOf(error, { key, verb, resource: key.kind });
    }
    if (resource === undefined) throw notServed(key);
    return resource;
  }
}
