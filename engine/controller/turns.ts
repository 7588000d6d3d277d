import type { Timer } from './timer.js';

/**
 * Turns of the process, one for each who takes one: passes that wait for nothing would otherwise follow one another for
 * seconds, and keep probes, leases and watches waiting for as long.
 */
export class Turns {
  readonly #timer: Pick<Timer, 'turn'>;
  #last: Promise<void> = Promise.resolve();

  constructor(timer: Pick<Timer, 'turn'>) {
    this.#timer = timer;
  }

  /** Waits for a turn that nobody else has taken. */
  take(): Promise<void> {
    this.#last = this.#last.then(() => this.#timer.turn());
    return this.#last;
  }
}
