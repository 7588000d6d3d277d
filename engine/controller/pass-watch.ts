import { writesObjects } from '#model/change-set.js';
import { equalJson, type Json } from '#model/json.js';
import type { Engine, Pass } from '#reconcile/engine.js';
import { render } from '#render/render.js';
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
  async seen(pass: Pass): Promise<Seen> {
    // First: what is looked at for it counts as well.
    const isNews = !(await this.#isDone(pass));
    const readTime = this.#templates.wasRead('time', 'desired', 'status') || this.engine.catalog.policiesReadTime;
    return { stages: this.#times.durations, readTime, isNews };
  }

  /** Whether another pass would do and tell the same, as long as nobody else changes anything. */
  async #isDone(pass: Pass): Promise<boolean> {
    const { entry, verdicts = [], changes } = pass;
    // Who has written nothing has nothing of its own to be woken by: asking again would be in vain.
    if (changes === undefined || !writesObjects(changes)) return false;
    if (!isThrough(pass) || verdicts.length > 0 || !(await this.#writer.isStanding(this.engine.cluster))) return false;
    if (entry.policies.change.some(({ policy }) => policy.inputs.some((field) => ['facts', '*'].includes(field))))
      return false;
    return !this.#templates.wasRead('children', 'desired') || (await this.#asksForTheSame(pass));
  }

  /** Whether the template, which has looked at children, asks for the same now that they are written. */
  async #asksForTheSame({ facts, entry, rendering }: Pass): Promise<boolean> {
    if (facts === undefined || rendering === undefined) return false;
    const { templates, catalog } = this.engine;
    try {
      const again = await render(facts, entry, { templates, installation: catalog.installation });
      return equalJson(again as unknown as Json, rendering as unknown as Json);
    } catch {
      return false;
    }
  }
}

/** Whether a pass has done all it could: what it may wait for is that others make its children ready. */
function isThrough({ outcome, published, changes }: Pass): boolean {
  if (outcome.state === 'settled') return true;
  if (outcome.state !== 'waiting' || published?.waiting?.reason !== 'ResourceNotReady') return false;
  return !changes?.changes.some(({ action }) => ['replace', 'delete'].includes(action));
}
