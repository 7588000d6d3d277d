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
import { OWNER_LABEL } from '#model/ownership.js';
import type { Availability, ClusterReader, ObjectQuery } from '#observe/cluster-reader.js';
import type {
  ApplyRequest,
  ClusterWriter,
  DeleteRequest,
  FinalizerRequest,
  StatusRequest,
} from '#publish/cluster-writer.js';
import { ASKED_SERVER, awaitServer } from './await-server.js';
import { Discovery, type ServerDescription } from './discovery.js';
import { faultOf } from './fault-of.js';
import type { FollowedKind } from './followed-kind.js';
import { type AvailabilityListener, FollowedKinds, type ServedKind } from './followed-kinds.js';
import { KubernetesWriter } from './kubernetes-writer.js';
import { LiveObjects } from './live-objects.js';
import { rightToRead } from './missing-right.js';
import { type ClusterEvent, comparePlaces } from './object-cache.js';
import { type Pause, pause } from './pause.js';
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

/**
 * A Kubernetes API server as the ports see it. Kinds that are followed are read from memory; asking whether a kind is
 * available follows it, everything else is read from the server. Errors besides those of the ports: ClusterForbidden,
 * ClusterUnavailable, KindNotServed.
 */
export class KubernetesCluster implements ClusterReader, ClusterWriter {
  readonly #options: KubernetesClusterOptions;
  readonly #client: RestClient;
  readonly #discovery: Discovery;
  readonly #slimmer = new ObjectSlimmer();
  readonly #kinds: FollowedKinds;
  readonly #live: LiveObjects;
  readonly #writer: KubernetesWriter;

  constructor(options: KubernetesClusterOptions) {
    this.#options = options;
    this.#client = options.client;
    const { client, namespace, onTrouble = () => undefined } = options;
    const discovery = new Discovery(client);
    this.#discovery = discovery;
    this.#live = new LiveObjects(client, discovery, namespace);
    this.#kinds = new FollowedKinds({
      ...{ client, discovery, namespace, onTrouble },
      pause: options.pause ?? pause,
      slimmer: this.#slimmer,
    });
    this.#kinds.watch(({ type, object, own }) => {
      if (type === 'Deleted' && !own) this.#lookAfterOwners(object);
    });
    this.#writer = this.#writerAs(undefined);
  }

  /** Follows kinds from now on, and of those with scopes nothing else than these. */
  serve(kinds: readonly ServedKind[]): void {
    this.#kinds.serve(kinds);
  }

  /** Follows a kind from now on, of one namespace where it is given. */
  follow(kind: KindReference, namespace?: string): void {
    this.#kinds.follow(kind, namespace);
  }

  /** Stops following a kind, and forgets its objects without telling that they are gone. */
  unfollow(kind: KindReference): Promise<void> {
    return this.#kinds.unfollow(kind);
  }

  /** Waits until every followed kind was read once, or cannot be read. Throws the reason of `signal` where that comes first. */
  synced(signal?: AbortSignal): Promise<void> {
    return this.#kinds.synced(signal);
  }

  /** Calls `listener` for every change from now on; the function it gives ends that. */
  watch(listener: (event: ClusterEvent) => void): () => void {
    return this.#kinds.watch(listener);
  }

  /** Calls `listener` whenever a followed kind becomes readable or unreadable; the function it gives ends that. */
  watchAvailability(listener: AvailabilityListener): () => void {
    return this.#kinds.watchAvailability(listener);
  }

  /** Waits until the server says what it is, and `prepare` has done what it needs of it: see `awaitServer`. */
  reached(
    signal: AbortSignal,
    onTrouble: (why: string) => void,
    prepare: () => Promise<void> = async () => undefined,
  ): Promise<ServerDescription> {
    const ask = async (): Promise<ServerDescription> => {
      const description = await this.#discovery.server();
      await prepare();
      return description;
    };
    return awaitServer(ask, { signal, onTrouble, pause: this.#options.pause ?? pause });
  }

  /** Ends all watches and connections. */
  async close(): Promise<void> {
    await this.#kinds.close();
    this.#client.close();
  }

  async availability(kind: KindReference): Promise<Availability> {
    this.#kinds.follow(kind);
    const found = this.#kinds.partsOf(kind, undefined).map((part) => part.availability);
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
    const unread = this.#kinds.partsOf(kind, undefined).find((part) => part.availability === 'forbidden');
    const { namespace, name } = unread?.scope ?? {};
    const target = { group: groupOf(resource.apiVersion), resource: resource.plural };
    return rightToRead(target, { namespace: resource.namespaced ? namespace : undefined, name });
  }

  async get(key: ObjectKey, extent?: 'whole'): Promise<KubernetesObject | null> {
    if (extent === 'whole') return this.#live.get(key);
    // A record that only seems to be missing would be written anew without what it holds: the server itself is asked.
    if (isInventoryKey(key, key.namespace)) return this.#getLive(key);
    const { namespace, name } = key;
    const followed = this.#kinds.find(key, namespace, name);
    if (followed?.availability !== 'ready') return this.#getLive(key);
    const object = followed.cache.get(namespace, name) ?? null;
    return object !== null && followed.isOutline(object) ? this.#getLive(key) : object;
  }

  async list(query: ObjectQuery): Promise<readonly KubernetesObject[]> {
    const parts = this.#kinds.partsOf(query, query.namespace);
    const [first, ...more] = parts.length > 0 ? parts : [this.#kinds.find(query, query.namespace)];
    const isKept = (part: FollowedKind | undefined): boolean =>
      part?.availability === 'ready' && (!part.isOutlined || query.labels?.[OWNER_LABEL] !== undefined);
    if (first === undefined || ![first, ...more].every(isKept))
      return (await this.#live.list(query)).map((object) => this.#slimmer.slim(object));
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
      cacheOf: (key: ObjectKey) => this.#kinds.find(key, key.namespace, key.name)?.cache,
      slim: (object: KubernetesObject) => this.#slimmer.slim(object),
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

  /**
   * Asks for the owners of an object that somebody else removed. It may have gone because they did, and the watch that
   * should tell so may be dead: children that are made anew for owners that are no more go again, and so on.
   */
  #lookAfterOwners({ metadata }: KubernetesObject): void {
    for (const { apiVersion, kind, name, uid } of metadata.ownerReferences ?? []) {
      const { namespace } = metadata;
      const key = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
      const known = this.#kinds.find(key, namespace, name)?.cache.get(namespace, name);
      // What cannot be asked for now is told by the watch in the end.
      if (known?.metadata.uid === uid) void this.#learn(key).catch(() => undefined);
    }
  }

  /** The object as the server has it now, which is what is known of it from now on. */
  async #learn(key: ObjectKey): Promise<KubernetesObject | null> {
    const object = await this.#getLive(key);
    this.#kinds.find(key, key.namespace, key.name)?.cache.learn(key.namespace, key.name, object);
    return object;
  }

  async #getLive(key: ObjectKey): Promise<KubernetesObject | null> {
    const object = await this.#live.get(key);
    return object === null ? null : this.#slimmer.slim(object);
  }
}
