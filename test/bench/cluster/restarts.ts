import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { execPath } from 'node:process';
import { type Cell, type Finding, withinBar } from '../finding.js';
import { median } from '../stopwatch.js';
import type { Populated } from './populated.js';
import { nameOf, PATHS, type Stand } from './stand.js';

const RESTARTS = 3;

/** What one restart came to. */
interface Restart {
  readonly writes: number;
  readonly seconds: number;
  readonly listing: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Restarts of the engine with everything as it should be, and with a child that was edited meanwhile. */
export async function restarts(many: Populated): Promise<Finding> {
  const idle: Restart[] = [];
  await many.stopEngine();
  for (let round = 0; round < RESTARTS; round++) idle.push(await restartOnce(many));
  await editByHand(many.stand);
  const edited = await restartOnce(many);
  return {
    title: `scale: restart with ${many.count} performers and ${2 * many.count} children, all of them ready`,
    columns: ['', 'writes', 'ready after s', 'listing s', 'ratio', 'bar', 'CPU-s', 'RSS MiB'],
    rows: [restartRow(`nothing changed, ${RESTARTS} times`, idle), restartRow('one Service edited by hand', [edited])],
    notes: [
      'medians of the times, sum of the writes; the ratio is the median of those of each restart',
      'listing: a process of its own that reads all performers, Pods and Services with the client of the engine',
      'writes: all that the API server counted, until the engine was quiet; leases and events are left out',
    ],
  };
}

/** Starts the engine that was stopped, and stops it once it is quiet. */
async function restartOnce(many: Populated): Promise<Restart> {
  const { stand } = many;
  const before = await stand.writes();
  const listing = await timeOfListing(stand);
  const seconds = await many.startEngine();
  await many.quiet();
  const { residentBytes, cpuSeconds } = many.usage;
  const writes = (await stand.writes()) - before;
  await many.stopEngine();
  return { writes, seconds, listing, cpuSeconds, residentBytes };
}

function restartRow(title: string, restarts: readonly Restart[]): Cell[] {
  const middle = (of: (each: Restart) => number): number => median(restarts.map(of));
  const ratio = middle(({ seconds, listing }) => seconds / listing);
  return [
    title,
    restarts.reduce((sum, { writes }) => sum + writes, 0),
    middle(({ seconds }) => seconds),
    middle(({ listing }) => listing),
    ratio,
    withinBar(ratio, 1.5),
    middle(({ cpuSeconds }) => cpuSeconds),
    middle(({ residentBytes }) => residentBytes / 2 ** 20),
  ];
}

async function editByHand(stand: Stand): Promise<void> {
  await stand.merge(`${PATHS.Service}/performer-${nameOf(7)}`, { spec: { selector: { app: 'by-hand' } } });
}

/** Seconds that a process needs which only lists. */
async function timeOfListing({ plane }: Stand): Promise<number> {
  const begun = performance.now();
  const lister = resolve('dist/test/bench/cluster/lister.js');
  const child = spawn(execPath, [lister, plane.kubeconfig(), ...Object.values(PATHS)], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`listing ended with ${String(code)}`);
  return (performance.now() - begun) / 1000;
}
