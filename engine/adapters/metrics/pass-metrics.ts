import { collectDefaultMetrics, Registry } from 'prom-client';
import type { PassNotice, PassObserver } from '#controller/controller.js';
import { identityOf, type ObjectKey } from '#model/object.js';
import { CurrentGauges, type MetricsSources, type ObjectCount } from './current-gauges.js';
import { PassCounters, ruleOf } from './pass-counters.js';
import { ReviewCounters, type ReviewNotice } from './review-counters.js';

/** All metrics of this process, in the text format of Prometheus. A registry of its own: two do not disturb each other. */
export class PassMetrics implements PassObserver {
  readonly #registry = new Registry();
  readonly #sources: MetricsSources;
  readonly #counters: PassCounters;
  readonly #gauges: CurrentGauges;
  readonly #reviews: ReviewCounters;
  /** What the last pass over each object found, by identity. */
  readonly #objects = new Map<string, { readonly rule: string; readonly isReady: boolean }>();

  constructor(sources: MetricsSources) {
    this.#sources = sources;
    this.#counters = new PassCounters(this.#registry);
    this.#gauges = new CurrentGauges(this.#registry, sources);
    this.#reviews = new ReviewCounters(this.#registry);
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Counts a pass. */
  onPass(notice: PassNotice): void {
    const { key, entry, pass } = notice;
    this.#counters.add(notice);
    const isReady = pass.outcome.state === 'settled';
    // An object that leaves and has nothing left is gone, or is the matter of others.
    if (pass.deleting && isReady) this.onGone(key);
    else this.#objects.set(identityOf(key), { rule: ruleOf(entry), isReady });
  }

  /** Counts a review of a request. */
  onReview(notice: ReviewNotice): void {
    this.#reviews.add(notice);
  }

  /** Counts an object no longer. */
  onGone(key: ObjectKey): void {
    this.#objects.delete(identityOf(key));
  }

  /** Every metric as it is now. */
  text(): Promise<string> {
    this.#counters.show(this.#sources.entries().map(ruleOf));
    this.#gauges.read(this.#counts());
    return this.#registry.metrics();
  }

  #counts(): ReadonlyMap<string, ObjectCount> {
    const counts = new Map<string, { ready: number; unready: number }>();
    for (const { rule, isReady } of this.#objects.values()) {
      const count = counts.get(rule) ?? { ready: 0, unready: 0 };
      counts.set(rule, count);
      if (isReady) count.ready++;
      else count.unready++;
    }
    return counts;
  }
}
