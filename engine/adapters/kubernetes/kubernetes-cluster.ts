import type { Account } from '#model/identity.js';
import { isInventoryKey, SYSTEM_NAMESPACE } from '#model/inventory.js';
import {
  groupOf,
  identityOf,
  type KindReference,
  type KubernetesObject,
  keyOf,
  type ObjectKey,
} from '#model/object.js';
import { patchersOf } from '#model/ownership.js';
import type { Availability, ClusterReader, ObjectQuery } from '#observe/cluster-reader.js';
import type {
  ApplyRequest,
  ClusterWriter,
  DeleteRequest,
  FinalizerRequest,
  StatusRequest,
} from '#publish/cluster-writer.js';
import { ApiError } from './api-error.js';
import { ASKED_SERVER, awaitServer } from './await-server.js';
import { type ApiResource, Discovery, pathOf, resourceName, type ServerDescription } from './discovery.js';
import { faultOf } from './fault-of.js';
import { FollowedKind } from './followed-kind.js';
import { covers, type FollowedScope, scopeName, widest } from './followed-scope.js';
import { KubernetesWriter, notServed } from './kubernetes-writer.js';
import { listPages } from './list-pages.js';
import { rightToRead } from './missing-right.js';
import { type ClusterEvent, comparePlaces } from './object-cache.js';
import { type Pause, pause } from './pause.js';
import type { StreamingSupport } from './reflector.js';
import type { RestClient } from './rest-client.js';
import { ObjectSlimmer } from './slim-object.js';

/** What a cluster is opened with. */
export interface KubernetesClusterOptions {
  readonly client: RestClient;
  /** Of namespaced kinds, only the objects of this namespace are followed. */
  readonly namespace?: string;
  /** Where Edict's own accounts are. */
  readonly home?: string;
  /** Called before every attempt at a write; throws where this process must not write any more, as LeadershipLost. */
  readonly guard?: () => void;
  /** Told what went wrong while a kind is followed, for logs. */
  readonly onTrouble?: (kind: KindReference, message: string) => void;
  readonly pause?: Pause;
}

/** Told of a kind that can be read, or can no longer be. */
export type AvailabilityListener = (kind: KindReference, availability: Availability) => void;

/**
 * A Kubernetes API server as the ports see it. Kinds that are followed are read from memory; asking whether a kind is
 * available follows it, everything else is read from the server. Errors besides those of the ports: ClusterForbidden,
 * ClusterUnavailable, KindNotServed.
 */
export class KubernetesCluster implements ClusterReader, ClusterWriter {
  readonly #options: KubernetesClusterOptions;
  readonly #client: RestClient;
  readonly #discovery: Discovery;
  readonly #kinds = new Map<string, FollowedKind>();
  readonly #scopes = new Map<string, readonly FollowedScope[]>();
  readonly #slimmer = new ObjectSlimmer();
  readonly #streaming: StreamingSupport = { isSupported: true };
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #availabilityListeners = new Set<AvailabilityListener>();
  readonly #writer: KubernetesWriter;

  constructor(options: KubernetesClusterOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#discovery = new Discovery(options.client);
    this.#writer = this.#writerAs(undefined);
  }

  /** Follows kinds from now on, and of those with scopes nothing else than these: as if the rest were not there. */
  serve(kinds: readonly (KindReference & { readonly scopes?: readonly FollowedScope[] })[]): void {
    for (const { apiVersion, kind, scopes } of kinds) {
      if (scopes !== undefined) this.#scopes.set(`${apiVersion}/${kind}`, widest(scopes, this.#options.namespace));
      this.follow({ apiVersion, kind });
    }
  }

  /**
   * Follows a kind from now on: its objects are kept in memory, and their changes are told. Of one namespace where it is
   * given, besides what is followed anyway: Edict's own records are read at every pass.
   */
  follow({ apiVersion, kind }: KindReference, namespace?: string): void {
    const scopes = namespace === undefined ? this.#scopesOf({ apiVersion, kind }) : [{ namespace }];
    for (const scope of scopes) this.#follow({ apiVersion, kind }, scope);
  }

  #follow(reference: KindReference, scope: FollowedScope): void {
    const name = scopeName(reference, scope);
    if (this.#kinds.has(name)) return;
    const { onTrouble = () => undefined } = this.#options;
    const followed = new FollowedKind(reference, {
      client: this.#client,
      discovery: this.#discovery,
      streaming: this.#streaming,
      pause: this.#options.pause ?? pause,
      onTrouble,
      scope,
      slimmer: this.#slimmer,
      tell: (event) => {
        this.#tellAll(this.#listeners, reference, (listener) => listener(event));
        if (event.type === 'Deleted' && !event.own) this.#lookAfterOwners(event.object);
      },
      tellAvailability: (availability) =>
        this.#tellAll(this.#availabilityListeners, reference, (listener) => listener(reference, availability)),
    });
    this.#kinds.set(name, followed);
    followed.start();
  }

