import type { Clock } from '#model/clock.js';

/** Tells the time, calls back later, and lets others go first. */
export interface Timer extends Clock {
  /** Calls `callback` once, `milliseconds` from now; the function that it gives keeps it from being called. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Resolves once whatever else is due in this process has had its turn. */
  turn(): Promise<void>;
}
