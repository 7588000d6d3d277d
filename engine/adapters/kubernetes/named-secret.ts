import { isJsonObject } from '#model/json.js';
import type { ObjectKey } from '#model/object.js';
import { ApiError } from './api-error.js';
import { faultOf } from './fault-of.js';
import type { ApiRequest, RestClient } from './rest-client.js';

/** What a Secret holds, and in which version. */
export interface SecretContent {
  /** Texts by key. */
  readonly data: ReadonlyMap<string, string>;
  /** Undefined: the Secret is not there. */
  readonly version: string | undefined;
}

/** One Secret that several replicas read and write. Errors: ClusterForbidden, ClusterUnavailable, ObjectConflict. */
export class NamedSecret {
  readonly #client: RestClient;
  readonly #key: ObjectKey & { readonly namespace: string };

  constructor(client: RestClient, namespace: string, name: string) {
    this.#client = client;
    this.#key = { apiVersion: 'v1', kind: 'Secret', namespace, name };
  }

  /** What it holds now. */
  async read(): Promise<SecretContent> {
    try {
      const { body } = await this.#send({ verb: 'get', method: 'GET', path: this.#path });
      const { metadata, data } = body;
      const version = isJsonObject(metadata) ? metadata.resourceVersion : undefined;
      const texts = Object.entries(isJsonObject(data) ? data : {}).map(
        ([key, value]) => [key, Buffer.from(String(value), 'base64').toString('utf8')] as const,
      );
      return { data: new Map(texts), version: typeof version === 'string' ? version : '' };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { data: new Map(), version: undefined };
      throw this.#fault(error, 'get');
    }
  }

  /** Sets keys. Throws ObjectConflict where it is no longer as it was in this version: somebody else was faster. */
  async write(data: ReadonlyMap<string, string>, version: string | undefined): Promise<void> {
    const { namespace, name } = this.#key;
    const encoded = [...data].map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const);
    const body = { data: Object.fromEntries(encoded) };
    const isNew = version === undefined;
    try {
      if (isNew) {
        const metadata = { namespace, name };
        const created = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', ...body };
        await this.#send({ verb: 'create', method: 'POST', path: this.#folder, body: created });
      } else {
        const patch = { metadata: { resourceVersion: version }, ...body };
        const contentType = 'application/merge-patch+json';
        await this.#send({ verb: 'patch', method: 'PATCH', path: this.#path, contentType, body: patch });
      }
    } catch (error) {
      throw this.#fault(error, isNew ? 'create' : 'patch');
    }
  }

  #send(request: Omit<ApiRequest, 'resource'>) {
    return this.#client.request({ ...request, resource: 'secrets' });
  }

  #fault(error: unknown, verb: string): unknown {
    return faultOf(error, { key: this.#key, verb, resource: 'secrets' });
  }

  get #folder(): string {
    return `/api/v1/namespaces/${encodeURIComponent(this.#key.namespace)}/secrets`;
  }

  get #path(): string {
    return `${this.#folder}/${encodeURIComponent(this.#key.name)}`;
  }
}
