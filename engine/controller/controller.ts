import type { CatalogEntry } from '#catalog/catalog.js';
import type { KindReference, ObjectKey } from '#model/object.js';
import type { Outcome } from '#model/outcome.js';
import type { ObjectEvent } from '#observe/dependency-index.js';
import type { Engine, Pass } from '#reconcile/engine.js';
import { brokenPass, type PassParts, passOf } from './attempt.js';
import { Breaker } from './breaker.js';
import { ChartWatch } from './chart-watch.js';
import { Fence } from './fence.js';
import { FieldContests } from './field-contests.js';
import { ALONE, type Leadership } from './leadership.js';
import { lookAgainAfter } from './look-again.js';
import { PassWatch, type Seen, UNSEEN } from './pass-watch.js';
import { Provenance } from './provenance.js';
import type { StageDurations } from './stage-times.js';
import { SyncGate } from './sync-gate.js';
import type { Timer } from './timer.js';
import { Triggers } from './triggers.js';
import { Turns } from './turns.js';
import { type QueueState, type Task, WorkQueue } from './work-queue.js';

/** One pass that was made, for metrics, events and logs. Times in milliseconds. */
export interface PassNotice {
  readonly key: ObjectKey;
  readonly entry: CatalogEntry;
  readonly pass: Pass;
  /** How long the object was due before the pass began. */
  readonly waited: number;
  readonly duration: number;
  /** What of it each stage took that the pass came to. Empty where nobody measures. */
  readonly stages: StageDurations;
}

/** Is told of every pass, and of the objects that there will be none of any more. */
export interface PassObserver {
  onPass(notice: PassNotice): void;
  /** The object is not there any more, or no rule is for it: what is remembered of it can be forgotten. */
  onGone?(key: ObjectKey): void;
}

/** What a controller works with. */
export interface ControllerOptions {
  readonly engine: Engine;
  readonly timer: Timer;
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
  /** Milliseconds of a clock that nobody sets, finer than the timer's: with it the stages of passes are measured. */
  readonly monotonic?: () => number;
  /** Passes at work at once, of all rules together; who waits for a commit is not counted. */
  readonly concurrency: number;
  readonly leadership?: Leadership;
  readonly observers?: readonly PassObserver[];
  /** Told of what must never happen, such as an observer that throws. */
  readonly defect: (error: unknown) => void;
}

/** Milliseconds between two looks at the charts that objects use. */
const CHART_PERIOD = 300_000;

