/** A cell that is wider than this makes no room for itself in other rows. */
const WIDEST = 64;

/** Rows under headings, each column as wide as its widest cell. Cells hold no styles: `paint` colours a padded cell. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (cell: string, row: number, column: number) => string = (cell) => cell,
): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length).filter((width) => width <= WIDEST)),
  );
  const line = (cells: readonly string[], row: number): string =>
    cells
      .map((cell, column) => paint(column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0), row, column))
      .join('  ')
      .trimEnd();
  return [line(headings, -1), ...rows.map(line)].join('\n');
}
