import type { CoveredPart } from '#jsonnet/files.js';

/** Lines of one file; numbers are sorted. A line is covered when everything that begins on it was evaluated. */
export interface LineCoverage {
  readonly covered: readonly number[];
  readonly notCovered: readonly number[];
}

/** The lines of a template on which parts begin, by whether all of those were evaluated at least once. */
export function lineCoverage(parts: readonly CoveredPart[]): LineCoverage {
  const lines = new Map<number, boolean>();
  for (const { line, count } of parts) lines.set(line, (lines.get(line) ?? true) && count > 0);
  const sorted = [...lines].sort(([left], [right]) => left - right);
  const those = (wanted: boolean): number[] =>
    sorted.flatMap(([line, isCovered]) => (isCovered === wanted ? [line] : []));
  return { covered: those(true), notCovered: those(false) };
}
