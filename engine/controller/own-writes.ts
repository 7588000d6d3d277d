import { identityOf, type ObjectKey } from '#model/object.js';
import type { Trail } from './trail.js';

/** A pass at work, and whether a change of a child was its own. */
interface Working {
  readonly trail: Trail;
  hasWritten: boolean;
}

/**
 * What passes at work change of the children of their object. An owner is woken by a child, but a pass knows what it wrote
 * itself: only when it has ended it is seen whether that leads to another one.
 */
export class OwnWrites {
  readonly #working = new Map<string, Working>();

  /** Notes that a pass begins over an object. */
  begin(key: ObjectKey, trail: Trail): void {
    this.#working.set(identityOf(key), { trail, hasWritten: false });
  }

  /** Whether a child of `key` was changed by the pass that is at work over it: noted then. */
  take(key: ObjectKey, from: Trail | undefined): boolean {
    const working = from === undefined ? undefined : this.#working.get(identityOf(key));
    if (working === undefined || working.trail !== from) return false;
    working.hasWritten = true;
    return true;
  }

  /** Notes that the pass over an object has ended; gives it where it changed children. */
  end(key: ObjectKey): Trail | undefined {
    const working = this.#working.get(identityOf(key));
    this.#working.delete(identityOf(key));
    return working?.hasWritten === true ? working.trail : undefined;
  }
}
