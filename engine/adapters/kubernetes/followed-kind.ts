import type { KindReference, KubernetesObject } from '#model/object.js';
import type { Availability } from '#observe/cluster-reader.js';
import type { FollowedScope } from './followed-scope.js';
import { type ClusterEvent, ObjectCache } from './object-cache.js';
import { Reflector, type ReflectorPorts } from './reflector.js';
import { isOutline, type ObjectSlimmer } from './slim-object.js';

/** What following a kind needs. */
export interface FollowPorts extends ReflectorPorts {
  /** What is followed of it. */
  readonly scope: FollowedScope;
  readonly slimmer: ObjectSlimmer;
  /** Of objects that are no children only who they are is kept. */
  readonly isOutlined: boolean;
  readonly tell: (event: ClusterEvent) => void;
  readonly tellAvailability: (availability: Availability) => void;
}

/** One kind in memory: its objects, and whether they can be relied upon. */
export class FollowedKind {
  /** Settles when the kind was read once, or cannot be read. */
  readonly synced: Promise<void>;
  readonly cache: ObjectCache;
  readonly scope: FollowedScope;
  /** Of objects that are no children only who they are is kept. */
  readonly isOutlined: boolean;
  readonly #reflector: Reflector;
  #availability: Availability = 'syncing';

  constructor(kind: KindReference, { scope, slimmer, isOutlined, tell, tellAvailability, ...ports }: FollowPorts) {
    this.scope = scope;
    this.isOutlined = isOutlined;
    this.cache = new ObjectCache(tell, (object) => (isOutlined ? slimmer.outline(object) : slimmer.slim(object)));
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

  /** Whether of an object of the cache nothing is known but that it is there. */
  isOutline(object: KubernetesObject): boolean {
    return this.isOutlined && isOutline(object);
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
