import { setTimeout as sleep } from 'node:timers/promises';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { fieldManagerOf } from '#model/ownership.js';
import { RunningEdict } from '../../e2e/running-edict.js';
import { usageOf } from '../../testbed/process-usage.js';
import { type OpenedEngine, openEngine } from '../edict.js';
import type { Cell, Finding, Setting } from '../finding.js';
import { median } from '../stopwatch.js';
import { bodiesOf } from './bodies.js';
import { CONNECTIONS, type CpuTimes, cpuBetween, inParallel, PATHS, performers, Stand } from './stand.js';

const PARENTS = 2_000;
const CHILDREN = 2 * PARENTS;
/** Performers beforehand: an operator has long run when a burst comes, and what is compiled at first use is not what is compared. */
const WARM_UP = 200;
/** Odd: the median is one of them. Other work on the machine changes its speed for a minute or two at a time. */
const ROUNDS = 5;

/** What one contender needed for all of it. */
interface Burst {
  readonly seconds: number;
  readonly cpu: CpuTimes;
  readonly writes: number;
  readonly resident: number;
}

/** Many new objects at once: the engine beside a bare loop that knows what to write and writes it. */
export async function burst(setting: Setting): Promise<readonly Finding[]> {
  const engine = await openEngine(setting);
  const rounds: { readonly engine: Burst; readonly loop: Burst; readonly children: Burst }[] = [];
  try {
    let status: object | undefined;
    for (let round = 1; round <= ROUNDS; round++) {
      setting.say(`burst: round ${round} of ${ROUNDS}`);
      // In turn, so that a machine that slows down favours neither.
      const first = status !== undefined && round % 2 === 0 ? await loopBursts(engine, status) : undefined;
      const measured = await engineBurst();
      status = measured.status;
      rounds.push({ engine: measured.burst, ...(first ?? (await loopBursts(engine, status))) });
    }
  } finally {
    await engine.close();
  }
  const row = (name: string, of: (round: (typeof rounds)[number]) => Burst): Cell[] => {
    const mid = (value: (burst: Burst) => number): number => median(rounds.map((round) => value(of(round))));
    const ratio = (value: (burst: Burst) => number): number =>
      median(rounds.map((round) => value(of(round)) / value(round.loop)));
    const perChild = (value: (cpu: CpuTimes) => number): number => mid(({ cpu }) => value(cpu) / CHILDREN);
    return [
      name,
      mid(({ seconds }) => CHILDREN / seconds),
      ratio(({ seconds }) => 1 / seconds),
      perChild(({ client }) => client),
      perChild(({ apiServer }) => apiServer),
      perChild(({ etcd }) => etcd),
      ratio(({ cpu }) => cpu.client + cpu.apiServer + cpu.etcd),
      mid(({ writes }) => writes / CHILDREN),
      mid(({ resident }) => resident),
    ];
  };
  return [
    {
      title: `burst: ${PARENTS} performers, ${CHILDREN} children`,
      columns: [
        '',
        'children/s',
        'ratio',
        'CPU-ms a child',
        'API server',
        'etcd',
        'all CPU, ratio',
        'writes',
        'RSS MiB',
      ],
      rows: [
        row('bare loop', ({ loop }) => loop),
        row('edict run', ({ engine: of }) => of),
        row('bare loop, children only', ({ children }) => children),
      ],
      notes: [
        `medians of ${ROUNDS} rounds, each on API servers of its own, engine and loop in turn first; ${CONNECTIONS} connections create the performers`,
        'the bare loop creates them, applies the same children, and writes the same status; its bodies are made before',
        'it has the account of the engine, and has unknown fields looked for in every child, as kubectl has',
        `${WARM_UP} performers were there before: both have done all of it, and the API servers rest`,
        'writes: a child, with the performer and its status counted in; 2 is one of each',
      ],
    },
  ];
}

