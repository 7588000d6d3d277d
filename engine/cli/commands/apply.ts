import { deletionCatalog } from '#catalog/catalog.js';
import type { Fault } from '#errors/fault.js';
import { isWrite } from '#model/change-set.js';
import { formatKey, type KubernetesObject, keyOf } from '#model/object.js';
import type { Pass } from '#reconcile/engine.js';
import { explanation } from '#report/conditions.js';
import { faultText, printable } from '../console.js';
import { selectObjects } from '../given.js';
import type { Invocation } from '../invocation.js';
import { readObjects } from '../objects.js';
import { faultData, formatData, resultData } from '../output/data.js';
import { formatVerdict } from '../output/format-plan.js';
import { formatTable } from '../output/table.js';
import { formatTree } from '../output/tree.js';
import { exitCodeOf, isDenied, type ObjectResult, passResult } from '../results.js';
import { settle } from '../settle.js';
import type { Workspace } from '../workspace.js';
import { printFaults } from './print.js';

/** Options of `apply`. */
export interface ApplyOptions {
  readonly paths: readonly string[];
  readonly namespace: string;
  /** Print what the local folder holds afterwards. */
  readonly tree: boolean;
}

/** `edict apply`: stores the objects as `kubectl apply` would, and publishes what should exist for them. */
export async function apply(invocation: Invocation, { paths, namespace, tree }: ApplyOptions): Promise<number> {
  const { environment, console } = invocation;
  const workspace = await invocation.open('write');
  const { objects, refused, files } = await selectObjects(workspace, {
    paths,
    namespace,
    directory: environment.directory,
    store: true,
  });
  const results = [
    ...refused,
    ...(await settleAll(objects, workspace, invocation)).map((result) => ({
      ...result,
      file: files.get(result.object),
    })),
  ];
  printApplied(invocation, workspace, results);
  if (tree && invocation.options.output === 'text') console.print(`\n${await formatTree(workspace)}`);
  return exitCodeOf(results, workspace.catalog.faults);
}

/** `edict delete`: deletes objects, with everything that exists for them. */
export async function remove(
  invocation: Invocation,
  { paths, namespace }: Omit<ApplyOptions, 'tree'>,
): Promise<number> {
  const { environment } = invocation;
  const opened = await invocation.open('write');
  const catalog = deletionCatalog(opened.catalog);
  const workspace = { ...opened, catalog, engine: { ...opened.engine, catalog } };
  const { cluster } = workspace;
  const given = readObjects(paths, { directory: environment.directory, catalog, namespace });
  const refused: ObjectResult[] = [];
  const leaving: KubernetesObject[] = [];
  for (const { object, file, faults } of given) {
    const live = object === undefined ? null : await cluster.get(keyOf(object));
    if (object === undefined || live === null) {
      refused.push({
        object: object === undefined ? file : formatKey(keyOf(object)),
        file,
        pass: undefined,
        faults: object === undefined ? faults : [absent(object, file)],
      });
      continue;
    }
    await cluster.delete({ key: keyOf(live), uid: live.metadata.uid ?? '' });
    leaving.push(live);
  }
  const results = [...refused, ...(await settleAll(leaving, workspace, invocation))];
  printApplied(invocation, workspace, results);
  return exitCodeOf(results, catalog.faults);
}

async function settleAll(
  objects: readonly KubernetesObject[],
  workspace: Workspace,
  { console }: Invocation,
): Promise<readonly ObjectResult[]> {
  // An object may need several passes: what the first one wrote is what the user wants to hear of.
  const writes = new Map<string, number>();
  const passes = await settle(objects, workspace, (pass, done, total) => {
    const object = formatKey(keyOf(pass.object));
    writes.set(object, (writes.get(object) ?? 0) + writesOf(pass));
    console.progress(`${done} of ${total} ${object}`);
  });
  const results = passes.map(passResult).map((result) => ({ ...result, writes: writes.get(result.object) ?? 0 }));
  const seen = new Set(results.map(({ object }) => object));
  const gone = objects.map((object) => formatKey(keyOf(object))).filter((name) => !seen.has(name));
  return [...results, ...gone.map((object) => ({ object, file: undefined, pass: undefined, faults: [] }))];
}

function printApplied(invocation: Invocation, { catalog }: Workspace, results: readonly ObjectResult[]): void {
  const { console, options } = invocation;
  const { style } = console;
  if (options.output !== 'text') {
    const shown = { objects: results.map(resultData), faults: faultData(catalog.faults) };
    console.print(formatData(shown, options.output));
    return;
  }
  const rows = results.map((result) => [printable(result.object), stateOf(result), written(result), reasonOf(result)]);
  const paint = (cell: string, row: number, column: number): string => {
    if (row < 0) return style.dim(cell);
    if (column !== 1) return cell;
    if (/^(done|gone)/.test(cell)) return style.green(cell);
    return cell.startsWith('waiting') ? style.yellow(cell) : style.red(cell);
  };
  if (rows.length > 0) console.print(formatTable(['OBJECT', 'RESULT', 'WRITTEN', ''], rows, paint));
  for (const { object, faults, pass } of results) {
    for (const fault of faults) console.print(`\n${style.red(faultText(fault))}`);
    for (const verdict of pass?.verdicts ?? [])
      console.print(`\n${printable(object)}: ${formatVerdict(verdict, style)}`);
  }
  printFaults(invocation, catalog.faults);
}

function stateOf(result: ObjectResult): string {
  const { pass, faults } = result;
  if (pass === undefined) return faults.length === 0 ? 'gone' : 'refused';
  if (isDenied(result)) return 'denied';
  if (pass.outcome.state !== 'settled') return pass.outcome.state;
  return pass.deleting ? 'gone' : 'done';
}

function writesOf({ published, changes }: Pass): number {
  if (published === undefined) return 0;
  return (changes?.changes ?? []).filter(isWrite).length;
}

function written(result: ObjectResult): string {
  const { writes = 0 } = result;
  // What goes with an object by itself, as its children do, is written by nobody.
  if (writes === 0) return stateOf(result) === 'gone' ? '' : 'no change';
  return writes === 1 ? '1 change' : `${writes} changes`;
}

function reasonOf({ pass, faults }: ObjectResult): string {
  if (pass === undefined) return faults[0]?.code ?? '';
  return pass.outcome.state === 'settled'
    ? ''
    : printable(`${explanation(pass.outcome).reason}: ${explanation(pass.outcome).message}`).slice(0, 100);
}

function absent(object: KubernetesObject, file: string): Fault {
  const name = formatKey(keyOf(object));
  return {
    code: 'ObjectNotFound',
    message: `${name} is not there`,
    location: { file, object: name },
    remedy: 'See `edict plan` for what there is.',
  };
}
