import type { Pause } from '#controller/places.js';

/** Lets only so many pieces of work go on at once. Work that waits for something else gives its slot up meanwhile. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Does `work` in a slot. What it gives to `pause` is awaited outside of it. */
  async run<Result>(work: (pause: Pause) => Promise<Result>): Promise<Result> {
    await this.#take();
    let pauses = 0;
    try {
      return await work(async (wait) => {
        if (pauses++ === 0) this.#give();
        try {
          return await wait();
        } finally {
          if (--pauses === 0) await this.#take();
        }
      });
    } finally {
      this.#give();
    }
  }

  async #take(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
