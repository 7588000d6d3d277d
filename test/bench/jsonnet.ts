import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { folderImporter } from '#adapters/jsonnet/folder-importer.js';
import { Jsonnet } from '#jsonnet/jsonnet.js';
import { JsonnetError } from '#jsonnet/jsonnet-error.js';
import { virtualImporter } from '#jsonnet/virtual-importer.js';
import type { Json } from '#model/json.js';
import { readInventory } from '#observe/inventory.js';
import { observe } from '#observe/observe.js';
import { admit } from '#reconcile/admission.js';
import { factsForDesired } from '#render/render.js';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { artifactLoader } from '#wasm/load-artifact.js';
import { artifactCache } from '#wasm/locate-artifact.js';
import { type OpenedEngine, openEngine } from './edict.js';
import type { Cell, Finding, Setting } from './finding.js';
import { exampleOf, numbered, SLUGS, type Slug } from './objects.js';
import { compare, type Measured, median, time } from './stopwatch.js';

const OBJECTS = 100;
const ROUNDS = 5;
/** Rounds of a contender that needs no more than microseconds, in one round of those that need milliseconds. */
const REPEATS = 20;
const MEMORY_EVALUATIONS = 1_000_000;
const COMMAND = fileURLToPath(new URL('../../bin/edict.js', import.meta.url));
const DEEPEST = '200000';

/**
 * Our Jsonnet beside go-jsonnet as WebAssembly, beside native go-jsonnet where Go is present, and beside jrsonnet where
 * JRSONNET names it: on the same templates and inputs. JSONNET_BENCHMARKS names a folder of programs to run besides.
 */
export async function jsonnet(setting: Setting): Promise<readonly Finding[]> {
  const opened = await openEngine(setting);
  const tool = new JsonnetTool(
    artifactLoader('jsonnet', 2048, { cache: artifactCache(env), onProgress: setting.say, environment: env }),
    600_000,
  );
  try {
    const native = buildNative(setting);
    const rows: Cell[][] = [];
    for (const slug of SLUGS) {
      setting.say(`jsonnet ${slug}`);
      rows.push(await templateRow(slug, { setting, opened, tool, native }));
    }
    return [
      {
        title: 'jsonnet: desired(facts), ms for one evaluation',
        columns: ['', 'ours', 'go-jsonnet wasm', 'times', 'go-jsonnet native', 'times', 'jrsonnet native', 'times'],
        rows,
        notes: [
          `${OBJECTS} different inputs; medians of ${ROUNDS} rounds, in turns`,
          'jrsonnet: its process, without its start',
        ],
      },
      ...(await programs(setting, tool)),
      await coldStart(setting),
      await memory(opened, setting),
    ];
  } finally {
    await Promise.all([opened.close(), tool.close()]);
  }
}

interface Bench {
  readonly setting: Setting;
  readonly opened: OpenedEngine;
  readonly tool: JsonnetTool;
  readonly native: string | undefined;
}

async function templateRow(slug: Slug, { setting, opened, tool, native }: Bench): Promise<Cell[]> {
  const { inputs, path } = await inputsOf(slug, setting, opened);
  const files = opened.engine.catalog.templates;
  const ours = new Jsonnet(virtualImporter(files));
  await tool.load(files);
  const code = `function(facts) (import ${JSON.stringify(path)}).desired(facts)`;
  const facts = join(setting.scratch, `${slug}.json`);
  writeFileSync(facts, JSON.stringify(inputs));
  const times: Record<'ours' | 'wasm' | 'native' | 'rust', number[]> = { ours: [], wasm: [], native: [], rust: [] };
  for (let round = -1; round < ROUNDS; round++) {
    const taken = {
      ours: await perInput(inputs, REPEATS, (input) => void ours.call(path, 'desired', [input])),
      wasm: await perInput(inputs, 1, async (input) => {
        const tlaCode = { facts: JSON.stringify(input) };
        const answer = await tool.evaluate({ file: 'call.jsonnet', code, tlaCode });
        if ('error' in answer) throw new Error(answer.error.message);
      }),
      native: native === undefined ? Number.NaN : Number(execFileSync(native, [setting.root, path, facts, '3'])),
      rust: rustTime(setting, path, facts, inputs.length),
    };
    if (round >= 0) for (const name of Object.keys(times) as (keyof typeof times)[]) times[name].push(taken[name]);
  }
  const [mine, wasm, go, rust] = [times.ours, times.wasm, times.native, times.rust].map(median) as [
    number,
    number,
    number,
    number,
  ];
  return [slug, mine, wasm, wasm / mine, cell(go), cell(go / mine), cell(rust), cell(rust / mine)];
}

