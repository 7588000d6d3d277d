import { readFileSync } from 'node:fs';
import { kill as signal } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningEdict } from '../e2e/running-edict.js';
import { Random } from '../jsonnet/random.js';
import type { Account } from './report.js';
import type { Site } from './site.js';
import { Trial } from './trial.js';

/** How much is done, and what decides about chance. */
export interface KillSettings {
  readonly kills: number;
  readonly deeds: number;
  /** Milliseconds that a process gets at most for work before it is killed, from when it says that it runs. */
  readonly work: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

/** Share of the kills that come while a process is still starting. */
const EARLY = 0.25;
/** Milliseconds within which everything is as it should be after the last start. */
const PATIENCE = 180_000;

/** Kills the engine again and again at random moments while a client is at work, and judges what is left in the end. */
export async function kill(site: Site, { kills, deeds, work, seed, say }: KillSettings): Promise<Account> {
  const moments = new Random(seed + 1);
  const trial = new Trial(site, seed);
  let [left, hadBegun, tookOthers] = [deeds, 0, 0];
  const burst = async (milliseconds: number): Promise<void> => {
    const count = Math.min(left, Math.ceil(deeds / kills));
    for (let deed = 0; deed < count; deed++, left--) {
      await trial.client.act();
      await sleep(moments.below((2 * milliseconds) / count));
    }
  };
  try {
    const start = await startOf(trial, site.kubeconfig);
    for (let round = 1; round <= kills; round++) {
      const edict = trial.start(site.kubeconfig);
      const isEarly = moments.chance(EARLY);
      const age = moments.below(isEarly ? start : work);
      // A container takes what it has started with it, a process does not.
      const isContainer = moments.chance(0.5);
      const end = async (): Promise<void> => {
        if (!isEarly) await edict.running();
        await sleep(age);
        await endAtOnce(edict, isContainer);
      };
      await Promise.all([burst(isEarly ? age : start + age), end()]);
      if (edict.log.includes('"running"')) hadBegun++;
      if (isContainer) tookOthers++;
      say(`kill ${round} of ${kills}: ${trial.client.owners.size} owners, ${trial.repository.commits} commits`);
    }
    trial.start(site.kubeconfig);
    const { violations, rows } = await trial.judge(PATIENCE);
    const kinds = [
      ['kills', kills],
      ['  of processes that had begun to work', hadBegun],
      ['  with all that they had started', tookOthers],
    ];
    const table = {
      title: `kill -9 at random moments, seed ${seed}`,
      columns: ['', 'number'],
      rows: [...kinds, ...rows],
      notes: [],
    };
    return { violations, tables: [table], evidence: trial.log };
  } finally {
    await trial.close();
  }
}

/** Milliseconds that an engine takes until it works, now and on this machine. */
async function startOf(trial: Trial, kubeconfig: string): Promise<number> {
  const begun = performance.now();
  const edict = trial.start(kubeconfig);
  await edict.running();
  const took = performance.now() - begun;
  await edict.stop();
  return took;
}

/** Ends an engine without any warning; with the processes that it has started, where they go with it. */
async function endAtOnce(edict: RunningEdict, withOthers: boolean): Promise<void> {
  const others = withOthers ? childrenOf(edict.pid) : [];
  await edict.stop('SIGKILL');
  for (const pid of others) {
    try {
      signal(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function childrenOf(pid: number | undefined): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return text.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
