import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '#model/object.js';
import { type OpenedEngine, openEngine } from '../edict.js';
import { type Cell, type Finding, type Setting, withinBar } from '../finding.js';
import { median } from '../stopwatch.js';
import { bodiesOf } from './bodies.js';
import { ChildWatch } from './child-watch.js';
import type { Populated } from './populated.js';
import { nameOf, PATHS, performers, type Stand } from './stand.js';

/** So many that the 99th percentile is not just the slowest. */
const EDITS = 1_000;
/** Edits before: the engine with few performers has had less to do so far, and its code is less compiled. */
const WARM_UP = 100;
/** Milliseconds between edits, of which each engine has every fourth: an idle engine is edited, not a busy one. */
const PAUSE = 25;
const BAR = 1.2;
/** What the client edits is nobody's child. */
const BARE = 'bare';

/** Makes the edit of one round, and gives the milliseconds until its children were seen. */
type Edit = (round: number) => Promise<number>;

/** Who edits, on the API server with few objects and on the one with many. */
interface Contender {
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly times: readonly number[][];
}

/** One edit among few and among many idle objects: by the engine, and by a client that knows what to write. */
export async function edits(few: Populated, many: Populated, setting: Setting): Promise<Finding> {
  setting.say(`scale: ${EDITS} edits of each`);
  const sides = [few, many];
  const engine = await openEngine(setting);
  const watches = await Promise.all(sides.map(({ stand }) => ChildWatch.open(stand)));
  const contender = (title: string, editOn: (side: Populated, watch: ChildWatch) => Edit): Contender => ({
    title,
    edits: sides.map((side, index) => editOn(side, watches[index] as ChildWatch)),
    times: sides.map(() => []),
  });
  const contenders = [
    contender('edict run', editByEngine),
    contender('bare client', ({ stand }, watch) => editByClient(stand, watch, engine)),
  ];
  try {
    for (let round = 0; round < WARM_UP + EDITS; round++) await editInTurn(contenders, round);
  } finally {
    for (const watch of watches) watch.close();
    await engine.close();
  }
  return {
    title: 'scale: one edit, from the answer of the API server to the last child',
    columns: ['', `p50 ms, ${few.count} idle`, `${many.count} idle`, 'ratio', 'p99 ms', '', 'ratio', 'bar'],
    rows: contenders.map(rowOf),
    notes: [
      `${EDITS} edits of the port after ${WARM_UP} to warm up: the Pod is replaced, and the Service changed`,
      'an API server and an engine for each number, and an edit here and an edit there in turn',
      'bare client: the same writes to the same API servers, from the first request on; what grows with it is not of the engine',
      `RSS afterwards: ${Math.round(many.usage.residentBytes / 2 ** 20)} MiB`,
    ],
  };
}

/** One edit of each everywhere: what the machine does besides slows all of them. */
async function editInTurn(contenders: readonly Contender[], round: number): Promise<void> {
  for (const { edits, times } of contenders) {
    for (const [side, edit] of edits.entries()) {
      times[side]?.push(await edit(round));
      await sleep(PAUSE);
    }
  }
}

function rowOf({ title, times }: Contender): Cell[] {
  const sorted = times.map((side) => side.slice(WARM_UP).sort((left, right) => left - right));
  const at = (of: (side: readonly number[]) => number): readonly [number, number, number] => {
    const [few = 0, many = 0] = sorted.map(of);
    return [few, many, many / few];
  };
  const [middle, last] = [at(median), at((side) => side[Math.ceil(0.99 * side.length) - 1] ?? 0)];
  return [title, ...middle, ...last, withinBar(Math.max(middle[2], last[2]), BAR)];
}

/** Edits another performer each time, all over the collection. */
function editByEngine(side: Populated, watch: ChildWatch): Edit {
  return async (round) => {
    const { stand, count } = side;
    const name = nameOf((round * 37) % count);
    const grpcPort = 10_000 + round;
    const children = watch.children(`performer-${name}`, grpcPort);
    await stand.merge(`${PATHS.Performer}/${name}`, { spec: { config: { grpcPort } } });
    const answered = performance.now();
    const time = (await children) - answered;
    await side.makeReady(name);
    return time;
  };
}

/** Does what the engine does to the children, and knows it beforehand. */
function editByClient(stand: Stand, watch: ChildWatch, engine: OpenedEngine): Edit {
  return async (round) => {
    const grpcPort = 10_000 + round;
    const [pod, service] = await bareBodies(grpcPort, engine);
    const children = watch.children(BARE, grpcPort);
    const begun = performance.now();
    const replace = async (): Promise<void> => {
      await stand.remove(`${PATHS.Pod}/${BARE}`);
      await stand.apply(pod, BARE);
    };
    await Promise.all([replace(), stand.apply(service, BARE)]);
    return (await children) - begun;
  };
}

/** Pod and Service as the engine would send them, but for whose they are. */
async function bareBodies(grpcPort: number, engine: OpenedEngine): Promise<[KubernetesObject, KubernetesObject]> {
  const [performer] = performers(0, 1) as [KubernetesObject];
  const spec = performer.spec as { readonly config: object };
  const edited = { ...performer, spec: { ...spec, config: { ...spec.config, grpcPort } } } as KubernetesObject;
  const bodies = await bodiesOf({ ...edited, metadata: { ...edited.metadata, uid: BARE } }, engine);
  return bodies.map((body): KubernetesObject => {
    const { namespace = '', annotations = {} } = body.metadata;
    return { ...body, metadata: { name: BARE, namespace, annotations } };
  }) as [KubernetesObject, KubernetesObject];
}
