import type { CatalogEntry } from '#catalog/catalog.js';
import { kindIdentity } from '#model/object.js';
import { kindsOf, type Rule } from '#model/rule.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import type { Timer } from './timer.js';

/** Milliseconds between two looks at what is still being read. */
const PERIOD = 500;

/** What a gate needs. */
export interface SyncGateOptions {
  readonly timer: Timer;
  /** Told of rules that have become free to begin. */
  readonly opened: (entries: readonly CatalogEntry[]) => Promise<void>;
  /** Told of what must never happen. */
  readonly defect: (error: unknown) => void;
}

/**
 * Holds each rule until all kinds that it reads and writes were read for the first time, so that no pass takes what is not
 * known yet for something that is not there. Kinds that are absent or forbidden hold nothing: their passes tell of it.
 */
export class SyncGate {
  readonly #options: SyncGateOptions;
  readonly #held = new Map<string, CatalogEntry>();
  #cluster: ClusterReader | undefined;
  #cancel: () => void = () => undefined;
  /** Looks that were begun: only the latest goes on. */
  #looks = 0;

  constructor(options: SyncGateOptions) {
    this.#options = options;
  }

  /** Whether passes over objects of this kind may begin. */
  isOpen(kind: string): boolean {
    return !this.#held.has(kind);
  }

  /** The rules that wait. */
  get held(): readonly CatalogEntry[] {
    return [...this.#held.values()];
  }

  /** Holds these rules, and no others, until their kinds are read. */
  hold(entries: readonly CatalogEntry[], cluster: ClusterReader): Promise<void> {
    this.#cluster = cluster;
    this.#held.clear();
    for (const entry of entries) this.#held.set(kindIdentity(entry.rule.for), entry);
    return this.look();
  }

  /** Looks whether anything is free to begin, now and again until everything is. */
  async look(): Promise<void> {
    this.#cancel();
    const [look, cluster] = [++this.#looks, this.#cluster];
    if (cluster === undefined) return;
    const opened: CatalogEntry[] = [];
    for (const [kind, entry] of [...this.#held]) {
      const isSynced = await this.#isSynced(entry.rule, cluster);
      if (look !== this.#looks) break;
      if (isSynced && this.#held.delete(kind)) opened.push(entry);
    }
    if (look === this.#looks && this.#held.size > 0)
      this.#cancel = this.#options.timer.after(PERIOD, () => void this.look());
    await this.#options.opened(opened).catch(this.#options.defect);
  }

  /** Ends looking. */
  close(): void {
    this.#cancel();
    this.#looks++;
  }

  async #isSynced(rule: Rule, cluster: ClusterReader): Promise<boolean> {
    try {
      const states = await Promise.all(kindsOf(rule).map((kind) => cluster.availability(kind)));
      return !states.includes('syncing');
    } catch (error) {
      this.#options.defect(error);
      return false;
    }
  }
}
