import type { KindReference } from '#model/object.js';
import type { Availability } from '#observe/cluster-reader.js';
import type { FollowedScope } from './followed-scope.js';
import { type ClusterEvent, ObjectCache } from './object-cache.js';
import { Reflector, type ReflectorPorts } from './reflector.js';
import type { ObjectSlimmer } from './slim-object.js';

/** What following a kind needs. */
export interface FollowPorts extends ReflectorPorts {
  /** What is followed of it. */
  readonly scope: FollowedScope;
  readonly slimmer: ObjectSlimmer;
  readonly tell: (event: ClusterEvent) => void;
  readonly tellAvailability: (availability: Availability) => void;
}

/** One kind in memory: its objects, and whether they can be relied upon. */
export class FollowedKind {
  /** Settles when the kind was read once, or cannot be read. */
  readonly synced: Promise<void>;
  readonly cache: ObjectCache;
  readonly scope: FollowedScope;
  readonly #reflector: Reflector;
  #availability: Availability = 'syncing';

  constructor(kind: KindReference, { scope, slimmer, tell, tellAvailability, ...ports }: FollowPorts) {
    this.scope = scope;
    this.cache = new ObjectCache(tell, slimmer);
    let settle: () => void = () => undefined;
    this.synced = new Promise((resolve) => {
      settle = resolve;
    });
    const onAvailability = (availability: Availability): void => {
      if (this.#availability === availability) return;
      this.#availability = availability;
      settle();
      tellAvailability(availability);
    };
    this.#reflector = new Reflector({ kind, scope, cache: this.cache, onAvailability }, ports);
  }

  get availability(): Availability {
    return this.#availability;
  }

  start(): void {
    this.#reflector.start();
  }

  close(): Promise<void> {
    return this.#reflector.close();
  }
}