/**
 * Makes passes over the objects of a catalog, whenever something that they depend on may have changed, until it is
 * stopped. It is told of every change, from before its start on. A pass that fails, or throws, is the matter of its
 * object alone.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #leadership: Leadership;
  readonly #queue: WorkQueue;
  readonly #gate: SyncGate;
  readonly #triggers: Triggers;
  readonly #fence: Fence;
  readonly #turns: Turns;
  readonly #breaker = new Breaker();
  readonly #provenance = new Provenance();
  readonly #charts = new ChartWatch();
  readonly #contests: FieldContests;
  readonly #ends: (() => void)[] = [];
  /** Passes at work, with the engine that each goes by. */
  readonly #working = new Map<Promise<void>, Engine>();
  #engine: Engine;
  #loading: Promise<void> = Promise.resolve();

  constructor(options: ControllerOptions) {
    const { timer, random, concurrency, engine, defect, leadership = ALONE } = options;
    this.#options = options;
    this.#engine = engine;
    this.#leadership = leadership;
    this.#contests = new FieldContests(() => timer.now());
    this.#fence = new Fence(() => leadership.isLeader());
    this.#turns = new Turns(timer);
    this.#gate = new SyncGate({ timer, defect, opened: (entries) => this.#open(entries) });
    const limitOf = (kind: string): number => this.#limitOf(kind);
    this.#queue = new WorkQueue({ timer, random, concurrency, limitOf, work: (task) => this.#begin(task) });
    this.#triggers = new Triggers({
      queue: this.#queue,
      breaker: this.#breaker,
      provenance: this.#provenance,
      timer,
    });
  }

  /** Looks at every object there is, and from then on at whatever changes. Works only while it leads. */
  async start(): Promise<void> {
    await this.reload(this.#engine);
    const lead = (): void => {
      if (this.#leadership.isLeader()) this.#queue.start();
      else this.#queue.stop();
    };
    this.#ends.push(this.#leadership.subscribe(lead), this.#watchCharts());
    lead();
  }

  /** Goes by another catalog from now on: only objects of rules that differ are looked at again. */
  reload(engine: Engine): Promise<void> {
    const load = async (): Promise<void> => {
      const prepared = await this.#triggers.prepare(engine.catalog, engine.cluster);
      // At once: no pass may go by the rules of one catalog and the templates of another.
      this.#engine = engine;
      const looked = this.#gate.hold(prepared.entries, engine.cluster);
      prepared.apply();
      await looked;
    };
    const loaded = this.#loading.then(load);
    this.#loading = loaded.catch(() => undefined);
    return loaded;
  }

  /** Waits until no pass goes by an engine of before any more. */
  async renewed(): Promise<void> {
    const earlier = [...this.#working].filter(([, engine]) => engine !== this.#engine);
    await Promise.all(earlier.map(([work]) => work));
  }

  /** Tells of a change of an object: of every one, in its order. */
  changed(event: ObjectEvent): void {
    this.#triggers.changed(event);
  }

  /** Tells that objects of a kind can be read now, or no longer. */
  kindChanged(kind: KindReference): void {
    this.#triggers.kindChanged(kind);
    void this.#gate.look();
  }

  /** What is due and at work, by identity of the kind. */
  state(): ReadonlyMap<string, QueueState> {
    return this.#queue.state();
  }

  /** The rules that wait for kinds to be read for the first time. */
  get held(): readonly CatalogEntry[] {
    return this.#gate.held;
  }

  /**
   * Begins nothing more, lets passes that have begun to write come to their end, and abandons the others before their first
   * write. Gives whether all have ended in this time; after it nobody writes any more.
   */
  async stop(milliseconds: number): Promise<boolean> {
    for (const end of this.#ends.splice(0)) end();
    this.#gate.close();
    this.#fence.finish();
    const isDone = await this.#queue.drain(milliseconds);
    this.#fence.close();
    return isDone;
  }

  /** Objects of which no event told, because nobody listened when they were read, are found here. */
  async #open(entries: readonly CatalogEntry[]): Promise<void> {
    this.#queue.refresh();
    for (const { rule } of entries) await this.#triggers.find(rule.for, this.#engine.cluster);
  }

  #limitOf(kind: string): number {
    if (!this.#leadership.isLeader() || !this.#gate.isOpen(kind)) return 0;
    return this.#triggers.concurrencyOf(kind);
  }

  #begin(task: Task): Promise<void> {
    const engine = this.#engine;
    const work = this.#work(task, engine).finally(() => this.#working.delete(work));
    this.#working.set(work, engine);
    return work;
  }

  async #work(task: Task, engine: Engine): Promise<void> {
    await this.#turns.take();
    const { key } = task;
    const entry = this.#triggers.entryFor(key);
    try {
      const object = entry === undefined ? null : await engine.cluster.get(key);
      if (entry === undefined || object === null) this.#forget(key);
      else await this.#look({ object, entry, engine, task });
    } catch (error) {
      if (entry !== undefined) this.#conclude(brokenPass(key, entry, error), task, this.#options.timer.now(), UNSEEN);
    }
  }

  async #look(parts: PassParts): Promise<void> {
    const { entry, engine, task } = parts;
    const { key } = task;
    const contests = this.#contests;
    const begun = this.#options.timer.now();
    const turn = this.#breaker.turn(key, `${entry.rule.domain}/${entry.rule.slug}`);
    if (turn.state === 'held') return;
    this.#triggers.begun(key, turn.trail);
    const writer = this.#provenance.writer(engine.writer, turn.trail);
    const charts = this.#charts.reader(key, engine.charts);
    const watch = new PassWatch({ ...engine, writer, charts, contests }, this.#options.monotonic);
    const { engine: guarded, wasRefused } = this.#fence.guard(watch.engine);
    const pass = await passOf(turn, { ...parts, engine: guarded });
    // What was abandoned is nobody's failure: it is due as before, here or for who leads now.
    if (wasRefused()) this.#queue.add(key);
    else this.#conclude(pass, task, begun, await watch.seen(pass));
  }

  #conclude(pass: Pass, { key, waited }: Task, begun: number, { stages, readTime, isNews }: Seen): void {
    const { entry, outcome } = pass;
    this.#triggers.concluded(pass, isNews);
    this.#schedule(key, entry, outcome, readTime);
    const duration = this.#options.timer.now() - begun;
    const notice: PassNotice = { key, entry, pass, waited, duration, stages };
    this.#tell((observer) => observer.onPass(notice));
  }

  #tell(call: (observer: PassObserver) => void): void {
    const { observers = [], defect } = this.#options;
    for (const observer of observers) {
      try {
        call(observer);
      } catch (error) {
        defect(error);
      }
    }
  }

  #schedule(key: ObjectKey, { rule }: CatalogEntry, outcome: Outcome, readTime: boolean): void {
    const { timer, random } = this.#options;
    switch (outcome.state) {
      case 'failed':
        this.#queue.retry(key);
        return;
      case 'settled':
      case 'waiting':
      case 'stalled':
        if (outcome.state === 'stalled' && outcome.retried === true) {
          this.#queue.retry(key);
          return;
        }
        this.#queue.forget(key);
        this.#queue.addAfter(key, lookAgainAfter(outcome, { key, rule, readTime, now: timer.now(), chance: random() }));
    }
  }

  #forget(key: ObjectKey): void {
    this.#queue.forget(key);
    this.#charts.forget(key);
    this.#triggers.forget(key);
    this.#tell((observer) => observer.onGone?.(key));
  }

  /** Looks at the charts from time to time, for as long as this process leads. */
  #watchCharts(): () => void {
    const { timer, random, defect } = this.#options;
    let cancel: () => void = () => undefined;
    const look = async (): Promise<void> => {
      if (this.#leadership.isLeader())
        for (const key of await this.#charts.changed(this.#engine.charts)) this.#triggers.concern(key);
    };
    const later = (): void => {
      cancel = timer.after(CHART_PERIOD * (0.9 + random() / 5), () => void look().catch(defect).finally(later));
    };
    later();
    return () => cancel();
  }
}
