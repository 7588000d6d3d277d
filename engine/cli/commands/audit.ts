import { type AppliedPolicy, type CatalogEntry, entryFor } from '#catalog/catalog.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import { objections, type Verdict } from '#model/verdict.js';
import { isExempt } from '#policy/judge.js';
import type { Pass } from '#reconcile/engine.js';
import { explanation } from '#report/conditions.js';
import { printable } from '../console.js';
import { EXIT } from '../environment.js';
import { selectObjects } from '../given.js';
import type { Invocation } from '../invocation.js';
import { faultData, formatData, plain } from '../output/data.js';
import { formatResult } from '../output/format-plan.js';
import { formatTable } from '../output/table.js';
import { type ObjectResult, passResult } from '../results.js';
import { look } from '../settle.js';
import type { View } from '../workspace.js';
import type { LookOptions } from './look.js';
import { printFaults } from './print.js';

/** Options of `audit`. */
export interface AuditOptions extends LookOptions {
  /** Whether warnings count as denials do. */
  readonly strict: boolean;
}

/** What a policy says of a standing object. */
interface Finding extends Omit<Verdict, 'level'> {
  readonly object: string;
  /** `exempt`: it would object, but is not asked about this object. */
  readonly level: Verdict['level'] | 'exempt';
  /** The last day of an exemption that ends. */
  readonly until?: string | undefined;
}

/** `edict audit`: every verdict of every policy about the objects that there are, and what exemptions leave out. */
export async function audit(
  invocation: Invocation,
  { paths, namespace, cluster, strict }: AuditOptions,
): Promise<number> {
  const { environment, console } = invocation;
  const view = await invocation.view(cluster);
  const selection = { paths, namespace, directory: environment.directory, store: false };
  const { objects, refused } = await selectObjects(view, selection);
  const standing = objects.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const passes = await look(standing, view, 'plan', (_, done, total) => console.progress(`judged ${done} of ${total}`));
  const findings = [...passes.flatMap(findingsOf), ...(await exempted(standing, view))].sort(byLevel);
  // What comes to no plan was not asked of every policy.
  const unjudged = [...refused, ...passes.filter((pass) => !isJudged(pass)).map(passResult)];
  show(invocation, { findings, unjudged, count: standing.length, view });
  if (unjudged.length > 0 || view.catalog.faults.length > 0) return EXIT.fault;
  const counted = findings.some(({ level }) => level !== 'exempt' && (strict || level !== 'warn'));
  return counted ? EXIT.denied : EXIT.done;
}

function findingsOf({ object, verdicts = [] }: Pass): readonly Finding[] {
  return verdicts.map((verdict) => ({ object: formatKey(keyOf(object)), ...verdict }));
}

function isJudged({ changes, verdicts, deleting }: Pass): boolean {
  return deleting || changes !== undefined || objections(verdicts ?? []).length > 0;
}

/** What policies would say of the objects that are exempt from them. */
async function exempted(objects: readonly KubernetesObject[], view: View): Promise<readonly Finding[]> {
  const today = new Date(view.engine.clock.now()).toISOString().slice(0, 10);
  const entries = view.catalog.entries.map(withoutExemptions);
  const catalog = { ...view.catalog, entries };
  const exemptions = (object: KubernetesObject): readonly AppliedPolicy[] => {
    const entry = entryFor(view.catalog, object);
    const policies = [...(entry?.policies.request ?? []), ...(entry?.policies.change ?? [])];
    return policies.filter((policy) => isExempt(policy, object, today));
  };
  const concerned = objects.filter((object) => exemptions(object).length > 0);
  const passes = await look(concerned, { catalog, engine: { ...view.engine, catalog } }, 'plan', () => undefined);
  return passes.flatMap((pass) =>
    findingsOf(pass).flatMap((finding) => {
      const policy = exemptions(pass.object).find((each) => each.policy.path === finding.policy);
      const until = policy?.exempt.find(({ object }) => object === finding.object)?.until;
      return policy === undefined ? [] : [{ ...finding, level: 'exempt' as const, until }];
    }),
  );
}

function withoutExemptions(entry: CatalogEntry): CatalogEntry {
  const free = (policies: readonly AppliedPolicy[]): readonly AppliedPolicy[] =>
    policies.map((policy) => ({ ...policy, exempt: [] }));
  const { request, change } = entry.policies;
  return { ...entry, policies: { request: free(request), change: free(change) } };
}

const LEVELS: readonly Finding['level'][] = ['deny', 'unknown', 'warn', 'exempt'];

/** Sorting is stable: objects stay in the order of their names. */
function byLevel(left: Finding, right: Finding): number {
  return LEVELS.indexOf(left.level) - LEVELS.indexOf(right.level);
}

interface Shown {
  readonly findings: readonly Finding[];
  readonly unjudged: readonly ObjectResult[];
  readonly count: number;
  readonly view: View;
}

function show(invocation: Invocation, { findings, unjudged, count, view }: Shown): void {
  const { console, options } = invocation;
  const { style } = console;
  const counts = LEVELS.map((level) => `${findings.filter((finding) => finding.level === level).length} ${level}`);
  const summary = `Audit: ${count} ${count === 1 ? 'object' : 'objects'}, ${counts.join(', ')}, ${unjudged.length} not judged.`;
  if (options.output !== 'text') {
    const open = unjudged.map(({ object, pass, faults }) => ({
      object,
      faults,
      ...(pass === undefined ? {} : explanation(pass.outcome)),
    }));
    const faults = faultData(view.catalog.faults);
    console.print(formatData(plain({ findings, unjudged: open, faults, summary }), options.output));
    return;
  }
  const colours = { deny: style.red, unknown: style.red, warn: style.yellow, exempt: style.dim };
  const rows = findings.map(({ level, object, policy, message, path, until }) => {
    const place = path === '' ? '' : ` (${path})`;
    const end = until === undefined ? '' : `, exempt until ${until}`;
    return [level, object, policy, `${message}${place}${end}`].map(printable);
  });
  const paint = (cell: string, row: number, column: number): string => {
    const level = findings[row]?.level;
    return column === 0 && level !== undefined ? colours[level](cell) : cell;
  };
  if (rows.length > 0) console.print(`${formatTable(['LEVEL', 'OBJECT', 'POLICY', 'MESSAGE'], rows, paint)}\n\n`);
  for (const result of unjudged) console.note(formatResult(result, style));
  printFaults(invocation, view.catalog.faults);
  console.print(summary);
}
