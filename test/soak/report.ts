import { type Finding, formatFinding } from '../bench/finding.js';

/** What a run came to. */
export interface Account {
  /** What is not as it should be, one line each: none where the run is passed. */
  readonly violations: readonly string[];
  readonly tables: readonly Finding[];
  /** The log of the engine, where there are violations. */
  readonly evidence: string;
}

/** The account as text for a terminal. */
export function formatAccount({ violations, tables }: Account): string {
  const verdict = violations.length === 0 ? ['passed: no violation'] : [`FAILED: ${violations.length} violations`];
  return [...tables.map(formatFinding), [...verdict, ...violations.map((line) => `  ${line}`)].join('\n')].join('\n\n');
}
