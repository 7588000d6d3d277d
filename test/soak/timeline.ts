import type { Children } from './model.js';

interface Wish {
  /** Undefined: the child should not be there. */
  readonly content: string | undefined;
  /** When the client sent the change that brought it. */
  readonly from: number;
}

/**
 * What should have existed when. A change is under way from when it is sent to when it is answered: in between both the
 * wish before and the one after it hold.
 */
export class Timeline {
  readonly #wishes = new Map<string, { wish: Wish; until: number }[]>();

  /** Notes that a change sent at `from` and answered now leads from these children to those. */
  note(before: Children, after: Children, from: number): void {
    const now = performance.now();
    for (const child of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(child) === after.get(child)) continue;
      const known = this.#wishes.get(child) ?? [
        { wish: { content: undefined, from: 0 }, until: Number.POSITIVE_INFINITY },
      ];
      const last = known.at(-1);
      if (last !== undefined) last.until = now;
      known.push({ wish: { content: after.get(child), from }, until: Number.POSITIVE_INFINITY });
      this.#wishes.set(child, known);
    }
  }

  /** Whether a child was wanted all the time from one moment to another, and with this content where one is given. */
  wasWanted(child: string, from: number, until: number, content?: string): boolean {
    const known = this.#wishes.get(child) ?? [];
    const then = known.filter((each) => each.until >= from && each.wish.from <= until).map(({ wish }) => wish.content);
    if (then.length === 0) return false;
    return content === undefined ? !then.includes(undefined) : then.every((wish) => wish === content);
  }
}
