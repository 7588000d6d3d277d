import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../bench/finding.js';
import { Random } from '../jsonnet/random.js';
import { freePort } from '../testbed/free-port.js';
import { FaultProxy } from './fault-proxy.js';
import type { FaultTable } from './fault-table.js';
import { Memory } from './memory.js';
import type { Account } from './report.js';
import type { Site } from './site.js';
import { Trial } from './trial.js';

/** How long, with what faults, and what decides about chance. */
export interface FaultSettings {
  readonly seconds: number;
  /** Changes that the engine sees without faults before that, once it runs: memory is judged when code is compiled. */
  readonly warmUp: number;
  readonly table: FaultTable;
  readonly seed: number;
  readonly say: (text: string) => void;
}

/** What there is before the engine starts. */
const DEEDS_BEFORE = 40;
/** Milliseconds between two changes, on average. */
const PACE = 250;
/** Milliseconds within which everything is as it should be after the last fault: a watch that fell silent is noticed after 150 s. */
const PATIENCE = 300_000;

/** Lets an engine work behind a proxy that spoils its requests while a client is at work, and judges what it did and left. */
export async function faults(site: Site, settings: FaultSettings): Promise<Account> {
  const { seconds, table, seed, say } = settings;
  const folder = mkdtempSync(join(tmpdir(), 'edict-proxy-'));
  const pace = new Random(seed + 1);
  const trial = new Trial(site, seed);
  const { plane, kubeconfig } = site;
  const proxy = await FaultProxy.open({ plane, kubeconfig, folder, table, random: new Random(seed + 2) });
  const port = await freePort();
  let memory: Memory | undefined;
  try {
    for (let deed = 0; deed < DEEDS_BEFORE; deed++) await trial.client.act();
    const edict = trial.start(proxy.kubeconfig(), [`--metrics-bind-address=127.0.0.1:${port}`]);
    await edict.running();
    if (settings.warmUp > 0) await warmUp(trial, proxy, settings);
    memory = new Memory(`http://127.0.0.1:${port}/metrics`);
    const begun = performance.now();
    for (let minute = 0; performance.now() - begun < seconds * 1000; ) {
      await trial.client.act();
      await sleep(pace.below(2 * PACE));
      if (performance.now() - begun < minute * 60_000) continue;
      say(
        `minute ${minute++}: ${trial.client.owners.size} owners, ${total(proxy.counts)} faults in ${total(proxy.requests)} requests`,
      );
    }
    proxy.heal();
    await memory.close();
    say('no more faults');
    const { violations, rows } = await trial.judge(PATIENCE);
    return {
      violations: [...violations, ...memory.violations(), ...(edict.isRunning ? [] : ['the engine has ended'])],
      tables: [
        { title: `faults for ${seconds} s, seed ${seed}`, columns: ['', 'number'], rows, notes: [] },
        tableOf('requests of the engine', proxy.requests),
        tableOf('faults', proxy.counts),
        memory.finding(),
      ],
      evidence: trial.log,
    };
  } finally {
    await trial.close();
    await memory?.close();
    proxy.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lets the engine work without faults, as fast as the client can, and spoils everything again. */
async function warmUp({ client }: Trial, proxy: FaultProxy, { warmUp: count, say }: FaultSettings): Promise<void> {
  say(`${count} changes without faults`);
  proxy.heal();
  proxy.cut();
  for (const end = client.sum + count; client.sum < end; ) await client.act();
  proxy.spoil();
  proxy.cut();
}

function tableOf(title: string, counts: ReadonlyMap<string, number>): Finding {
  const rows = [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
  return { title, columns: ['', 'number'], rows: [...rows, ['all', total(counts)]], notes: [] };
}

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, number) => sum + number, 0);
