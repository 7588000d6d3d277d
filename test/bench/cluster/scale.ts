import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunningEdict } from '../../e2e/running-edict.js';
import { freePort } from '../../testbed/free-port.js';
import { usageOf } from '../../testbed/process-usage.js';
import type { Cell, Finding, Setting } from '../finding.js';
import { median } from '../stopwatch.js';
import { ChildWatch } from './child-watch.js';
import { inParallel, nameOf, PATHS, performers, Stand } from './stand.js';

const [FEW, MANY] = [100, 10_000];
const EDITS = 60;
const BATCH = 1_000;

/** What stays quick however much there is: one edit among many idle objects, and a restart of the engine. */
export async function scale({ say }: Setting): Promise<readonly Finding[]> {
  const stand = await Stand.start();
  try {
    const [probes, metrics] = [await freePort(), await freePort()];
    const words = [`--health-probe-bind-address=127.0.0.1:${probes}`, `--metrics-bind-address=127.0.0.1:${metrics}`];
    let edict = new RunningEdict(stand.kubeconfig, undefined, words);
    const edits: Cell[][] = [];
    await edict.running();
    for (const [first, count] of [
      [0, FEW],
      [FEW, MANY],
    ] as const) {
      say(`scale: ${count} performers`);
      await populate(stand, first, count);
      await quiet(metrics, count);
      edits.push(await editLatency(stand, count));
    }
    const memory = usageOf(edict.pid).residentBytes / 2 ** 20;
    await edict.stop();
    say('scale: restart');
    const restarts: Cell[][] = [];
    for (const edited of [0, 1]) {
      if (edited === 1) await editByHand(stand);
      const writes = await stand.writes();
      const listed = await timeOfListing(stand);
      const begun = performance.now();
      edict = new RunningEdict(stand.kubeconfig, edict.state, words);
      await ready(probes);
      const seconds = (performance.now() - begun) / 1000;
      await quiet(metrics, MANY);
      const { residentBytes, cpuSeconds } = usageOf(edict.pid);
      const written = (await stand.writes()) - writes;
      restarts.push([
        edited === 0 ? 'nothing changed' : 'one Service edited by hand',
        written,
        seconds,
        listed,
        seconds / listed,
        cpuSeconds,
        residentBytes / 2 ** 20,
      ]);
      await edict.stop();
    }
    edict.forget();
    return [
      {
        title: `scale: one edit, from the answer of the API server to the last child`,
        columns: ['idle performers', 'p50 ms', 'p99 ms', 'writes an edit'],
        rows: [
          ...edits,
          ['ratio', ...[1, 2, 3].map((column) => Number(edits[1]?.[column]) / Number(edits[0]?.[column]))],
        ],
        notes: [
          `${EDITS} edits of the port: the Pod is replaced, and the Service changed`,
          `RSS afterwards: ${Math.round(memory)} MiB`,
        ],
      },
      {
        title: `scale: restart with ${MANY} performers and ${2 * MANY} children, all of them ready`,
        columns: ['', 'writes', 'ready after s', 'listing s', 'ratio', 'CPU-s', 'RSS MiB'],
        rows: restarts,
        notes: [
          'listing: a process of its own that reads all performers, Pods and Services with the client of the engine',
          'writes: all that the API server counted, until the engine was quiet; leases and events are left out',
        ],
      },
    ];
  } finally {
    await stand.stop();
  }
}

/** Adds performers up to `count`, and makes their Pods ready, as a kubelet would, before the rule takes them for lost. */
async function populate(stand: Stand, first: number, count: number): Promise<void> {
  for (let from = first; from < count; from += BATCH) {
    const added = performers(from, Math.min(BATCH, count - from));
    await inParallel(added, async (object) => void (await stand.post(PATHS.Performer, object)));
    await stand.countTo(PATHS.Pod, from + added.length);
    await stand.countTo(PATHS.Service, from + added.length);
    await inParallel(added, ({ metadata }) => makeReady(stand, metadata.name));
  }
}

async function makeReady(stand: Stand, name: string): Promise<void> {
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString() }];
  await stand.merge(`${PATHS.Pod}/performer-${name}/status`, { status: { phase: 'Running', conditions } });
}

/** Waits until every object was looked at, and there was nothing else to do three times in a row: the rule has a clock. */
async function quiet(port: number, count: number): Promise<void> {
  for (let idle = 0; idle < 3; await sleep(500)) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const isIdle = sumOf(text, 'edict_queue_depth') === 0 && sumOf(text, 'edict_reconcile_total') >= count;
    idle = isIdle ? idle + 1 : 0;
  }
}

function sumOf(metrics: string, name: string): number {
  const samples = [...metrics.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))];
  return samples.reduce((total, [, value]) => total + Number(value), 0);
}

async function editLatency(stand: Stand, count: number): Promise<Cell[]> {
  const watch = await ChildWatch.open(stand);
  const times: number[] = [];
  const writes = await stand.writes();
  for (let edit = 0; edit < EDITS; edit++) {
    const name = nameOf((edit * 37) % count);
    const grpcPort = 10_000 + count + edit;
    const children = watch.children(`performer-${name}`, grpcPort);
    await stand.merge(`${PATHS.Performer}/${name}`, { spec: { config: { grpcPort } } });
    const answered = performance.now();
    times.push((await children) - answered);
    await makeReady(stand, name);
    await sleep(100);
  }
  watch.close();
  const sorted = times.sort((left, right) => left - right);
  // The edit itself, and the status of the Pod that a kubelet would tell, are not the engine's.
  const written = ((await stand.writes()) - writes) / EDITS - 2;
  return [String(count), median(sorted), sorted[Math.ceil(0.99 * EDITS) - 1] ?? 0, written];
}

async function editByHand(stand: Stand): Promise<void> {
  await stand.merge(`${PATHS.Service}/performer-${nameOf(7)}`, { spec: { selector: { app: 'by-hand' } } });
}

async function ready(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(20);
  }
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
