import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { RegoTool } from '#wasm/rego-tool.js';
import { realArtifact } from './artifacts.js';
import { MODULES } from './rego-modules.js';

const artifact = realArtifact('rego', 512);
const rego = new RegoTool(artifact, 120_000);
const impatient = new RegoTool(artifact, 2_000);

after(async () => {
  await rego.close();
  await impatient.close();
});

test('eval tells defined from undefined, null from absent, and lists errors of built-ins', async () => {
  const queries = ['data.apps.request.deny', 'data.apps.request.warn', 'data.absent', 'to_number("x")', 'input'];
  const input = { object: { spec: { containers: [{ name: 'a' }] } }, facts: { old: true } };
  const data = { parameters: { text: 'old' } };
  const { results } = await rego.eval({ modules: MODULES, queries, input, data, repeat: 2 });
  assert.deepEqual(
    results.map(({ defined, value }) => [defined, value]),
    [
      [true, ['a has no image']],
      [true, ['old']],
      [false, undefined],
      [false, undefined],
      [true, input],
    ],
  );
  assert.equal(results[3]?.errors?.[0]?.code, 'eval_builtin_error');
  const inputs = [
    await rego.eval({ modules: {}, queries: ['input'], input: null }),
    await rego.eval({ modules: {}, queries: ['input'] }),
  ];
  assert.deepEqual(
    inputs.map(({ results: [only] }) => [only?.defined, only?.value]),
    [
      [true, null],
      [false, undefined],
    ],
  );
});

test('with strict errors a built-in ends the query that calls it, and only that', async () => {
  const modules = { 'a.rego': 'package a\np contains 1 if true\np contains 2 if to_number(input.x) == 1\n' };
  const request = { modules, queries: ['data.a.p', '1 + 1'], input: { x: 'no' } };
  const relaxed = await rego.eval(request);
  assert.deepEqual(relaxed.results[0]?.value, [1]);
  assert.equal(relaxed.results[0]?.errors?.[0]?.file, 'a.rego');
  const strict = await rego.eval({ ...request, strictBuiltinErrors: true });
  assert.deepEqual(
    strict.results.map(({ defined }) => defined),
    [false, true],
  );
  assert.equal(strict.results[0]?.errors?.[0]?.row, 3);
});

test('time stands still at the given instant', async () => {
  const request = { modules: {}, queries: ['time.format(time.now_ns())'], now: '2026-03-01T12:00:00Z' };
  assert.equal((await rego.eval(request)).results[0]?.value, '2026-03-01T12:00:00Z');
});

test('a policy that never ends is stopped, and the next call works', async () => {
  const endless = 'count([1 | some x in numbers.range(1, 3000); some y in numbers.range(1, 3000); x == y + 9000])';
  const queries = [endless];
  await assert.rejects(impatient.eval({ modules: {}, queries, repeat: 1000 }), { code: 'EvaluationTimeout' });
  assert.equal((await impatient.eval({ modules: {}, queries: ['1 + 1'] })).results[0]?.value, 2);
});

test('a policy that allocates without end is stopped, and the next call works', async () => {
  const queries = ['count([text | some x in numbers.range(1, 20000); text := sprintf("%500000d", [x])])'];
  await assert.rejects(rego.eval({ modules: {}, queries }), { code: 'EvaluationOutOfMemory' });
  assert.equal((await rego.eval({ modules: {}, queries: ['1 + 1'] })).results[0]?.value, 2);
});

test('text nested twenty thousand deep is judged, not a reason to die', async () => {
  const deep = `package a\np := ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`;
  const { diagnostics } = await rego.check({ 'deep.rego': deep, ...MODULES });
  assert.ok(diagnostics.every(({ file }) => file === 'deep.rego'));
});
