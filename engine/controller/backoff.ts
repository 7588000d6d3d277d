/** How long a key that fails again and again is left alone. */
export interface BackoffOptions {
  /** Milliseconds after the first failure. */
  readonly base: number;
  /** Milliseconds that are never exceeded. */
  readonly cap: number;
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
}

/** Delays that double with each failure of a key, up to a cap, and that chance keeps apart for keys that failed together. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #failures = new Map<string, number>();

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Notes a failure, and gives the milliseconds after which to try again: half of them certain, half by chance. */
  next(key: string): number {
    const { base, cap, random } = this.#options;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.min(cap, base * 2 ** failures) * (0.5 + random() / 2);
  }

  /** Forgets all failures of a key. */
  forget(key: string): void {
    this.#failures.delete(key);
  }
}
