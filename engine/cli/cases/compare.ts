import type { ErrorCode } from '#errors/codes.js';
import { faultsOf } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';
import { compareText } from '#model/json.js';
import { type CaseFolder, type Golden, readGolden, writeGolden } from './case-folder.js';
import { goldenOf } from './case-golden.js';
import { type CaseContext, type CaseResult, runCase } from './run-case.js';

/** One golden file that is not what it should be. Undefined: there is none. */
export interface Difference {
  readonly path: string;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
}

/** What testing one case came to: it passes where there are neither differences nor faults. */
export interface CaseReport {
  readonly name: string;
  readonly differences: readonly Difference[];
  readonly faults: readonly Fault[];
  /** Golden files that were written. */
  readonly updated: readonly string[];
}

/** What no golden file may ever hold: it says nothing about the rule set. */
const ACCIDENTS: ReadonlySet<ErrorCode> = new Set(['InternalFault', 'EvaluationTimeout', 'ArtifactUnavailable']);

/** Runs a case and compares all that it came to with its golden files, or makes it the golden files. */
export async function testCase(folder: CaseFolder, context: CaseContext, update: boolean): Promise<CaseReport> {
  const { name } = folder;
  try {
    const result = await runCase(folder, context);
    const accidents = accidentsOf(result);
    if (accidents.length > 0) return { name, differences: [], faults: accidents, updated: [] };
    const actual = goldenOf(result);
    if (update) return { name, differences: [], faults: [], updated: writeGolden(folder, actual) };
    return { name, differences: differencesOf(readGolden(folder), actual), faults: [], updated: [] };
  } catch (error) {
    return { name, differences: [], faults: faultsOf(error), updated: [] };
  }
}

function accidentsOf(result: CaseResult): readonly Fault[] {
  const faults = result.state === 'refused' ? result.faults : [...result.planned.faults, ...result.published.faults];
  return faults.filter(({ code }) => ACCIDENTS.has(code));
}

function differencesOf(expected: Golden, actual: Golden): readonly Difference[] {
  const paths = [...new Set([...expected.keys(), ...actual.keys()])].sort(compareText);
  return paths
    .map((path) => ({ path, expected: expected.get(path), actual: actual.get(path) }))
    .filter((difference) => difference.expected !== difference.actual);
}
