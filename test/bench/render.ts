import type { CatalogEntry } from '#catalog/catalog.js';
import type { ChangeSet } from '#model/change-set.js';
import type { Desired } from '#model/desired.js';
import type { Facts } from '#model/facts.js';
import type { Json } from '#model/json.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import { readInventory } from '#observe/inventory.js';
import { observe } from '#observe/observe.js';
import { type Current, readCurrent } from '#plan/current.js';
import { plan } from '#plan/plan.js';
import { admit } from '#reconcile/admission.js';
import { judgeChange, judgeRequest } from '#reconcile/judgement.js';
import { reconcile } from '#reconcile/reconcile.js';
import { factsForDesired, render as renderFacts } from '#render/render.js';
import { type OpenedEngine, openEngine } from './edict.js';
import type { Cell, Finding, Setting } from './finding.js';
import { exampleOf, numbered, SLUGS, type Slug } from './objects.js';
import { compare, type Time, time } from './stopwatch.js';
import { applicationclaim } from './twins/applicationclaim.js';
import { performer } from './twins/performer.js';

const TWINS: { readonly [slug in Slug]: (facts: never) => Json } = { performer, applicationclaim };
const OBJECTS = 100;
const IN_FLIGHT = 16;
const ROUNDS = 5;

/** From custom resource to plan, warm and in one process: whole, stage by stage, and beside hand-written templates. */
export async function render(setting: Setting): Promise<readonly Finding[]> {
  const one = await openEngine(setting);
  try {
    const passes: Cell[][] = [];
    const stages: Cell[][] = [];
    const twins: Cell[][] = [];
    for (const slug of SLUGS) {
      setting.say(`render ${slug}`);
      const objects = numbered(exampleOf(slug, setting.root), OBJECTS);
      passes.push(await wholePass(slug, objects, one));
      stages.push(...(await stageTimes(slug, objects, one)));
      twins.push(await twinRatio(slug, objects, one));
    }
    return [
      {
        title: 'render: judge + render + plan, warm',
        columns: ['', 'objects/s', 'ms', 'CPU-ms'],
        rows: passes,
        notes: [`${OBJECTS} objects a round, median of ${ROUNDS} rounds; ${IN_FLIGHT} in flight`],
      },
      {
        title: 'render: stage by stage',
        columns: ['', 'ms', 'CPU-ms', 'of a pass'],
        rows: stages,
        notes: ['`charts` of the template is evaluated while observing'],
      },
      {
        title: 'render: desired(facts) of the template beside a hand-written twin',
        columns: ['', 'template ms', 'twin ms', 'ratio', 'template CPU-ms', 'twin CPU-ms', 'CPU ratio'],
        rows: twins,
        notes: ['both give equal JSON, byte for byte, for every object'],
      },
    ];
  } finally {
    await one.close();
  }
}

async function wholePass(
  slug: Slug,
  objects: readonly KubernetesObject[],
  { engine, entryOf }: OpenedEngine,
): Promise<Cell[]> {
  const pass = async (): Promise<void> => {
    const queue = objects.values();
    const run = async (): Promise<void> => {
      for (const object of queue) {
        const { outcome, changes } = await reconcile(object, entryOf(object), engine, 'plan');
        if (outcome.state !== 'settled' || changes === undefined)
          throw new Error(`${slug} gave no plan: ${JSON.stringify(outcome)}`);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, run));
  };
  const { wall, cpu } = (await compare({ pass }, { rounds: ROUNDS, operations: objects.length })).pass;
  return [slug, 1000 / wall, wall, cpu];
}

interface Prepared {
  readonly entry: CatalogEntry;
  object: KubernetesObject;
  facts?: Facts;
  desired?: Desired;
  current?: Current;
  changes?: ChangeSet;
}