async function engineBurst(): Promise<{ readonly burst: Burst; readonly status: object }> {
  const stand = await Stand.start();
  const edict = new RunningEdict(stand.kubeconfig);
  try {
    await edict.running();
    await Promise.all(performers(PARENTS, WARM_UP).map((object) => stand.post(PATHS.Performer, object)));
    await childrenOf(stand, WARM_UP);
    await stand.calm();
    const writes = await stand.writes();
    const [cpu, own, begun] = [stand.cpu(edict.pid), stand.cpu(), performance.now()];
    await inParallel(performers(0, PARENTS), async (object) => void (await stand.post(PATHS.Performer, object)));
    await childrenOf(stand, WARM_UP + PARENTS);
    await statusesOf(stand);
    const seconds = (performance.now() - begun) / 1000;
    const used = cpuBetween(cpu, stand.cpu(edict.pid));
    const created = cpuBetween(own, stand.cpu());
    const resident = usageOf(edict.pid).residentBytes / 2 ** 20;
    const status = (await stand.get(`${PATHS.Performer}/${performers(0, 1)[0]?.metadata.name}`)).status as object;
    const burst = {
      seconds,
      // Whoever creates the performers is part of the loop as well.
      cpu: { ...used, client: used.client + created.client },
      writes: (await stand.writes()) - writes,
      resident,
    };
    return { burst, status };
  } finally {
    await edict.stop();
    edict.forget();
    await stand.stop();
  }
}

/** Waits until so many performers have their children. */
async function childrenOf(stand: Stand, count: number): Promise<void> {
  await stand.countTo(PATHS.Pod, count);
  await stand.countTo(PATHS.Service, count);
}

/** Waits until the last performer has a status: the queue is fair, and none is far behind the others. */
async function statusesOf(stand: Stand): Promise<void> {
  const last = performers(PARENTS - 1, 1)[0]?.metadata.name;
  while ((await stand.get(`${PATHS.Performer}/${last}`)).status === undefined) await sleep(50);
}

/** What the loop needed for all of it, and for the children alone. */
interface LoopBurst {
  readonly loop: Burst;
  readonly children: Burst;
}

async function loopBursts(engine: OpenedEngine, status: object): Promise<LoopBurst> {
  const stand = await Stand.start();
  try {
    await loop(stand, engine, status, performers(PARENTS, WARM_UP));
    await stand.calm();
    return await loop(stand, engine, status, performers(0, PARENTS));
  } finally {
    await stand.stop();
  }
}

async function loop(
  stand: Stand,
  engine: OpenedEngine,
  status: object,
  objects: readonly KubernetesObject[],
): Promise<LoopBurst> {
  const writes = await stand.writes();
  const [cpu, begun] = [stand.cpu(), performance.now()];
  const parents: KubernetesObject[] = [];
  await inParallel(objects, async (object, index) => {
    parents[index] = await stand.post(PATHS.Performer, object);
  });
  const creation = { seconds: (performance.now() - begun) / 1000, cpu: cpuBetween(cpu, stand.cpu()) };

  const sets: (readonly KubernetesObject[])[] = [];
  for (const parent of parents) sets.push(await bodiesOf(parent, engine));
  const [before, start] = [stand.cpu(), performance.now()];
  await inParallel(sets, async (set, index) => {
    const manager = fieldManagerOf('performer', keyOf(parents[index]!));
    for (const object of set) await stand.apply(object, manager);
  });
  const seconds = (performance.now() - start) / 1000;
  const childCpu = cpuBetween(before, stand.cpu());
  await inParallel(parents, ({ metadata }) =>
    stand.merge(`${PATHS.Performer}/${metadata.name}/status`, { status: status as never }, stand.operator),
  );
  const whole = (performance.now() - start) / 1000;
  const wholeCpu = cpuBetween(before, stand.cpu());
  const resident = process.memoryUsage.rss() / 2 ** 20;
  return {
    loop: {
      seconds: creation.seconds + whole,
      cpu: sum(creation.cpu, wholeCpu),
      writes: (await stand.writes()) - writes,
      resident,
    },
    children: { seconds, cpu: childCpu, writes: 2 * objects.length, resident },
  };
}

function sum(left: CpuTimes, right: CpuTimes): CpuTimes {
  return {
    client: left.client + right.client,
    apiServer: left.apiServer + right.apiServer,
    etcd: left.etcd + right.etcd,
  };
}
