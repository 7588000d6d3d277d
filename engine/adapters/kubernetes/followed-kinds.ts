import type { KindReference } from '#model/object.js';
import type { Availability } from '#observe/cluster-reader.js';
import { FollowedKind, type FollowPorts } from './followed-kind.js';
import { covers, type FollowedScope, scopeName, widest } from './followed-scope.js';
import type { ClusterEvent } from './object-cache.js';
import type { StreamingSupport } from './reflector.js';

/** What following kinds needs. */
export type FollowingPorts = Pick<FollowPorts, 'client' | 'discovery' | 'pause' | 'onTrouble' | 'slimmer'> & {
  /** Of namespaced kinds, only the objects of this namespace are followed. */
  readonly namespace: string | undefined;
};

/** Told of a kind that can be read, or can no longer be. */
export type AvailabilityListener = (kind: KindReference, availability: Availability) => void;

/** A kind that is followed. */
export interface ServedKind extends KindReference {
  /** Nothing else of it is followed; unless given, all of it is. */
  readonly scopes?: readonly FollowedScope[];
  /** Whether of objects that are no children only who they are is kept; unless given, as it is. */
  readonly isOutlined?: boolean;
}

/** The kinds that are kept in memory, and who is told of their changes. */
export class FollowedKinds {
  readonly #options: FollowingPorts;
  readonly #kinds = new Map<string, FollowedKind>();
  readonly #scopes = new Map<string, readonly FollowedScope[]>();
  readonly #outlined = new Set<string>();
  readonly #streaming: StreamingSupport = { isSupported: true };
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #availabilityListeners = new Set<AvailabilityListener>();

  constructor(options: FollowingPorts) {
    this.#options = options;
  }

  /** Follows kinds from now on, and of those with scopes nothing else than these: as if the rest were not there. */
  serve(kinds: readonly ServedKind[]): void {
    for (const { apiVersion, kind, scopes, ...served } of kinds) {
      const name = `${apiVersion}/${kind}`;
      const { isOutlined = this.#outlined.has(name) } = served;
      // What was kept of its objects is too little now, or too much.
      if (this.#outlined.has(name) !== isOutlined) void this.unfollow({ apiVersion, kind });
      if (isOutlined) this.#outlined.add(name);
      else this.#outlined.delete(name);
      if (scopes !== undefined) this.#scopes.set(name, widest(scopes, this.#options.namespace));
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
    const followed = new FollowedKind(reference, {
      streaming: this.#streaming,
      ...this.#options,
      scope,
      isOutlined: this.#outlined.has(`${reference.apiVersion}/${reference.kind}`),
      tell: (event) => this.#tellAll(this.#listeners, reference, (listener) => listener(event)),
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

  /** Ends all watches. */
  async close(): Promise<void> {
    await Promise.all([...this.#kinds.values()].map((kind) => kind.close()));
  }

  #scopesOf({ apiVersion, kind }: KindReference): readonly FollowedScope[] {
    return this.#scopes.get(`${apiVersion}/${kind}`) ?? widest([], this.#options.namespace);
  }

  /** What is followed of a kind in a namespace, or in every namespace that this process sees. */
  partsOf(kind: KindReference, namespace: string | undefined, name?: string): readonly FollowedKind[] {
    const scopes = this.#scopesOf(kind).filter((scope) => covers(scope, namespace, name));
    return scopes.flatMap((scope) => this.#kinds.get(scopeName(kind, scope)) ?? []);
  }

  /** Who has an object, or all that there is of a kind in a namespace, if anybody does. */
  find(kind: KindReference, namespace: string | undefined, name?: string): FollowedKind | undefined {
    const parts = this.partsOf(kind, namespace, name);
    const part = parts.find(({ availability }) => availability === 'ready') ?? parts[0];
    if (part?.availability === 'ready' || namespace === undefined) return part;
    return this.#kinds.get(scopeName(kind, { namespace })) ?? part;
  }

  /** A listener that fails must not end the watch that told it. */
  #tellAll<Listener>(listeners: ReadonlySet<Listener>, kind: KindReference, tell: (listener: Listener) => void): void {
    for (const listener of listeners) {
      try {
        tell(listener);
      } catch (error) {
        this.#options.onTrouble(kind, `a listener failed: ${error instanceof Error ? error.message : String(error)}`);
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
