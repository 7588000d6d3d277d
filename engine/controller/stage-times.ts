import type { Measured, StageName } from '#reconcile/stopwatch.js';

/** Milliseconds by stage. */
export type StageDurations = ReadonlyMap<StageName, number>;

/** What the stages of one pass take. */
export class StageTimes {
  readonly #durations = new Map<StageName, number>();
  /** What the pass is given. */
  readonly measured: Measured;

  /** `now` gives milliseconds; without it nothing is measured. */
  constructor(now: (() => number) | undefined) {
    const add = (stage: StageName, milliseconds: number): void =>
      void this.#durations.set(stage, (this.#durations.get(stage) ?? 0) + milliseconds);
    this.measured = now === undefined ? {} : { stopwatch: { now, add } };
  }

  /** The stages that the pass came to, each with all that it took. */
  get durations(): StageDurations {
    return this.#durations;
  }
}
