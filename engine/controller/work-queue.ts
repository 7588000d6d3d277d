import { identityOf, kindIdentity, type ObjectKey } from '#model/object.js';
import { Backoff } from './backoff.js';
import { Delays } from './delays.js';
import { FairQueue } from './fair-queue.js';
import { type Pause, Places } from './places.js';
import type { Timer } from './timer.js';

/** One key at work. */
export interface Task {
  readonly key: ObjectKey;
  /** Milliseconds for which it was due. */
  readonly waited: number;
  readonly pause: Pause;
}

/** What a queue hands out, to whom, and how much of it at once. */
export interface WorkQueueOptions {
  readonly timer: Timer;
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
  /** Keys in work at once; who pauses is not counted. */
  readonly concurrency: number;
  /** The same for the keys of one kind, by its identity; 0 holds all of them. Asked whenever something may begin. */
  readonly limitOf: (kind: string) => number;
  /** Works on one key. Never rejects. */
  readonly work: (task: Task) => Promise<void>;
}

/** What a queue holds of one kind. */
export interface QueueState {
  readonly due: number;
  readonly working: number;
  /** Milliseconds for which the first of the due keys has waited; 0 where none is. */
  readonly oldest: number;
}

/** The keys of one kind. */
interface Kind {
  readonly due: FairQueue;
  /** Keys at work, in a place or not. */
  working: number;
}

/** `again`: the key became due while it was at work; `urgent`: so that it must not wait for others. */
type Standing = 'due' | 'working' | 'again' | 'urgent';

/** Milliseconds after the first failure, and the most there are. */
const BACKOFF = { base: 1000, cap: 300_000 } as const;

/**
 * Keys that are due, each once, handed out as places become free: kinds in turn, and namespaces of a kind in turn. No
 * key is at work twice at once; one that becomes due while it is at work is due again afterwards.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #delays: Delays;
  readonly #backoff: Backoff;
  /** By identity, in their turn. */
  readonly #kinds = new Map<string, Kind>();
  readonly #standings = new Map<string, Standing>();
  readonly #places: Places;
  #state: 'stopped' | 'running' | 'drained' = 'stopped';
  #emptied: () => void = () => undefined;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#delays = new Delays(options.timer, (key) => this.add(key));
    this.#backoff = new Backoff({ ...BACKOFF, random: options.random });
    this.#places = new Places({ ...options, freed: () => this.refresh() });
  }

  /** Makes a key due now: an urgent one before others of its namespace. */
  add(key: ObjectKey, isUrgent = false): void {
    if (this.#state === 'drained') return;
    const identity = identityOf(key);
    const standing = this.#standings.get(identity);
    if (standing !== undefined && standing !== 'due') {
      if (standing !== 'urgent') this.#standings.set(identity, isUrgent ? 'urgent' : 'again');
      return;
    }
    this.#standings.set(identity, 'due');
    this.#kindOf(key).due.push({ key, since: this.#options.timer.now() }, isUrgent);
    this.refresh();
  }

  /** Makes a key due later. Of several times the earliest counts, and none of before the key was last at work. */
  addAfter(key: ObjectKey, milliseconds: number): void {
    if (this.#state === 'drained') return;
    if (milliseconds <= 0) this.add(key);
    else this.#delays.set(key, milliseconds);
  }

  /** Makes a key due after a time that doubles with each of its failures. */
  retry(key: ObjectKey): void {
    this.addAfter(key, this.#backoff.next(identityOf(key)));
  }

  /** Forgets the failures of a key. */
  forget(key: ObjectKey): void {
    this.#backoff.forget(identityOf(key));
  }

  /** Begins, or goes on, to hand out keys. */
  start(): void {
    if (this.#state === 'drained') return;
    this.#state = 'running';
    this.refresh();
  }

  /** Hands out nothing more until it is started again. What is due stays due. */
  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped';
  }

  /** Ends for good. Gives whether all that was at work is done, once it is or when so many milliseconds have passed. */
  drain(milliseconds: number): Promise<boolean> {
    this.#state = 'drained';
    this.#delays.clear();
    if (this.#working === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const cancel = this.#options.timer.after(milliseconds, () => resolve(false));
      this.#emptied = () => {
        cancel();
        resolve(true);
      };
    });
  }

  /** Hands out whatever may begin now. To be called when a limit was raised. */
  refresh(): void {
    while (this.#state === 'running') {
      const next = [...this.#kinds].find(([name, { due }]) => due.size > 0 && this.#places.isFree(name));
      const [name, kind] = next ?? [];
      const due = kind?.due.take();
      if (name === undefined || kind === undefined || due === undefined) return;
      this.#kinds.delete(name);
      this.#kinds.set(name, kind);
      void this.#begin(due.key, kind, this.#options.timer.now() - due.since);
    }
  }

  /** What the queue holds, by identity of the kind. */
  state(): ReadonlyMap<string, QueueState> {
    const now = this.#options.timer.now();
    const states = [...this.#kinds].map(([name, { due, working }]) => {
      return [name, { due: due.size, working, oldest: now - (due.oldest ?? now) }] as const;
    });
    return new Map(states);
  }

  get #working(): number {
    return [...this.#kinds.values()].reduce((sum, { working }) => sum + working, 0);
  }

  #kindOf(key: ObjectKey): Kind {
    const name = kindIdentity(key);
    const kind = this.#kinds.get(name) ?? { due: new FairQueue(), working: 0 };
    this.#kinds.set(name, kind);
    return kind;
  }

  async #begin(key: ObjectKey, kind: Kind, waited: number): Promise<void> {
    const identity = identityOf(key);
    this.#standings.set(identity, 'working');
    // What the key was to wait for was the matter of the pass before.
    this.#delays.delete(key);
    kind.working++;
    await this.#places.run(kindIdentity(key), (pause) => this.#options.work({ key, waited, pause }));
    kind.working--;
    const standing = this.#standings.get(identity);
    this.#standings.delete(identity);
    if (standing !== 'working') this.add(key, standing === 'urgent');
    if (this.#working === 0) this.#emptied();
  }
}
