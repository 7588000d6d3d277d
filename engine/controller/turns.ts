import type { Timer } from './timer.js';

/** Milliseconds for which passes may begin one after the other before whatever else is due has its turn. */
const SLICE = 10;

/**
 * Lets probes, leases and watches come between passes: those that wait for nothing would otherwise follow one another for
 * seconds.
 */
export class Turns {
  readonly #timer: Timer;
  #since: number;
  #last: Promise<void> = Promise.resolve();

  constructor(timer: Timer) {
    this.#timer = timer;
    this.#since = timer.now();
  }

  /** Waits for those who asked before, and where they were long at work, for a turn of whatever else is due. */
  take(): Promise<void> {
    this.#last = this.#last.then(() => this.#next());
    return this.#last;
  }

  async #next(): Promise<void> {
    // The clock may have been set back.
    if (Math.abs(this.#timer.now() - this.#since) < SLICE) return;
    await this.#timer.turn();
    this.#since = this.#timer.now();
  }
}
