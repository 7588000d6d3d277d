import { compareText, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { groupOf, type KindReference } from '#model/object.js';
import { ApiError } from './api-error.js';
import type { RestClient } from './rest-client.js';

/** A kind as the API server serves it. */
export interface ApiResource extends KindReference {
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: ReadonlySet<string>;
  /** Whether the status is written apart. */
  readonly hasStatus: boolean;
}

/** What a server is and serves. */
export interface ServerDescription {
  /** As `v1.36.1`. */
  readonly version: string;
  /** `group/version` and `group/version/Kind`, sorted. */
  readonly capabilities: readonly string[];
}

/** Milliseconds that lie between two looks at what is served, however often something unknown is asked for. */
const SHORTEST_AGE = 3_000;
/** Milliseconds after which what is known is looked up again in passing: kinds come and go. */
const LONGEST_AGE = 300_000;
const AGGREGATED = ['v2', 'v2beta1'].map(
  (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
);

interface Served {
  readonly resources: ReadonlyMap<string, ApiResource>;
  readonly description: ServerDescription;
}

/** Knows which kinds are served, and where (KEP-3352, aggregated discovery; one request per group version without it). */
export class Discovery {
  readonly #client: RestClient;
  readonly #now: () => number;
  readonly #tags = new Map<string, { readonly tag: string; readonly body: JsonObject }>();
  #served: Served | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<Served> | undefined;

  constructor(client: RestClient, now: () => number = () => performance.now()) {
    this.#client = client;
    this.#now = now;
  }

  /** How a kind is served; undefined where it is not. Throws ApiError. */
  async find(kind: KindReference): Promise<ApiResource | undefined> {
    const known = this.#served?.resources.get(referenceOf(kind));
    if (known !== undefined || !this.#isOlderThan(SHORTEST_AGE)) return known;
    return (await this.#read()).resources.get(referenceOf(kind));
  }

  /** Other versions of its group in which a kind is served. Throws ApiError. */
  async otherVersions({ apiVersion, kind }: KindReference): Promise<readonly string[]> {
    const { resources } = this.#served ?? (await this.#read());
    return [...resources.values()]
      .filter((other) => other.kind === kind && groupOf(other.apiVersion) === groupOf(apiVersion))
      .map((other) => other.apiVersion)
      .filter((version) => version !== apiVersion);
  }

  /** Version and capabilities. Throws ApiError. */
  async server(): Promise<ServerDescription> {
    if (this.#served === undefined) return (await this.#read()).description;
    // An older description serves. A failure to read a newer one is met by the next who asks for a kind.
    if (this.#isOlderThan(LONGEST_AGE)) this.#read().catch(() => undefined);
    return this.#served.description;
  }

  /** Forgets that a kind is served: the server said that it is not. */
  forget(kind: KindReference): void {
    if (this.#served === undefined) return;
    const resources = new Map(this.#served.resources);
    resources.delete(referenceOf(kind));
    this.#served = { ...this.#served, resources };
  }

  #isOlderThan(age: number): boolean {
    return this.#now() - this.#readAt >= age;
  }

  /** One look at a time, whoever asks. */
  #read(): Promise<Served> {
    this.#reading ??= this.#readServed().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readServed(): Promise<Served> {
    const [version, ...roots] = await Promise.all([
      this.#get('/version'),
      this.#get('/api', AGGREGATED),
      this.#get('/apis', AGGREGATED),
    ]);
    const lists = await Promise.all(roots.map((root) => this.#resourcesOf(root)));
    const resources = new Map(lists.flat().map((resource) => [referenceOf(resource), resource]));
    const names = [...resources.values()].flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]);
    const capabilities = [...new Set(names)].sort(compareText);
    this.#served = { resources, description: { version: textOf(version.gitVersion), capabilities } };
    this.#readAt = this.#now();
    return this.#served;
  }

  async #resourcesOf(root: JsonObject): Promise<readonly ApiResource[]> {
    if (root.kind === 'APIGroupDiscoveryList') {
      // The server behind a stale group is down: what it served does not cease to exist.
      const stale = new Set(itemsOf(root.items).flatMap(staleVersions));
      const kept = [...(this.#served?.resources.values() ?? [])].filter(({ apiVersion }) => stale.has(apiVersion));
      return [...kept, ...itemsOf(root.items).flatMap(fromAggregated)];
    }
    const versions =
      root.kind === 'APIVersions'
        ? listOf(root.versions).map((version) => `/api/${textOf(version)}`)
        : itemsOf(root.groups).flatMap(({ versions: group }) =>
            itemsOf(group).map(({ groupVersion }) => `/apis/${textOf(groupVersion)}`),
          );
    const lists = await Promise.all(versions.map((path) => this.#versionAt(path)));
    return lists.flat();
  }

  async #versionAt(path: string): Promise<readonly ApiResource[]> {
    try {
      return fromList(await this.#get(path));
    } catch (error) {
      // The server behind one group may be down; the other groups are served all the same.
      if (error instanceof ApiError && (error.status >= 500 || error.status === 404)) return [];
      throw error;
    }
  }

  async #get(path: string, accept: readonly string[] = []): Promise<JsonObject> {
    const known = this.#tags.get(path);
    const { status, headers, body } = await this.#client.request({
      method: 'GET',
      path,
      accept: [...accept, 'application/json'].join(','),
      ...(known === undefined ? {} : { headers: { 'if-none-match': known.tag } }),
      verb: 'get',
      resource: 'discovery',
    });
    if (status === 304 && known !== undefined) return known.body;
    if (typeof headers.etag === 'string') this.#tags.set(path, { tag: headers.etag, body });
    return body;
  }
}

/** Path of the objects of a resource, or of one, or of a part of one. */
export function pathOf(
  { apiVersion, plural, namespaced }: ApiResource,
  place: { readonly namespace?: string | undefined; readonly name?: string; readonly subresource?: string } = {},
): string {
  const { namespace, name, subresource } = place;
  const root = groupOf(apiVersion) === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
  const inside = namespaced && namespace !== undefined ? ['namespaces', namespace] : [];
  const parts = [
    ...inside,
    plural,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return `${root}/${parts.map(encodeURIComponent).join('/')}`;
}

/** `plural.group`, as `kubectl get` takes it. */
export function resourceName({ apiVersion, plural }: ApiResource): string {
  const group = groupOf(apiVersion);
  return group === '' ? plural : `${plural}.${group}`;
}

function staleVersions(group: JsonObject): readonly string[] {
  const stale = itemsOf(group.versions).filter(({ freshness }) => freshness === 'Stale');
  return stale.map((version) => apiVersionOf(group, version));
}

function apiVersionOf({ metadata }: JsonObject, { version }: JsonObject): string {
  const group = isJsonObject(metadata) ? textOf(metadata.name) : '';
  return group === '' ? textOf(version) : `${group}/${textOf(version)}`;
}

function fromAggregated(group: JsonObject): readonly ApiResource[] {
  return itemsOf(group.versions).flatMap((version) => {
    const apiVersion = apiVersionOf(group, version);
    return itemsOf(version.resources).flatMap(({ resource, responseKind, scope, verbs, subresources }) => {
      if (!isJsonObject(responseKind) || typeof resource !== 'string') return [];
      return [
        {
          apiVersion,
          kind: textOf(responseKind.kind),
          plural: resource,
          namespaced: scope === 'Namespaced',
          verbs: new Set(listOf(verbs).map(textOf)),
          hasStatus: itemsOf(subresources).some((part) => part.subresource === 'status'),
        },
      ];
    });
  });
}

function fromList({ groupVersion, resources }: JsonObject): readonly ApiResource[] {
  const items = itemsOf(resources);
  const names = new Set(items.map(({ name }) => textOf(name)));
  return items.flatMap(({ name, kind, namespaced, verbs }) => {
    const plural = textOf(name);
    if (plural.includes('/')) return [];
    return [
      {
        apiVersion: textOf(groupVersion),
        kind: textOf(kind),
        plural,
        namespaced: namespaced === true,
        verbs: new Set(listOf(verbs).map(textOf)),
        hasStatus: names.has(`${plural}/status`),
      },
    ];
  });
}

const referenceOf = ({ apiVersion, kind }: KindReference): string => `${apiVersion}/${kind}`;
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const itemsOf = (value: Json | undefined): readonly JsonObject[] => listOf(value).filter(isJsonObject);
