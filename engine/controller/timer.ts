import type { Clock } from '#model/clock.js';

/** Tells the time, and calls back later. */
export interface Timer extends Clock {
  /** Calls `callback` once, `milliseconds` from now; the function that it gives keeps it from being called. */
  after(milliseconds: number, callback: () => void): () => void;
}