  /** Stops following a kind, and forgets its objects without telling that they are gone. */
  async unfollow(kind: KindReference): Promise<void> {
    const names = this.#scopesOf(kind).map((scope) => scopeName(kind, scope));
    const followed = names.map((name) => this.#kinds.get(name));
    for (const name of names) this.#kinds.delete(name);
    await Promise.all(followed.map((each) => each?.close()));
  }

  /** Waits until every followed kind was read once, or cannot be read. Throws the reason of `signal` where that comes first. */
  async synced(signal?: AbortSignal): Promise<void> {
    const all = Promise.all([...this.#kinds.values()].map((kind) => kind.synced));
    await (signal === undefined ? all : Promise.race([all, abortOf(signal)]));
  }

  /** Waits until the server says what it is: see `awaitServer`. */
  reached(signal: AbortSignal, onTrouble: (why: string) => void): Promise<ServerDescription> {
    return awaitServer(() => this.#discovery.server(), { signal, onTrouble, pause: this.#options.pause ?? pause });
  }

  /** Calls `listener` for every change from now on; the function it gives ends that. */
  watch(listener: (event: ClusterEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` whenever a followed kind becomes readable or unreadable; the function it gives ends that. */
  watchAvailability(listener: AvailabilityListener): () => void {
    this.#availabilityListeners.add(listener);
    return () => this.#availabilityListeners.delete(listener);
  }

  /** Ends all watches and connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#kinds.values()].map((kind) => kind.close()));
    this.#client.close();
  }

  async availability(kind: KindReference): Promise<Availability> {
    this.follow(kind);
    const found = this.#partsOf(kind, undefined).map((part) => part.availability);
    return (['absent', 'forbidden', 'syncing'] as const).find((state) => found.includes(state)) ?? 'ready';
  }

  async remedyFor(kind: KindReference): Promise<string | undefined> {
    const availability = await this.availability(kind);
    if (availability === 'absent') {
      const [other] = await this.#discovery.otherVersions(kind).catch(() => []);
      return other === undefined ? 'Install its CRD.' : `It is served as ${other}: name that version in the rule.`;
    }
    const resource = availability === 'forbidden' ? await this.#discovery.find(kind).catch(() => undefined) : undefined;
    if (resource === undefined) return undefined;
    const unread = this.#partsOf(kind, undefined).find((part) => part.availability === 'forbidden');
    const { namespace, name } = unread?.scope ?? {};
    const target = { group: groupOf(resource.apiVersion), resource: resource.plural };
    return rightToRead(target, { namespace: resource.namespaced ? namespace : undefined, name });
  }

  async get(key: ObjectKey, extent?: 'whole'): Promise<KubernetesObject | null> {
    if (extent === 'whole') return this.#getWhole(key);
    // A record that only seems to be missing would be written anew without what it holds: the server itself is asked.
    if (isInventoryKey(key, key.namespace)) return this.#getLive(key);
    const { namespace, name } = key;
    const followed = this.#followed(key, namespace, name);
    return followed?.availability === 'ready' ? (followed.cache.get(namespace, name) ?? null) : this.#getLive(key);
  }

  async list(query: ObjectQuery): Promise<readonly KubernetesObject[]> {
    const parts = this.#partsOf(query, query.namespace);
    const [first, ...more] = parts.length > 0 ? parts : [this.#followed(query, query.namespace)];
    if (first === undefined || [first, ...more].some((part) => part?.availability !== 'ready'))
      return this.#listLive(query);
    if (more.length === 0) return first.cache.list(query);
    const found = [first, ...more].flatMap((part) => part?.cache.list(query) ?? []);
    return [...new Map(found.map((object) => [identityOf(keyOf(object)), object])).values()].sort(comparePlaces);
  }

  async server(): Promise<{ readonly version: string; readonly capabilities: readonly string[] }> {
    try {
      return await this.#discovery.server();
    } catch (error) {
      throw faultOf(error, ASKED_SERVER);
    }
  }

  /** Writes as a ServiceAccount (Kubernetes: user impersonation); undefined: as itself. */
  #writerAs(account: Account | undefined): KubernetesWriter {
    const ports = {
      client: this.#client,
      discovery: this.#discovery,
      cacheOf: (key: ObjectKey) => this.#followed(key, key.namespace, key.name)?.cache,
      read: (key: ObjectKey) => this.get(key),
      readLive: (key: ObjectKey) => this.#learn(key),
      guard: this.#options.guard,
    };
    const { namespace = this.#options.home ?? SYSTEM_NAMESPACE } = account ?? {};
    return new KubernetesWriter(ports, account && { ...account, namespace });
  }

  apply(request: ApplyRequest): Promise<KubernetesObject> {
    return this.#writerFor(request).apply(request);
  }

  delete(request: DeleteRequest): Promise<void> {
    return this.#writerFor(request).delete(request);
  }

  #writerFor({ as }: { readonly as?: Account | undefined }): KubernetesWriter {
    return as === undefined ? this.#writer : this.#writerAs(as);
  }

  updateStatus(request: StatusRequest): Promise<KubernetesObject> {
    return this.#writer.updateStatus(request);
  }

  updateFinalizers(request: FinalizerRequest): Promise<KubernetesObject> {
    return this.#writer.updateFinalizers(request);
  }

  #scopesOf({ apiVersion, kind }: KindReference): readonly FollowedScope[] {
    return this.#scopes.get(`${apiVersion}/${kind}`) ?? widest([], this.#options.namespace);
  }

  /** What is followed of a kind in a namespace, or in every namespace that this process sees. */
  #partsOf(kind: KindReference, namespace: string | undefined, name?: string): readonly FollowedKind[] {
    const scopes = this.#scopesOf(kind).filter((scope) => covers(scope, namespace, name));
    return scopes.flatMap((scope) => this.#kinds.get(scopeName(kind, scope)) ?? []);
  }

  /** Who has an object, or all that there is of a kind in a namespace, if anybody does. */
  #followed(kind: KindReference, namespace: string | undefined, name?: string): FollowedKind | undefined {
    const parts = this.#partsOf(kind, namespace, name);
    const part = parts.find(({ availability }) => availability === 'ready') ?? parts[0];
    if (part?.availability === 'ready' || namespace === undefined) return part;
    return this.#kinds.get(scopeName(kind, { namespace })) ?? part;
  }

  /**
   * Asks for the owners of an object that somebody else removed. It may have gone because they did, and the watch that
   * should tell so may be dead: children that are made anew for owners that are no more go again, and so on.
   */
  #lookAfterOwners({ metadata }: KubernetesObject): void {
    for (const { apiVersion, kind, name, uid } of metadata.ownerReferences ?? []) {
      const { namespace } = metadata;
      const key = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
      const known = this.#followed(key, namespace, name)?.cache.get(namespace, name);
      // What cannot be asked for now is told by the watch in the end.
      if (known?.metadata.uid === uid) void this.#learn(key).catch(() => undefined);
    }
  }

  /** The object as the server has it now, which is what is known of it from now on. */
  async #learn(key: ObjectKey): Promise<KubernetesObject | null> {
    const object = await this.#getLive(key);
    this.#followed(key, key.namespace, key.name)?.cache.learn(key.namespace, key.name, object);
    return object;
  }

  async #getLive(key: ObjectKey): Promise<KubernetesObject | null> {
    const object = await this.#getWhole(key);
    return object === null ? null : this.#slimmer.slim(object);
  }

  async #getWhole(key: ObjectKey): Promise<KubernetesObject | null> {
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

  async #listLive({
    apiVersion,
    kind,
    namespace,
    labels,
    patchedBy,
  }: ObjectQuery): Promise<readonly KubernetesObject[]> {
    const key = { apiVersion, kind, name: '', ...(namespace === undefined ? {} : { namespace }) };
    const resource = await this.#find(key, 'list');
    try {
      const { objects } = await listPages(this.#client, {
        apiVersion,
        kind,
        path: pathOf(resource, { namespace: namespace ?? this.#options.namespace }),
        resource: resourceName(resource),
        ...(labels === undefined ? {} : { labels }),
      });
      const isMeant = (object: KubernetesObject) => patchedBy === undefined || patchersOf(object).includes(patchedBy);
      const slim = (object: KubernetesObject) => this.#slimmer.slim(object);
      return objects.filter(isMeant).map(slim).sort(comparePlaces);
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

  /** A listener that fails must not end the watch that told it. */
  #tellAll<Listener>(listeners: ReadonlySet<Listener>, kind: KindReference, tell: (listener: Listener) => void): void {
    for (const listener of listeners) {
      try {
        tell(listener);
      } catch (error) {
        this.#options.onTrouble?.(kind, `a listener failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

/** Rejects with the reason of `signal` when it comes. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