/** Each stage over all objects before the next one. */
async function stageTimes(
  slug: Slug,
  objects: readonly KubernetesObject[],
  { engine, entryOf }: OpenedEngine,
): Promise<Cell[][]> {
  const { installation } = engine.catalog;
  const all = objects.map((object): Prepared => ({ object, entry: entryOf(object) }));
  const inventory = await readInventory(all[0]!.entry.rule, engine.cluster);
  const stages: { readonly [name: string]: (each: Prepared) => Promise<void> | void } = {
    admit: (each) => {
      each.object = admit(each.object, each.entry);
    },
    observe: async (each) => {
      const observation = await observe(each.object, each.entry, inventory, { ...engine, installation });
      if (observation.state === 'observed') each.facts = observation.facts;
    },
    'judge request': async (each) => void (await judgeRequest(each.facts!, each.entry, engine)),
    render: async (each) => {
      const rendering = await renderFacts(each.facts!, each.entry, { templates: engine.templates, installation });
      if (rendering.state === 'desired') each.desired = rendering.desired;
    },
    'read current': async (each) => {
      each.current = await readCurrent(
        {
          desired: each.desired!,
          children: [],
          patched: [],
          inventory,
          owner: keyOf(each.object),
          instance: installation.instance,
        },
        engine,
      );
    },
    plan: (each) => {
      each.changes = plan({
        owner: each.facts!.object,
        entry: each.entry,
        installation,
        desired: each.desired!,
        current: each.current!,
      });
    },
    'judge change': async (each) =>
      void (await judgeChange(
        { facts: each.facts!, desired: each.desired!, changes: each.changes! },
        each.entry,
        engine,
      )),
  };
  const times: [string, Time][] = [];
  for (const [name, stage] of Object.entries(stages)) {
    const run = async (): Promise<void> => {
      for (const each of all) await stage(each);
    };
    await run();
    times.push([name, await time(run)]);
  }
  const total = times.reduce((sum, [, { wall }]) => sum + wall, 0);
  return times.map(([name, { wall, cpu }]) => [
    `${slug}, ${name}`,
    wall / all.length,
    cpu / all.length,
    `${Math.round((100 * wall) / total)}%`,
  ]);
}

const TWIN_REPEATS = 50;

async function twinRatio(
  slug: Slug,
  objects: readonly KubernetesObject[],
  { engine, entryOf }: OpenedEngine,
): Promise<Cell[]> {
  const entry = entryOf(objects[0]!);
  const inventory = await readInventory(entry.rule, engine.cluster);
  const twin = TWINS[slug] as unknown as (facts: Json) => Json;
  const inputs: Json[] = [];
  for (const object of objects) {
    const observation = await observe(admit(object, entry), entry, inventory, {
      ...engine,
      installation: engine.catalog.installation,
    });
    if (observation.state !== 'observed') throw new Error(observation.message);
    inputs.push(factsForDesired(observation.facts));
  }
  const { path } = entry.template;
  const template = (facts: Json): Promise<Json> =>
    engine.templates.call({ template: path, function: 'desired', arguments: [facts], limits: entry.rule.limits });
  for (const facts of inputs) {
    const [expected, actual] = [JSON.stringify(sorted(await template(facts))), JSON.stringify(sorted(twin(facts)))];
    if (expected !== actual) throw new Error(`the twin of ${path} differs:\n${expected}\n${actual}`);
  }
  const contenders = {
    twin: () => {
      for (let repeat = 0; repeat < TWIN_REPEATS; repeat++) for (const facts of inputs) twin(facts);
    },
    template: async () => {
      for (let repeat = 0; repeat < TWIN_REPEATS; repeat++) for (const facts of inputs) await template(facts);
    },
  };
  const measured = await compare(contenders, { rounds: ROUNDS, operations: inputs.length });
  const { twin: hand, template: jsonnet } = measured;
  return [
    slug,
    jsonnet.wall / TWIN_REPEATS,
    hand.wall / TWIN_REPEATS,
    jsonnet.wallRatio,
    jsonnet.cpu / TWIN_REPEATS,
    hand.cpu / TWIN_REPEATS,
    jsonnet.cpuRatio,
  ];
}

/** The same value with the keys of objects in order, as Jsonnet writes them. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
