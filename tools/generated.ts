import { PassThrough } from 'node:stream';
import { kindNames } from '#catalog/access.js';
import { installationSchema } from '#catalog/installation-schema.js';
import { ruleSchema } from '#catalog/rule-schema.js';
import { Console } from '#cli/console.js';
import { engineRules, unboundRules } from '#cli/install/access-objects.js';
import { definitionFiles } from '#cli/install/manifests.js';
import { rightsOf } from '#cli/install/policy-rules.js';
import { accessByAccount } from '#cli/install/rule-access.js';
import { webhooksOf } from '#cli/install/webhooks.js';
import { openCatalog } from '#cli/workspace.js';
import { EdictError } from '#errors/edict-error.js';
import { dumpYaml } from '#model/yaml.js';

/** Folders that hold nothing but generated files. */
export const GENERATED_FOLDERS: readonly string[] = ['engine/schema', 'charts/edict/files'];

/** Every generated file of the tree at `root`: its text by its path. */
export async function generatedFiles(root: string): Promise<{ readonly [path: string]: string }> {
  return {
    'engine/schema/installation.schema.json': `${JSON.stringify(installationSchema, null, 2)}\n`,
    'engine/schema/rule.schema.json': `${JSON.stringify(ruleSchema, null, 2)}\n`,
    ...(await chartFiles(root)),
  };
}

/** What the chart has of the rule set. Its templates put it in place, so that nothing generated is a template. */
async function chartFiles(root: string): Promise<{ readonly [path: string]: string }> {
  const stdout = new PassThrough();
  const environment = { variables: process.env, directory: root, stdout, stderr: stdout, version: '0.0.0' };
  const options = { root: '.', state: '.edict', output: 'text', color: false, quiet: true } as const;
  const { catalog, tree, tools } = await openCatalog(environment, options, new Console(environment, options));
  await tools.close();
  if (catalog.faults.length > 0) throw new EdictError(catalog.faults);
  if (catalog.installation.identity !== 'Engine')
    throw new Error(
      'the chart has no accounts but that of the engine: edict manifests makes those of identity Rule and Namespace',
    );
  const rules = { catalog, names: kindNames(catalog), former: [] };
  const accesses = accessByAccount(rules);
  const { editor, viewer } = unboundRules(rules, accesses);
  const rights = { ...rightsOf(accesses.engine), engine: engineRules(accesses), editor, viewer };
  const definitions = (await definitionFiles(rules, tree)).map(
    ({ path, text }) => [path.replace(/^crd\/bases\//, 'charts/edict/files/crds/'), text] as const,
  );
  return {
    ...Object.fromEntries(definitions),
    'charts/edict/files/rights.yaml': `${HEADER}${dumpYaml(rights)}`,
    'charts/edict/files/webhooks.yaml': `${HEADER}${dumpYaml({ webhooks: webhooksOf(rules) })}`,
  };
}

const HEADER = '# Made from rules/ and crds/ by `npm run generate`.\n';
