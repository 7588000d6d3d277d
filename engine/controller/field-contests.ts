import type { Contest, ContestMemory } from '#model/contest.js';
import { keepRecent } from '#model/keep-recent.js';
import { identityOf, type ObjectKey } from '#model/object.js';

/** Corrections of one field after which a manager is taken to change it back whenever it is corrected. */
const MAXIMUM_CORRECTIONS = 5;
/** Milliseconds for which such a field is left alone, and after which a correction that held is forgotten. */
const PAUSE = 3_600_000;
/** Objects, and fields of one, that are remembered: those corrected longest ago are forgotten first. */
const [MAXIMUM_OBJECTS, MAXIMUM_FIELDS] = [10_000, 100];

interface Corrections extends Contest {
  readonly count: number;
  readonly last: number;
}

/**
 * Counts corrections of the same field of the same child against the same manager. A fight that goes on is reported and
 * goes on once an hour, whoever it is with; a field that has been left in peace is corrected at once again.
 */
export class FieldContests implements ContestMemory {
  /** By identity of the object, then by manager and path; the latest last. */
  readonly #corrections = new Map<string, Map<string, Corrections>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  corrected(key: ObjectKey, fields: readonly Contest[]): void {
    const identity = identityOf(key);
    const known = this.#corrections.get(identity) ?? new Map<string, Corrections>();
    for (const { manager, path } of fields) {
      const name = JSON.stringify([manager ?? null, path]);
      const before = known.get(name);
      const count = before === undefined || this.#isOver(before) ? 1 : before.count + 1;
      keepRecent(known, name, { manager, path, count, last: this.#now() }, MAXIMUM_FIELDS);
    }
    keepRecent(this.#corrections, identity, known, MAXIMUM_OBJECTS);
  }

  standing(key: ObjectKey): readonly Contest[] {
    const now = this.#now();
    return [...(this.#corrections.get(identityOf(key))?.values() ?? [])]
      .filter(({ count, last }) => count >= MAXIMUM_CORRECTIONS && now - last < PAUSE)
      .map(({ manager, path }) => ({ manager, path }));
  }

  /** In a fight a correction comes a pause after the one before: only twice as long without one is peace. */
  #isOver({ count, last }: Corrections): boolean {
    return this.#now() - last > (count < MAXIMUM_CORRECTIONS ? PAUSE : 2 * PAUSE);
  }
}
