import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hostBuiltins } from '#adapters/opa/builtins/index.js';
import { supportedCapabilities } from '#adapters/opa/capabilities.js';
import { EvaluationFailure } from '#adapters/opa/evaluation-failure.js';
import { PolicyInstance, type PolicyModule } from '#adapters/opa/policy-instance.js';
import { loadModule } from '#adapters/opa/policy-module.js';
import { meterModule } from '#adapters/opa/wasm-metering.js';
import { canonicalJson, type Json } from '#model/json.js';
import { RegoTool } from '#wasm/rego-tool.js';
import { realArtifact } from '../../../wasm/artifacts.js';
import { differences } from './differences.js';
import { input } from './expression-tools.js';
import { formatExpressions } from './format-expressions.js';
import { globExpressions } from './glob-expressions.js';
import { hostExpressions } from './host-expressions.js';
import { nativeExpressions } from './native-expressions.js';
import { schemaExpressions } from './schema-expressions.js';
import { timeExpressions } from './time-expressions.js';
import { uriExpressions } from './uri-expressions.js';
import { yamlExpressions } from './yaml-expressions.js';

const NOW = '2023-11-14T22:13:20.123456789Z';
const NOW_NANOSECONDS = 1_700_000_000_123_456_789n;
const tool = new RegoTool(realArtifact('rego', 1024), 300_000);

after(() => tool.close());

/** One rule for each expression, so that an error of one says nothing of the others. */
function moduleOf(expressions: readonly string[]): string {
  return `package t\n\n${expressions.map((expression, index) => `r${index} := ${expression}\n`).join('\n')}`;
}

type Outcome = { readonly value: Json | undefined } | 'error';

async function reference(expressions: readonly string[]): Promise<readonly Outcome[]> {
  const { diagnostics, results } = await tool.eval({
    modules: { 't.rego': moduleOf(expressions) },
    capabilities: supportedCapabilities(await tool.capabilities()),
    queries: expressions.map((_, index) => `data.t.r${index}`),
    input,
    now: NOW,
    strictBuiltinErrors: true,
  });
  assert.deepEqual(diagnostics, []);
  return results.map(({ errors, defined, value }) =>
    errors === undefined ? { value: defined ? (value as Json) : undefined } : 'error',
  );
}

async function compiled(expressions: readonly string[]): Promise<PolicyModule> {
  const build = await tool.compile({
    modules: { 't.rego': moduleOf(expressions) },
    entrypoints: expressions.map((_, index) => `t/r${index}`),
    capabilities: supportedCapabilities(await tool.capabilities()),
  });
  assert.deepEqual(build.diagnostics, []);
  assert.ok(build.wasm);
  return loadModule(meterModule(build.wasm));
}

function host(module: PolicyModule, expressions: readonly string[]): readonly Outcome[] {
  const create = (): PolicyInstance => {
    const options = { builtins: hostBuiltins, limits: { steps: 1e8, memory: 2 ** 28 }, data: {} };
    const instance = new PolicyInstance(module, options);
    instance.setInput(JSON.stringify(input), () => NOW_NANOSECONDS);
    return instance;
  };
  let instance = create();
  return expressions.map((_, index) => {
    try {
      return { value: instance.evaluate(instance.entrypoints.get(`t/r${index}`)!) };
    } catch (error) {
      assert.ok(error instanceof EvaluationFailure, String(error));
      assert.equal(error.kind, 'Builtin', `${expressions[index]}: ${error.message}`);
      instance = create();
      return 'error';
    }
  });
}

function textOf(outcome: Outcome): string {
  if (outcome === 'error') return 'error';
  return outcome.value === undefined ? 'undefined' : canonicalJson(outcome.value);
}

async function compare(expressions: readonly string[]): Promise<void> {
  const [expected, module] = [await reference(expressions), await compiled(expressions)];
  const actual = host(module, expressions);
  const differing = expressions.flatMap((expression, index) => {
    const [ours, theirs] = [textOf(actual[index]!), textOf(expected[index]!)];
    return ours === theirs ? [] : [{ expression, ours, theirs }];
  });
  const known = differences.filter(({ expression }) => expressions.includes(expression));
  assert.deepEqual(
    differing,
    known.map(({ expression, ours, theirs }) => ({ expression, ours, theirs })),
  );
}

interface Declaration {
  readonly name: string;
  readonly deprecated?: boolean;
  readonly infix?: string;
  readonly decl: { readonly args?: readonly unknown[] };
}

/** What OPA rewrites while it compiles, or takes no variables. */
const NOT_CALLED = new Set([
  'print',
  'internal.print',
  'internal.test_case',
  'internal.template_string',
  'rego.metadata.chain',
  'rego.metadata.rule',
  'eq',
  'assign',
  'equal',
]);

before(() => tool.start());

const families = {
  format: formatExpressions,
  time: timeExpressions,
  glob: globExpressions,
  yaml: yamlExpressions,
  uri: uriExpressions,
  schema: schemaExpressions,
  host: hostExpressions,
};

for (const [name, expressions] of Object.entries(families)) {
  test(`the ${expressions.length} expressions of the family ${name} give what OPA gives`, () => compare(expressions));
}

test('a policy can call every built-in that is not refused', async () => {
  const { builtins } = supportedCapabilities(await tool.capabilities()) as { builtins: readonly Declaration[] };
  const callable = builtins.filter(({ name, deprecated, infix }) => !deprecated && !infix && !NOT_CALLED.has(name));
  const expressions = callable.map(
    ({ name, decl }) => `${name}(${(decl.args ?? []).map((_, index) => `input.x${index}`).join(', ')})`,
  );
  const module = await compiled(expressions);
  assert.ok(new PolicyInstance(module, { builtins: hostBuiltins, limits: { steps: 1e6, memory: 2 ** 26 }, data: {} }));
  assert.throws(
    () => new PolicyInstance(module, { builtins: {}, limits: { steps: 1e6, memory: 2 ** 26 }, data: {} }),
    EvaluationFailure,
  );
});

test('every built-in of the host is compared', () => {
  const all = [...Object.values(families).flat(), ...nativeExpressions];
  assert.ok(all.length >= 400);
  const missing = Object.keys(hostBuiltins).filter(
    (name) => !all.some((expression) => expression.includes(`${name}(`)),
  );
  assert.deepEqual(missing, []);
});

test('a built-in of the runtime that fails is an error, as in OPA when it is strict', async () => {
  await compare(nativeExpressions);
});
