import type { ContentCache } from '#adapters/files/content-cache.js';
import { supportedCapabilities } from '#adapters/opa/capabilities.js';
import { faultOfDiagnostic } from '#adapters/opa/policy-faults.js';
import type { SourceTree } from '#catalog/source-tree.js';
import { Texts } from '#catalog/texts.js';
import type { Fault } from '#errors/fault.js';
import { digestOf } from '#model/digest.js';
import type { Json } from '#model/json.js';
import { hashSources } from '#wasm/go-build.js';
import { sourcesOf } from '#wasm/locate-artifact.js';
import type { RegoTool } from '#wasm/rego-tool.js';
import type { RegoCoverage, RegoModules, RegoTestResult } from '#wasm/rego-types.js';

/** What running the tests of policies needs. */
export interface PolicyTestPorts {
  readonly tree: SourceTree;
  readonly tool: () => RegoTool;
  /** Keeps results by the hash of all that they depend on. */
  readonly cache: ContentCache;
}

/** What the tests of all policies came to. */
export interface PolicyTestRun {
  /** Why tests could not run. */
  readonly faults: readonly Fault[];
  readonly tests: readonly RegoTestResult[];
  readonly coverage: RegoCoverage | undefined;
}

/** Runs every `test_` rule with the built-ins that Edict has. Nothing is run again while no policy changes. */
export async function runPolicyTests(
  { tree, tool, cache }: PolicyTestPorts,
  coverage: boolean,
): Promise<PolicyTestRun> {
  const { modules, faults: unread } = await readPolicies(tree);
  if (unread.length > 0 || !Object.keys(modules).some((path) => path.endsWith('_test.rego')))
    return { faults: unread, tests: [], coverage: undefined };
  const key = digestOf(JSON.stringify(['policy-tests', modules, coverage, await hashSources(sourcesOf('rego'))]));
  const known = await cache.get(key);
  if (known !== undefined) return known as unknown as PolicyTestRun;
  const rego = tool();
  const capabilities = supportedCapabilities(await rego.capabilities());
  const run = await rego.test({ modules, coverage, capabilities });
  const faults = run.diagnostics.map((diagnostic) => faultOfDiagnostic(diagnostic, modules));
  const result: PolicyTestRun = { faults, tests: run.tests, coverage: run.coverage };
  await cache.put(key, result as unknown as Json);
  return result;
}

/** Every `.rego` file, by its path below `policies/`, and faults of those that cannot be read. */
export async function readPolicies(
  tree: SourceTree,
): Promise<{ readonly modules: RegoModules; readonly faults: readonly Fault[] }> {
  const paths = (await tree.list()).filter((path) => path.startsWith('policies/') && path.endsWith('.rego'));
  const texts = new Texts(tree);
  const read = Object.entries(await texts.readAll(paths));
  const modules = Object.fromEntries(read.map(([path, text]) => [path.slice('policies/'.length), text]));
  return { modules, faults: texts.faults };
}
