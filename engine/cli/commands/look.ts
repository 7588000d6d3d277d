import { basename, relative, resolve } from 'node:path';
import type { Facts } from '#model/facts.js';
import type { Json, JsonObject } from '#model/json.js';
import { asJson } from '#model/object.js';
import type { Path } from '#model/path.js';
import { redactObject, redactPaths, redactValue, sensitiveTexts } from '#model/redact.js';
import { dumpYamlDocuments } from '#model/yaml.js';
import type { Pass } from '#reconcile/engine.js';
import { factsForDesired } from '#render/render.js';
import { saveCase } from '../cases/save-case.js';
import { EXIT } from '../environment.js';
import { selectObjects } from '../given.js';
import type { Invocation } from '../invocation.js';
import { formatData, formatJson, plain } from '../output/data.js';
import { formatResult, summarise } from '../output/format-plan.js';
import { exitCodeOf, type ObjectResult, passResult } from '../results.js';
import type { ClusterChoice } from '../run/connect.js';
import { look } from '../settle.js';
import { withReasons } from '../why.js';
import { printFaults, printResults } from './print.js';

/** Options of the verbs that only look. */
export interface LookOptions {
  readonly paths: readonly string[];
  readonly namespace: string;
  /** Undefined: the local folder. */
  readonly cluster: ClusterChoice | undefined;
}

/** Options of `facts`. */
export interface FactsOptions extends LookOptions {
  /** Folder of a new test case that these facts become. */
  readonly save: string | undefined;
}

/** `edict facts`: all that the templates of these objects would be given. */
export async function facts(invocation: Invocation, { save, ...options }: FactsOptions): Promise<number> {
  if (save !== undefined) return keep(invocation, options, save);
  return show(invocation, options, 'facts', ({ facts: observed, object, entry }) =>
    observed === undefined
      ? []
      : [
          redactValue(
            shownFacts(observed, entry.rule.sensitive),
            sensitiveTexts(object, entry.rule.sensitive),
          ) as JsonObject,
        ],
  );
}

/** Facts with nothing at the sensitive paths of their object: what stands there may be too common to be found by its value. */
function shownFacts(facts: Facts, sensitive: readonly Path[]): JsonObject {
  return plain(factsForDesired({ ...facts, object: redactPaths(facts.object, sensitive) })) as JsonObject;
}

/** Makes the facts of one object a test case. */
async function keep(
  invocation: Invocation,
  { paths, namespace, cluster }: LookOptions,
  folder: string,
): Promise<number> {
  const { environment, console } = invocation;
  const { directory } = environment;
  const workspace = await invocation.view(cluster);
  const { objects, refused } = await selectObjects(workspace, { paths, namespace, directory, store: false });
  const passes = await look(objects, workspace, 'facts', () => undefined);
  const results = [...refused, ...passes.map(passResult)];
  const code = exitCodeOf(results, workspace.catalog.faults);
  for (const result of results) if (!isShown(result)) console.note(formatResult(result, console.style));
  if (code !== EXIT.done) return code;
  const file = await saveCase(
    passes,
    { folder: resolve(directory, folder), root: resolve(directory, invocation.options.root) },
    workspace.cluster,
  );
  const saved = relative(directory, file);
  if (invocation.options.output !== 'text') console.print(formatData({ file: saved }, invocation.options.output));
  else console.print(`${saved}\nAccept what it comes to: edict test --update ${basename(folder)}`);
  return code;
}

/** `edict render`: the objects and files that should exist for these objects. */
export async function render(invocation: Invocation, options: LookOptions): Promise<number> {
  return show(invocation, options, 'render', ({ rendering, object, entry }) => {
    if (rendering?.state !== 'desired') return [];
    const sensitive = sensitiveTexts(object, entry.rule.sensitive);
    const objects = [...rendering.desired.resources, ...rendering.desired.patches];
    const resources = objects.map((each) => asJson(redactObject(each.object, sensitive)));
    const files = rendering.desired.files.map(({ repository, path, content }) => ({
      repository: { ...repository },
      path,
      content: redactValue(content, sensitive),
    }));
    return [...resources, ...files];
  });
}

async function show(
  invocation: Invocation,
  { paths, namespace, cluster }: LookOptions,
  until: 'facts' | 'render',
  documents: (pass: Pass) => readonly JsonObject[],
): Promise<number> {
  const { environment, console, options } = invocation;
  const workspace = await invocation.view(cluster);
  const { objects, refused } = await selectObjects(workspace, {
    paths,
    namespace,
    directory: environment.directory,
    store: false,
  });
  const passes = await look(objects, workspace, until, (_, done, total) => console.progress(`${done} of ${total}`));
  const shown: readonly Json[] = passes.flatMap(documents);
  if (options.output === 'json') console.print(formatJson(shown));
  else if (shown.length > 0) console.print(dumpYamlDocuments(shown));
  const results = [...refused, ...passes.map(passResult)];
  for (const result of results) if (!isShown(result)) console.note(formatResult(result, console.style));
  printFaults(invocation, workspace.catalog.faults);
  return exitCodeOf(results, workspace.catalog.faults);
}

function isShown({ pass, faults }: ObjectResult): boolean {
  return faults.length === 0 && pass?.outcome.state === 'settled' && (pass.verdicts ?? []).length === 0;
}

/** Options of `plan`. */
export interface PlanOptions extends LookOptions {
  /** Whether every changed field tells the line of a template that gave it its value. */
  readonly why: boolean;
}

/** `edict plan`: what would be created, changed and deleted, and every verdict. */
export async function plan(invocation: Invocation, { paths, namespace, cluster, why }: PlanOptions): Promise<number> {
  const { environment, console } = invocation;
  const workspace = await invocation.view(cluster);
  const { objects, refused, files } = await selectObjects(workspace, {
    paths,
    namespace,
    directory: environment.directory,
    store: false,
  });
  const passes = await look(objects, workspace, 'plan', (_, done, total) =>
    console.progress(`planned ${done} of ${total}`),
  );
  const results = [
    ...refused,
    ...passes
      .map((pass) => passResult(why ? withReasons(pass, workspace.templates) : pass))
      .map((result) => ({ ...result, file: files.get(result.object) })),
  ];
  const { evaluated, known } = workspace.count;
  const summary = `Plan: ${summarise(results)}. ${evaluated} of ${evaluated + known} templates evaluated.`;
  printResults(invocation, { results, faults: workspace.catalog.faults, summary, all: paths.length > 0 });
  return exitCodeOf(results, workspace.catalog.faults);
}
