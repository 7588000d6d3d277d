const CONTEXT = 3;
/** Cells of the table of common lines; texts that need more are shown as replaced wholly. */
const MAXIMUM_CELLS = 4_000_000;

/** One line of a diff: kept, removed or added. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+' | '@';
  readonly text: string;
}

/** The lines of a unified diff between two texts, without a heading; nothing where they are equal. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const lines = align(linesOf(before), linesOf(after));
  const shown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  let old = 1;
  let now = 1;
  return lines.flatMap((line, index): readonly DiffLine[] => {
    const opens = shown[index] === true && shown[index - 1] !== true;
    const heading: DiffLine = { sign: '@', text: `-${old} +${now} @@` };
    if (line.sign !== '+') old++;
    if (line.sign !== '-') now++;
    if (shown[index] !== true) return [];
    return opens ? [heading, line] : [line];
  });
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : [...lines.slice(0, -1), `${lines.at(-1)} (no new line at the end)`];
}

function align(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const kept = (text: string): DiffLine => ({ sign: ' ', text });
  const middle = alignMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...before.slice(0, start).map(kept), ...middle, ...before.slice(before.length - end).map(kept)];
}

/** By the longest common subsequence. */
function alignMiddle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  if (before.length * after.length > MAXIMUM_CELLS) return [...before.map(removed), ...after.map(added)];
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const longest =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
      common[row * width + column] = longest;
    }
  }
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length && column < after.length) {
    if (before[row] === after[column]) {
      lines.push({ sign: ' ', text: before[row++] ?? '' });
      column++;
    } else if (at(row + 1, column) >= at(row, column + 1)) lines.push(removed(before[row++] ?? ''));
    else lines.push(added(after[column++] ?? ''));
  }
  return [...lines, ...before.slice(row).map(removed), ...after.slice(column).map(added)];
}

const removed = (text: string): DiffLine => ({ sign: '-', text });
const added = (text: string): DiffLine => ({ sign: '+', text });
