import type { Engine, Pass } from '#reconcile/engine.js';
import { AnswerWatch } from './answer-watch.js';
import { FactsWatch } from './facts-watch.js';
import { type StageDurations, StageTimes } from './stage-times.js';

/** What was seen of a pass besides what it came to. */
export interface Seen {
  readonly stages: StageDurations;
  /** Whether it may come to something else at another time. */
  readonly readTime: boolean;
  /** Whether it may come to something else now that its own writes are done. */
  readonly isNews: boolean;
}

/** Nothing was seen of a pass that broke: all is possible. */
export const UNSEEN: Seen = { stages: new Map(), readTime: true, isNews: true };

/** Looks over the shoulder of one pass. */
export class PassWatch {
  /** The same engine, watched. */
  readonly engine: Engine;
  readonly #templates: FactsWatch;
  readonly #writer: AnswerWatch;
  readonly #times: StageTimes;

  /** With `monotonic`, milliseconds of a clock that nobody sets, its stages are measured. */
  constructor(engine: Engine, monotonic: (() => number) | undefined) {
    this.#templates = new FactsWatch(engine.templates);
    this.#writer = new AnswerWatch(engine.writer);
    this.#times = new StageTimes(monotonic);
    this.engine = { ...engine, templates: this.#templates, writer: this.#writer, ...this.#times.measured };
  }

  /** What was seen of it, once it has ended. */
  seen(pass: Pass): Seen {
    return {
      stages: this.#times.durations,
      readTime: this.#templates.wasRead('time') || this.engine.catalog.policiesReadTime,
      isNews: !this.#isDone(pass),
    };
  }

  /** Whether there was nothing left to do or to tell, and nobody looked at the children that it changed. */
  #isDone({ entry, outcome, verdicts = [] }: Pass): boolean {
    if (outcome.state !== 'settled' || verdicts.length > 0) return false;
    if (this.#templates.wasRead('children') || this.#writer.wasAltered) return false;
    return !entry.policies.change.some(({ policy }) => ['facts', '*'].some((field) => policy.inputs.includes(field)));
  }
}
