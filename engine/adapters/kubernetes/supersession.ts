import type { KubernetesObject } from '#model/object.js';
import { isLater } from './resource-version.js';

/**
 * Milliseconds for which an answer counts more than a watch that says otherwise: far more than one is ever behind. One that
 * falls silent is noticed after 150 s, and so may be the next; then they tell what was long ago, change by change.
 */
const TRUST = 600_000;

/**
 * What the answers to writes said before the watch did. It is trusted for a while only: a server that is restored from
 * a backup is right in the end, however old what it says looks.
 */
export class Supersession {
  readonly #writes = new Map<string, { readonly version: string; readonly until: number }>();
  readonly #gone = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** An answer gave this object. */
  noteWrite(name: string, { metadata }: KubernetesObject): void {
    const version = metadata.resourceVersion;
    if (version !== undefined) this.#writes.set(name, { version, until: this.#now() + TRUST });
  }

  /** An answer said that the object of this uid is no more. */
  noteGone(uid: string): void {
    const now = this.#now();
    // In the order in which they were noted.
    for (const [other, until] of this.#gone) {
      if (until >= now) break;
      this.#gone.delete(other);
    }
    this.#gone.delete(uid);
    this.#gone.set(uid, now + TRUST);
  }

  /** Whether what is known of an object comes from an answer that lists and watches may not have caught up with. */
  covers(name: string, known: KubernetesObject): boolean {
    const write = this.#writes.get(name);
    return write !== undefined && write.until > this.#now() && write.version === known.metadata.resourceVersion;
  }

  /** Whether an event is older than the answer, or its echo. A later one ends the wait for it. */
  isStale(name: string, event: KubernetesObject, known: KubernetesObject | undefined): boolean {
    const write = this.#writes.get(name);
    if (write === undefined || known === undefined) return false;
    const version = event.metadata.resourceVersion;
    if (write.until > this.#now() && isLater(write.version, version)) return true;
    this.#writes.delete(name);
    return write.version === version;
  }

  isGone({ metadata }: KubernetesObject): boolean {
    const until = this.#gone.get(metadata.uid ?? '');
    return until !== undefined && until > this.#now();
  }

  forgetGone({ metadata }: KubernetesObject): void {
    this.#gone.delete(metadata.uid ?? '');
  }

  forget(name: string): void {
    this.#writes.delete(name);
  }
}
