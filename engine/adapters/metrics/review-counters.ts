import { Counter, Histogram, type Registry } from 'prom-client';
import type { Operation } from '#reconcile/judgement.js';
import type { Review } from '#reconcile/review.js';

/** One review of a request, and how long it took. */
export interface ReviewNotice extends Pick<Review, 'rule' | 'result'> {
  readonly operation: Operation;
  /** Milliseconds. */
  readonly duration: number;
}

/** Seconds. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of admission: what was said to requests, and how long that took. */
export class ReviewCounters {
  readonly #reviews: Counter<'rule' | 'operation' | 'result'>;
  readonly #durations: Histogram<'rule'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#reviews = new Counter({
      name: 'edict_admission_reviews_total',
      help: 'Requests that the API server asked about, by what was said.',
      labelNames: ['rule', 'operation', 'result'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'edict_admission_duration_seconds',
      help: 'How long reviews took.',
      labelNames: ['rule'],
      buckets: DURATIONS,
      registers,
    });
  }

  /** Counts a review. A kind without a rule is counted under an empty one. */
  add({ rule = '', operation, result, duration }: ReviewNotice): void {
    this.#reviews.inc({ rule, operation, result });
    this.#durations.observe({ rule }, duration / 1000);
  }
}
