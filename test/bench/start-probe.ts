/**
 * A program of its own that `start` runs: opens the engine as `edict plan` does, makes one pass, and prints when each step
 * was over, in milliseconds since the process began. Arguments: folder of the rule set, local folder, file of one object.
 */
import { argv, env, stderr, stdout } from 'node:process';

const marks: [string, number][] = [['node itself', performance.now()]];
const mark = (name: string): void => void marks.push([name, performance.now()]);

const [root = '.', state = '.edict', file = ''] = argv.slice(2);
await import('commander');
mark('import commander');
await import('#catalog/load.js');
mark('import catalog (ajv, cel-js, re2js, js-yaml)');
await import('#adapters/opa/policy-engine.js');
await import('#adapters/opa/policy-compiler.js');
mark('import adapters/opa');
await import('#cli/program.js');
mark('import the rest');
const { openWorkspace } = await import('#cli/workspace.js');
const { selectObjects } = await import('#cli/given.js');
const { Console } = await import('#cli/console.js');
const { look } = await import('#cli/settle.js');

const environment = { variables: env, directory: root, stdout, stderr, version: '0.1.0' };
const options = { root, state, output: 'text', color: false, quiet: true } as const;
const workspace = await openWorkspace(environment, options, new Console(environment, options), 'read');
mark('open the workspace: catalog, policies, folder');
const selection = { paths: [file], directory: root, namespace: 'default', store: false };
const { objects } = await selectObjects(workspace, selection);
mark('read the object');
const { engine } = workspace;
const after = <Arguments extends readonly unknown[], Result>(
  name: string,
  work: (...words: Arguments) => Promise<Result>,
) => {
  let isFirst = true;
  return async (...words: Arguments): Promise<Result> => {
    const result = await work(...words);
    if (isFirst) mark(name);
    isFirst = false;
    return result;
  };
};
const policies = {
  evaluate: after('first verdict', (query: Parameters<typeof engine.policies.evaluate>[0]) =>
    engine.policies.evaluate(query),
  ),
};
const templates = {
  call: after('first render', (call: Parameters<typeof engine.templates.call>[0]) => engine.templates.call(call)),
};
const passes = await look(
  objects,
  { ...workspace, engine: { ...engine, policies, templates } },
  'plan',
  () => undefined,
);
mark('plan');
const { evaluated } = workspace.count;
await workspace.close();
mark('close');
stdout.write(JSON.stringify({ marks, evaluated, passes: passes.length }));
