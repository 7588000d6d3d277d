import { type LoadedPolicy, loadPolicy } from '@open-policy-agent/opa-wasm';
import { FolderTree } from '#adapters/files/folder-tree.js';
import { hostBuiltins } from '#adapters/opa/builtins/index.js';
import { supportedCapabilities } from '#adapters/opa/capabilities.js';
import { OpaPolicyEngine } from '#adapters/opa/policy-engine.js';
import { fromJson, toJson } from '#adapters/opa/rego-value.js';
import type { Json, JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import type { PolicyEngine, PolicyQuery } from '#policy/policy-engine.js';
import { reconcile } from '#reconcile/reconcile.js';
import { type OpenedEngine, openEngine } from './edict.js';
import { type Cell, type Finding, type Setting, withinBar } from './finding.js';
import { exampleOf, SLUGS, withVariables } from './objects.js';
import { compare, type Measured, median, time } from './stopwatch.js';

const BAR = 1.3;
const ROUNDS = 11;
const ROUND_MILLISECONDS = 40;
const WARM_MILLISECONDS = 100;
const SIZES: readonly { readonly name: string; readonly variables: number; readonly length: number }[] = [
  { name: 'small', variables: 0, length: 0 },
  { name: 'medium', variables: 60, length: 40 },
  { name: 'large', variables: 240, length: 1000 },
];

/** One question of a pass, and the entrypoint that answers it at once. */
interface Question {
  readonly name: string;
  readonly query: PolicyQuery;
  readonly gathered: string;
}

/** All policies of a kind through the engine's port beside one `evaluate()` of opa-wasm. */
export async function policy(setting: Setting): Promise<readonly Finding[]> {
  const opened = await openEngine(setting);
  try {
    const questions = await questionsOf(setting, opened);
    const contenders = await contendersFor(opened, await plainModule(setting, opened, questions));
    for (const question of questions) await warm(question, contenders);
    const rows: Cell[][] = [];
    for (const question of questions) {
      setting.say(`policy ${question.name}`);
      rows.push(await measure(question, contenders));
    }
    const columns = [
      '',
      'kB',
      'entrypoints',
      'engine ms',
      'one',
      'one CPU',
      'bar',
      'dearest',
      'gathered',
      'gathered CPU',
      'bar',
      'each',
    ];
    return [
      { title: 'policy: all policies of a kind, how often one evaluate() of opa-wasm', columns, rows, notes: NOTES },
    ];
  } finally {
    await opened.close();
  }
}

const NOTES = [
  `the question is the one that the engine asks in a pass; ${ROUNDS} rounds of about ${ROUND_MILLISECONDS} ms in turns, all warm`,
  'opa-wasm runs the same policies as OPA compiles them, unmetered, with the same data; built-ins that it lacks are those of the host of Edict, through customBuiltins',
  'one, dearest: to one evaluate() with one of the entrypoints, the median and the dearest of them',
  'gathered: to one evaluate() with one entrypoint written to give all these verdicts; each: to one evaluate() for every entrypoint',
];

async function questionsOf(setting: Setting, opened: OpenedEngine): Promise<readonly Question[]> {
  const named: { readonly name: string; readonly query: PolicyQuery }[] = [];
  for (const slug of SLUGS) {
    for (const { name, variables, length } of SIZES) {
      const object = withVariables(exampleOf(slug, setting.root), variables, length);
      const queries = await queriesOf(object, opened);
      named.push(...queries.map((query) => ({ name: `${slug} ${stageOf(query)} ${name}`, query })));
    }
  }
  return named.map((each, index) => ({ ...each, gathered: `gathered/q${index}/verdicts` }));
}

function stageOf({ input }: PolicyQuery): string {
  return Object.hasOwn(input, 'desired') ? 'change' : 'request';
}

/** The questions that one pass over `object` asks. */
async function queriesOf(object: KubernetesObject, { engine, entryOf }: OpenedEngine): Promise<readonly PolicyQuery[]> {
  const queries: PolicyQuery[] = [];
  const policies: PolicyEngine = {
    evaluate: (query) => {
      queries.push(query);
      return engine.policies.evaluate(query);
    },
  };
  const { outcome } = await reconcile(object, entryOf(object), { ...engine, policies }, 'plan');
  if (outcome.state !== 'settled') throw new Error(`no plan: ${JSON.stringify(outcome)}`);
  return queries;
}

/** Who answers the questions: both stay loaded, as in a process that runs for long. */
interface Contenders {
  readonly port: PolicyEngine;
  /** opa-wasm with the parameters of a rule. */
  readonly single: (parameters: JsonObject) => LoadedPolicy;
}

async function contendersFor({ engine }: OpenedEngine, module: Uint8Array): Promise<Contenders> {
  const { policies } = engine.catalog;
  const single = await opaWasm(module);
  return {
    port: new OpaPolicyEngine({ policies }),
    single: (parameters) => {
      single.setData({ parameters });
      return single;
    },
  };
}

/** Both run until V8 has compiled them for good, which it does beside the first seconds of work. */
async function warm({ query, gathered }: Question, contenders: Contenders): Promise<void> {
  const single = contenders.single(query.parameters);
  await assertSame(query, contenders.port, single);
  const works = [...query.entrypoints, gathered].map(
    (entrypoint) => () => void single.evaluate(query.input, entrypoint),
  );
  for (const work of [() => contenders.port.evaluate(query), ...works]) {
    const end = performance.now() + WARM_MILLISECONDS;
    while (performance.now() < end) await work();
  }
}

async function measure({ name, query, gathered }: Question, contenders: Contenders): Promise<Cell[]> {
  const { port } = contenders;
  const single = contenders.single(query.parameters);
  const ours = async (): Promise<void> => void (await port.evaluate(query));
  const operations = await operationsFor(ours);
  const repeated = (work: () => Promise<void> | void) => async (): Promise<void> => {
    for (let left = operations; left > 0; left--) await work();
  };
  const evaluate = (entrypoint: string) => repeated(() => void single.evaluate(query.input, entrypoint));
  const singles = Object.fromEntries(query.entrypoints.map((entrypoint) => [entrypoint, evaluate(entrypoint)]));
  const { own, all, ...others } = await compare(
    { own: repeated(ours), all: evaluate(gathered), ...singles },
    { rounds: ROUNDS, operations },
  );
  const ones = Object.values(others) as Measured[];
  const one = median(ones.map(({ wallRatio }) => 1 / wallRatio));
  const kilobytes = Math.round(JSON.stringify(query.input).length / 100) / 10;
  return [
    name,
    kilobytes,
    query.entrypoints.length,
    own.wall,
    one,
    median(ones.map(({ cpuRatio }) => 1 / cpuRatio)),
    withinBar(one, BAR),
    Math.min(...ones.map(({ wallRatio }) => 1 / wallRatio)),
    1 / all.wallRatio,
    1 / all.cpuRatio,
    withinBar(1 / all.wallRatio, BAR),
    own.wall / ones.reduce((sum, { wall }) => sum + wall, 0),
  ];
}

/** The same policies as OPA compiles them: without the steps, the checks and the calls of the host that Edict adds. */
async function plainModule(
  { root }: Setting,
  { engine, tools }: OpenedEngine,
  questions: readonly Question[],
): Promise<Uint8Array> {
  const { packages } = engine.catalog.policies;
  const tree = new FolderTree(root);
  const files = (await tree.list()).filter((path) => /^policies\/.*(?<!_test)\.rego$/.test(path));
  const sources = await Promise.all(files.map(async (path) => [path, await tree.read(path)] as const));
  const gathering = questions.map(
    ({ gathered, query }) => [`${gathered}.rego`, gatheringModule(gathered, query)] as const,
  );
  const modules = Object.fromEntries([...sources, ...gathering]);
  const own = packages.flatMap(({ path, rules }) => rules.map((rule) => `${path}/${rule}`));
  const entrypoints = [...own, ...questions.map(({ gathered }) => gathered)];
  const rego = tools.rego();
  const { wasm, diagnostics } = await rego.compile({
    modules,
    entrypoints,
    capabilities: supportedCapabilities(await rego.capabilities()),
  });
  if (wasm === undefined) throw new Error(JSON.stringify(diagnostics));
  return wasm;
}

function gatheringModule(gathered: string, { entrypoints }: PolicyQuery): string {
  const [folder, name, rule] = gathered.split('/');
  const fields = entrypoints.map(
    (entrypoint) => `${JSON.stringify(entrypoint)}: data.${entrypoint.replaceAll('/', '.')}`,
  );
  return `package ${folder}.${name}\n\n${rule} := {${fields.join(', ')}}\n`;
}

/** opa-wasm as its users have it, with the built-ins of Edict's host in place of those that it lacks. */
async function opaWasm(module: Uint8Array): Promise<LoadedPolicy> {
  const context = { now: 0n, spend: () => undefined, isFirst: () => false };
  const builtins = Object.entries(hostBuiltins).map(([name, builtin]) => [
    name,
    (...operands: readonly Json[]) => {
      const result = builtin(operands.map(fromJson), context);
      return result === undefined ? undefined : toJson(result);
    },
  ]);
  return loadPolicy(new Uint8Array(module), { initial: 32, maximum: 4096 }, Object.fromEntries(builtins));
}

async function assertSame(query: PolicyQuery, port: PolicyEngine, single: LoadedPolicy): Promise<void> {
  const answers = await port.evaluate(query);
  for (const [index, entrypoint] of query.entrypoints.entries()) {
    const answer = answers[index];
    const [expected] = single.evaluate(query.input, entrypoint) as readonly { readonly result: Json }[];
    const actual = answer !== undefined && 'value' in answer ? answer.value : answer?.fault;
    if (JSON.stringify(actual) !== JSON.stringify(expected?.result))
      throw new Error(`${entrypoint}: ${JSON.stringify([actual, expected])}`);
  }
}

async function operationsFor(work: () => Promise<void>): Promise<number> {
  for (let warm = 0; warm < 3; warm++) await work();
  const { wall } = await time(work);
  return Math.max(3, Math.ceil(ROUND_MILLISECONDS / wall));
}
