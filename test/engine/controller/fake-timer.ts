import { setImmediate } from 'node:timers/promises';
import type { Timer } from '#controller/timer.js';

/** A timer whose time passes when a test says so. */
export class FakeTimer implements Timer {
  readonly #calls = new Set<{ readonly at: number; readonly callback: () => void }>();
  #now = 1_000_000;

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const call = { at: this.#now + milliseconds, callback };
    this.#calls.add(call);
    return () => this.#calls.delete(call);
  }

  /** Nothing else is due before a test says so. */
  turn(): Promise<void> {
    return Promise.resolve();
  }

  /** How many calls are to come. */
  get pending(): number {
    return this.#calls.size;
  }

  /** Lets time pass: whatever is due in it is called at its time, and all that follows from it is done. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settled();
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.#calls.delete(next);
      next.callback();
      await settled();
    }
    this.#now = end;
  }

  #nextUntil(end: number): { readonly at: number; readonly callback: () => void } | undefined {
    return [...this.#calls].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
  }
}

/** Resolves when everything that can be done without waiting is done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
}
