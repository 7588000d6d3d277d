/** A cell of a table: a number is shown with three digits, and given whole as JSON. */
export type Cell = string | number;

/** One table of a benchmark. */
export interface Finding {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What the figures mean, and what was done to be fair. */
  readonly notes: readonly string[];
}

/** What a benchmark is given. */
export interface Setting {
  /** Folder of the rule set that is measured. */
  readonly root: string;
  /** A folder of its own, removed afterwards. */
  readonly scratch: string;
  /** Tells what is going on. */
  readonly say: (text: string) => void;
}

/** Measures something; never asserts how long it took. */
export type Benchmark = (setting: Setting) => Promise<readonly Finding[]>;

/** A ratio beside the one that it should not exceed. */
export function withinBar(ratio: number, bar: number): string {
  return ratio <= bar ? `<= ${bar}` : `> ${bar} !`;
}

/** The tables as text for a terminal. */
export function formatFinding({ title, columns, rows, notes }: Finding): string {
  const texts = [columns, ...rows.map((row) => row.map(formatCell))];
  const widths = columns.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const lines = texts.map((row) =>
    row
      .map((text, column) => pad(text, widths[column] ?? 0, column))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines.map((line) => `  ${line}`), ...notes.map((note) => `  * ${note}`)].join('\n');
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

function formatCell(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) ? String(cell) : cell.toPrecision(3).replace(/e\+\d+$/, (exponent) => exponent);
}