function cell(value: number): Cell {
  return Number.isNaN(value) ? '-' : value;
}

async function perInput(
  inputs: readonly Json[],
  repeats: number,
  evaluate: (input: Json) => void | Promise<void>,
): Promise<number> {
  const { wall } = await time(async () => {
    for (let repeat = 0; repeat < repeats; repeat++) for (const input of inputs) await evaluate(input);
  });
  return wall / repeats / inputs.length;
}

async function inputsOf(
  slug: Slug,
  { root }: Setting,
  { engine, entryOf }: OpenedEngine,
): Promise<{ readonly inputs: readonly Json[]; readonly path: string }> {
  const objects = numbered(exampleOf(slug, root), OBJECTS);
  const entry = entryOf(objects[0]!);
  const inventory = await readInventory(entry.rule, engine.cluster);
  const inputs: Json[] = [];
  for (const object of objects) {
    const ports = { ...engine, installation: engine.catalog.installation };
    const observation = await observe(admit(object, entry), entry, inventory, ports);
    if (observation.state !== 'observed') throw new Error(observation.message);
    inputs.push(factsForDesired(observation.facts));
  }
  return { inputs, path: entry.template.path };
}

/** A native program that embeds go-jsonnet, built where Go is present. */
function buildNative({ root, scratch, say }: Setting): string | undefined {
  const file = join(scratch, 'go-jsonnet');
  const { status } = spawnSync('go', ['build', '-o', file, '.'], { cwd: join(root, 'test/bench/go-jsonnet') });
  if (status === 0) return file;
  say('without Go there is no native go-jsonnet to compare with');
  return undefined;
}

/** One process that evaluates all inputs, less one that evaluates a single one. */
function rustTime({ root, scratch }: Setting, path: string, facts: string, inputs: number): number {
  const binary = env.JRSONNET;
  if (binary === undefined || binary === '') return Number.NaN;
  const program = (count: number): string => {
    const file = join(scratch, `all-${count}.jsonnet`);
    const template = JSON.stringify(join(root, path));
    const all = `local template = import ${template}, inputs = import ${JSON.stringify(facts)};`;
    writeFileSync(file, `${all} [template.desired(facts) for facts in inputs[:${count}]]`);
    return file;
  };
  const run = (count: number): number => {
    const file = program(count);
    const before = performance.now();
    execFileSync(binary, [file], { maxBuffer: 1 << 30 });
    return performance.now() - before;
  };
  const one = run(1);
  return (run(inputs) - one) / (inputs - 1);
}

/** Programs of others, from where the tester has them, each evaluated once in a fresh engine of each kind. */
async function programs({ say }: Setting, tool: JsonnetTool): Promise<readonly Finding[]> {
  const folders = (env.JSONNET_BENCHMARKS ?? '').split(':').filter((folder) => folder !== '');
  const rows: Cell[][] = [];
  for (const folder of folders) {
    for (const name of readdirSync(folder)
      .filter((file) => file.endsWith('.jsonnet'))
      .sort()) {
      say(`jsonnet ${name}`);
      rows.push(await programRow(folder, name, tool));
    }
  }
  if (rows.length === 0) return [];
  const columns = ['', 'ours', 'go-jsonnet wasm', 'times', 'go-jsonnet native', 'times', 'jrsonnet native', 'times'];
  const notes = ['ms; native: the whole process, as its user would run it'];
  return [{ title: 'jsonnet: programs of others', columns, rows, notes }];
}

