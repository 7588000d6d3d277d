import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { edict, stateIn } from './command.js';
import { type Cell, type Finding, type Setting, withinBar } from './finding.js';
import { SLUGS } from './objects.js';
import { median, time } from './stopwatch.js';

const RUNS = 15;
const BAR = 300;
const PROBE = fileURLToPath(new URL('start-probe.js', import.meta.url));
/** Ends of the plan that are no failure of the measurement: done, a fault of another kind, denied. */
const CODES = [0, 1, 3];

interface Probe {
  readonly marks: readonly (readonly [name: string, at: number])[];
  readonly evaluated: number;
}

/** From nothing to the first verdict and the first render, all caches being warm. */
export async function start(setting: Setting): Promise<readonly Finding[]> {
  const { root, scratch } = setting;
  const example = join(root, 'examples', `${SLUGS[0]}.yaml`);
  const state = stateIn(scratch);
  const forget = (): void => rmSync(state, { recursive: true, force: true });
  const command = () => edict(['--state', state, 'plan', example], { root, codes: CODES });
  const bare = async (): Promise<void> => void execFileSync(execPath, ['--eval', '0']);
  await command();
  const times: Record<string, { wall: number; cpu: number }[]> = { bare: [], known: [], anew: [] };
  const probes: Record<'known' | 'anew', Probe[]> = { known: [], anew: [] };
  for (let run = 0; run < RUNS; run++) {
    setting.say(`start ${run + 1} of ${RUNS}`);
    times.bare!.push(await time(bare));
    forget();
    times.anew!.push(await time(command));
    times.known!.push(await time(command));
    forget();
    probes.anew.push(probe(root, state, example));
    probes.known.push(probe(root, state, example));
  }
  const whole = (name: string, label: string, bar?: number): Cell[] => {
    const wall = median(times[name]!.map((each) => each.wall));
    const cpu = median(times[name]!.map((each) => each.cpu));
    return [label, wall, cpu, bar === undefined ? '' : withinBar(wall, bar)];
  };
  return [
    {
      title: 'start: whole command `edict plan` on one example',
      columns: ['', 'ms', 'CPU-ms', 'bar'],
      rows: [
        whole('bare', 'node --eval 0'),
        whole('anew', 'the template evaluated anew', BAR),
        whole('known', 'its result known from before', BAR),
      ],
      notes: [
        `medians of ${RUNS} runs in turns; the bar is for the first verdict and render, which come before the end`,
      ],
    },
    breakdown('start: the template evaluated anew, ms since the process began', probes.anew),
    breakdown('start: its result known from before', probes.known),
  ];
}

function probe(root: string, state: string, example: string): Probe {
  return JSON.parse(execFileSync(execPath, [PROBE, root, state, example], { cwd: root, encoding: 'utf8' })) as Probe;
}

function breakdown(title: string, probes: readonly Probe[]): Finding {
  const names = (probes[0]?.marks ?? []).map(([name]) => name);
  const rows = names.map((name, index): Cell[] => {
    const ends = probes.map(({ marks }) => marks[index]?.[1] ?? 0);
    const spans = probes.map(({ marks }, at) => ends[at]! - (marks[index - 1]?.[1] ?? 0));
    return [name, median(spans), median(ends)];
  });
  return {
    title,
    columns: ['', 'ms', 'at'],
    rows,
    notes: [
      `${probes[0]?.evaluated ?? 0} templates evaluated; \`at\` leaves out what the system needs to start the process`,
      'of single modules, which take longer to import than the few files of the command',
    ],
  };
}
