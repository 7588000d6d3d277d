import { join, resolve } from 'node:path';
import { systemClock } from '#adapters/clock/system-clock.js';
import { ChartFolder } from '#adapters/files/chart-folder.js';
import { EvaluationJournal } from '#adapters/files/evaluation-journal.js';
import type { Catalog } from '#catalog/catalog.js';
import { digestOf } from '#model/digest.js';
import { forEachAtOnce } from '#publish/at-once.js';
import type { Engine } from '#reconcile/engine.js';
import type { EvaluationStore } from '#reconcile/memoise.js';
import { openEvaluators } from '../evaluators.js';
import type { Invocation } from '../invocation.js';
import type { LoadedCatalog } from '../workspace.js';
import { findCases } from './case-folder.js';
import { CaseInstallations } from './case-installation.js';
import { type CaseReport, testCase } from './compare.js';
import type { CaseContext } from './run-case.js';

/** Which cases are run, and whether what they come to is accepted. */
export interface CaseSelection {
  /** Parts of names; none of them: all. */
  readonly filters: readonly string[];
  readonly update: boolean;
  /** Whether templates are evaluated even where their results are known. */
  readonly anew: boolean;
}

/** Knows nothing, and keeps nothing. */
const NO_STORE: EvaluationStore = { get: () => undefined, put: () => undefined };

/** Cases in work at once: most of them wait for a template. */
const IN_FLIGHT = 16;

/** Runs cases of the rule set, and gives a report on each, in the order of their names. */
export async function testCases(
  { environment, options, console }: Invocation,
  loaded: LoadedCatalog,
  { filters, update, anew }: CaseSelection,
): Promise<readonly CaseReport[]> {
  const root = resolve(environment.directory, options.root);
  const journal = new EvaluationJournal(
    join(loaded.tools.cache, 'cases', digestOf(root).slice(0, 16)),
    environment.version,
  );
  const context = caseContext(loaded, root, anew ? NO_STORE : journal);
  const folders = findCases(root, filters);
  const reports: CaseReport[] = [];
  await forEachAtOnce(folders.entries(), IN_FLIGHT, async ([index, folder]) => {
    reports[index] = await testCase(folder, context, update);
    console.progress(`${index + 1} of ${folders.length} cases`);
  });
  journal.flush();
  return reports;
}

/** What running cases of a rule set needs. Evaluations are kept in `store`. */
export function caseContext(
  { catalog, templates, tree, reload }: LoadedCatalog,
  root: string,
  store: EvaluationStore,
): CaseContext {
  const evaluators = new Map<Catalog, Pick<Engine, 'templates' | 'policies'>>();
  return {
    installations: new CaseInstallations(catalog, tree, reload),
    evaluators: (asked) => {
      const known =
        evaluators.get(asked) ?? openEvaluators(asked, { templates, store, count: { evaluated: 0, known: 0 } });
      evaluators.set(asked, known);
      return known;
    },
    charts: new ChartFolder({ root: join(root, 'charts'), clock: systemClock }),
  };
}
