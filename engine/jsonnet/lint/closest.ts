/** The name that is at most two letters away, the nearest of several; undefined where there is none. */
export function closest(name: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = 3;
  for (const candidate of names) {
    const away = distance(name, candidate);
    if (away < least) [nearest, least] = [candidate, away];
  }
  return nearest;
}

/** Letters to change, add, leave out or swap with the next. */
function distance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let at = 1; at <= left.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= right.length; to += 1) {
      const differs = left[at - 1] === right[to - 1] ? 0 : 1;
      const changed = Math.min(
        (row[to] as number) + 1,
        (next[to - 1] as number) + 1,
        (row[to - 1] as number) + differs,
      );
      const isSwapped = at > 1 && to > 1 && left[at - 1] === right[to - 2] && left[at - 2] === right[to - 1];
      next.push(isSwapped ? Math.min(changed, (before[to - 2] as number) + 1) : changed);
    }
    before = row;
    row = next;
  }
  return row.at(-1) as number;
}
