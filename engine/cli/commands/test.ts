import { join } from 'node:path';
import { ContentCache } from '#adapters/files/content-cache.js';
import { JsonnetTemplates } from '#adapters/jsonnet/jsonnet-templates.js';
import { testCases } from '../cases/case-suite.js';
import type { CaseReport } from '../cases/compare.js';
import { type PolicyTestRun, runPolicyTests } from '../cases/policy-tests.js';
import { EXIT } from '../environment.js';
import type { Invocation } from '../invocation.js';
import { faultData, formatData } from '../output/data.js';
import { formatCase, formatCoverage, formatPolicyTest, isPassed, policyLines } from '../output/format-tests.js';
import type { LoadedCatalog } from '../workspace.js';
import { printFaults } from './print.js';

/** Options of `test`. */
export interface TestOptions {
  /** Parts of names: what has none of them is left out. */
  readonly filters: readonly string[];
  readonly update: boolean;
  readonly coverage: boolean;
  /** Only this sort, where one is given. */
  readonly only: 'cases' | 'policies' | undefined;
}

/** `edict test`: every case of test/domains and every test of a policy. */
export async function test(
  invocation: Invocation,
  { filters, coverage, only, ...options }: TestOptions,
): Promise<number> {
  const { console, environment } = invocation;
  const update = options.update || environment.variables.UPDATE_GOLDEN === '1';
  const loaded = await invocation.openCatalog();
  const templates = coverage ? new JsonnetTemplates(loaded.catalog.templates, { isCovered: true }) : loaded.templates;
  const selection = { filters, update, anew: coverage };
  const cases = only === 'policies' ? [] : await testCases(invocation, { ...loaded, templates }, selection);
  const none: PolicyTestRun = { faults: [], tests: [], coverage: undefined };
  const policies = only === 'cases' ? none : await testPolicies(loaded, filters, coverage);
  const both = [...loaded.catalog.faults, ...policies.faults];
  const faults = [...new Map(both.map((fault) => [JSON.stringify(fault), fault])).values()];
  if (filters.length > 0 && cases.length + policies.tests.length === 0) {
    console.note(`No case and no policy test has ${filters.join(' or ')} in its name.`);
    return EXIT.usage;
  }
  const coveredTemplates = coverage && only !== 'policies' ? templates.coverage() : undefined;
  printReport(invocation, { cases, policies: { ...policies, faults }, templates: coveredTemplates });
  const isGood = faults.length === 0 && cases.every(isPassed) && policies.tests.every(isPassed);
  return isGood ? EXIT.done : EXIT.fault;
}

async function testPolicies(
  { tree, tools }: LoadedCatalog,
  filters: readonly string[],
  coverage: boolean,
): Promise<PolicyTestRun> {
  const cache = new ContentCache(join(tools.cache, 'policy-tests'));
  const run = await runPolicyTests({ tree, tool: tools.rego, cache }, coverage);
  const wanted = (name: string): boolean => filters.length === 0 || filters.some((filter) => name.includes(filter));
  return { ...run, tests: run.tests.filter(({ file, name }) => wanted(`policies/${file} ${name}`)) };
}

interface Report {
  readonly cases: readonly CaseReport[];
  readonly policies: PolicyTestRun;
  /** Lines of templates that the cases ran, if that was asked for. */
  readonly templates: ReturnType<JsonnetTemplates['coverage']> | undefined;
}

function printReport(invocation: Invocation, { cases, policies, templates }: Report): void {
  const { console, options } = invocation;
  const { tests, coverage, faults } = policies;
  const passed = [...cases, ...tests].filter(isPassed).length;
  const failed = cases.length + tests.length - passed;
  const updated = cases.filter((each) => each.updated.length > 0);
  if (options.output !== 'text') {
    const shown = {
      passed,
      failed,
      cases,
      policies: tests,
      faults: faultData(faults),
      ...(coverage === undefined && templates === undefined ? {} : { coverage: { ...coverage, templates } }),
    };
    console.print(formatData(JSON.parse(JSON.stringify(shown)), options.output));
    return;
  }
  for (const report of cases) if (!isPassed(report)) console.print(`${formatCase(report, console.style)}\n`);
  for (const result of tests) if (!isPassed(result)) console.print(`${formatPolicyTest(result, console.style)}\n`);
  printFaults(invocation, faults);
  if (templates !== undefined) console.print(`${formatCoverage('TEMPLATE', templates)}\n`);
  if (coverage !== undefined) console.print(`${formatCoverage('POLICY', policyLines(coverage))}\n`);
  for (const { name, updated: files } of updated)
    console.print(`${console.style.yellow('updated')} ${name}: ${files.join(', ')}`);
  const sorts = `${cases.length} cases, ${tests.length} policy tests`;
  console.print(`${passed} passed, ${failed} failed (${sorts}).`);
}
