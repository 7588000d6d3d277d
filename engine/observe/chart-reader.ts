import type { Chart, ChartReference } from '#model/chart.js';

/** Reads charts. */
export interface ChartReader {
  /** Throws ChartNotFound where the repository has no such chart or version. The repository is a remote's URL or below it. */
  read(reference: ChartReference): Promise<Chart>;
}