async function programRow(folder: string, name: string, tool: JsonnetTool): Promise<Cell[]> {
  const ours = { wall: await ourTime(folder, name) };
  await tool.load({ [name]: readFileSync(join(folder, name), 'utf8') });
  const wasm = await wasmTime(() => tool.evaluate({ file: name, maxStack: Number(DEEPEST) }));
  const native = commandTime('jsonnet', ['--max-stack', DEEPEST, join(folder, name)]);
  const rust = commandTime(env.JRSONNET ?? '', ['--max-stack', DEEPEST, join(folder, name)]);
  const times = (other: number): Cell => cell(other / ours.wall);
  return [name, ours.wall, cell(wasm), times(wasm), cell(native), times(native), cell(rust), times(rust)];
}

/** Not a number where the program is too much for it. */
async function wasmTime(run: () => ReturnType<JsonnetTool['evaluate']>): Promise<number> {
  try {
    const { wall, result } = await time(run);
    return 'error' in result ? Number.NaN : wall;
  } catch {
    return Number.NaN;
  }
}

/** Where the stack of this thread is too small, the whole command, which takes a thread with a larger one. */
async function ourTime(folder: string, name: string): Promise<number> {
  const limits = { steps: 1e9, depth: 2000, output: 1 << 30, text: 1 << 30 };
  const run = (): string => JSON.stringify(new Jsonnet(folderImporter(folder)).evaluate(name, { limits }));
  try {
    return (await time(run)).wall;
  } catch (error) {
    if (!(error instanceof JsonnetError) || error.code !== 'TooDeep') throw error;
    return commandTime(execPath, [COMMAND, 'jsonnet', '--max-stack', DEEPEST, join(folder, name)]);
  }
}

function commandTime(command: string, args: readonly string[]): number {
  if (command === '') return Number.NaN;
  const before = performance.now();
  const { status } = spawnSync(command, args, { maxBuffer: 1 << 30 });
  return status === 0 ? performance.now() - before : Number.NaN;
}

/** The command from its start to the first result of a template, beside a Node that does nothing. */
async function coldStart({ root }: Setting): Promise<Finding> {
  const object = {
    metadata: { name: 'price-feed', namespace: 'avs' },
    spec: { avsAddress: 'a', image: 'b', imagePullPolicy: 'Always', config: { grpcPort: 9090 } },
  };
  const facts = JSON.stringify({ object, children: {} });
  const program = `(import 'templates/performer/performer.jsonnet').desired(${facts})`;
  const run = (...args: readonly string[]): void => void execFileSync(execPath, args, { cwd: root });
  const contenders = {
    'node --eval 0': () => run('--eval', '0'),
    'edict jsonnet, one template': () => run(COMMAND, 'jsonnet', '--exec', program),
  };
  const measured = await compare(contenders, { rounds: 15, operations: 1 });
  const [bare, command] = Object.values(measured) as [Measured, Measured];
  const rows = [
    ...Object.entries(measured).map(([name, { wall, cpu }]): Cell[] => [name, wall, cpu]),
    ['the difference', command.wall - bare.wall, command.cpu - bare.cpu],
  ];
  return { title: 'jsonnet: cold start to the first result', columns: ['', 'ms', 'CPU-ms'], rows, notes: [] };
}

/** Memory after so many evaluations of one template by one engine. */
async function memory(opened: OpenedEngine, setting: Setting): Promise<Finding> {
  const { inputs, path } = await inputsOf(SLUGS[0], setting, opened);
  const engine = new Jsonnet(virtualImporter(opened.engine.catalog.templates));
  const rows: Cell[][] = [];
  for (let done = 0; done <= MEMORY_EVALUATIONS; done++) {
    if (done % (MEMORY_EVALUATIONS / 10) === 0) {
      globalThis.gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      rows.push([String(done), rss / 2 ** 20, heapUsed / 2 ** 20]);
      setting.say(`jsonnet memory ${done}`);
    }
    engine.call(path, 'desired', [inputs[done % inputs.length] as Json]);
  }
  return { title: 'jsonnet: memory', columns: ['evaluations', 'RSS MiB', 'heap MiB'], rows, notes: [] };
}
