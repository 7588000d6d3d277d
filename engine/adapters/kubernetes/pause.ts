import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiError } from './api-error.js';

/** Waits so many milliseconds, or until `signal` ends that with its reason. */
export type Pause = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** The real thing. */
export const pause: Pause = async (milliseconds, signal) => {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
};

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 30_000;

/** Milliseconds before the attempt after number `attempt`: as the server asks, else growing. Spread, so that clients do not return together. */
export function pauseBefore(attempt: number, asked: number | undefined): number {
  const base = asked ?? FIRST_PAUSE * 2 ** (attempt - 1);
  return Math.min(LONGEST_PAUSE, base) * (1 + Math.random() / 2);
}

/** Whether an error may be gone by itself: there was no answer, or one of a server that is starting or overloaded. */
export function isTransient({ status }: ApiError): boolean {
  return status === 0 || status === 502 || status === 503 || status === 504;
}

/** Growing pauses between attempts at something that has to succeed in the end. */
export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  #next: number;

  constructor(first: number, longest: number) {
    this.#first = first;
    this.#longest = longest;
    this.#next = first;
  }

  /** Milliseconds to wait now: between half and one and a half of a time that doubles. */
  next(): number {
    const wait = this.#next;
    this.#next = Math.min(this.#longest, wait * 2);
    return wait * (0.5 + Math.random());
  }

  reset(): void {
    this.#next = this.#first;
  }
}
