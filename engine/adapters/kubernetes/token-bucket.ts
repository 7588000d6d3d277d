/** How much a bucket holds, and how fast it fills. */
export interface TokenBucketOptions {
  readonly size: number;
  /** Milliseconds for one more. */
  readonly refill: number;
  readonly now: number;
}

/** Allows bursts, and a steady rate beyond them. */
export class TokenBucket {
  readonly #size: number;
  readonly #refill: number;
  #tokens: number;
  #filledAt: number;

  constructor({ size, refill, now }: TokenBucketOptions) {
    this.#size = size;
    this.#refill = refill;
    this.#tokens = size;
    this.#filledAt = now;
  }

  /** Takes one, if there is one. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#size;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#size, this.#tokens + (now - this.#filledAt) / this.#refill);
    this.#filledAt = now;
  }
}
