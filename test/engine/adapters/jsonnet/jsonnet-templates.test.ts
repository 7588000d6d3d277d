import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonnetTemplates } from '#adapters/jsonnet/jsonnet-templates.js';
import type { TemplateFunction } from '#catalog/template-checker.js';
import { EdictError } from '#errors/edict-error.js';
import type { Json } from '#model/json.js';

/** Takes hours, and next to no memory. */
const LEVEL = (inner: string): string => `std.foldl(function(sum, i) ${inner}, std.range(1, 2000), 0)`;
const ENDLESS = LEVEL(LEVEL(LEVEL('sum + 1')));

const FILES: { readonly [path: string]: string } = {
  'templates/a/good.jsonnet':
    "local lib = import '../lib/k.libsonnet';\n{ charts(object, parameters):: [parameters], desired(facts):: { given: facts, name: lib.name }, status(facts, result):: result }",
  'templates/a/loops.jsonnet': `{ desired(facts):: ${ENDLESS} }`,
  'templates/a/recurses.jsonnet': '{\n  local f(x) = f(x + 1) + 1,\n  desired(facts):: f(0) }',
  'templates/a/allocates.jsonnet': "{ desired(facts):: local f(x) = f(x + x) tailstrict; f('xxxxxxxx') }",
  'templates/a/raises.jsonnet': "{\n  desired(facts)::\n    assert facts.ok : 'it is not ok';\n    {} }",
  'templates/a/misses.jsonnet': '{\n  desired(facts):: facts.object.spec.gone }',
  'templates/a/returns-a-function.jsonnet': '{ desired(facts):: { f: function(x) x } }',
  'templates/a/is-large.jsonnet': "{ desired(facts):: std.repeat('x', 2000) }",
  'templates/lib/k.libsonnet': "{ name:: 'k' }",
};
const LIMITS = { steps: 1_000_000, depth: 500, output: 1024, facts: 1024 };

const templates = new JsonnetTemplates(FILES);

function call(
  name: string,
  values: readonly Json[] = [{}],
  more: { readonly function?: TemplateFunction; readonly depth?: number; readonly engine?: JsonnetTemplates } = {},
): Promise<Json> {
  const { function: called = 'desired', depth = LIMITS.depth, engine = templates } = more;
  const limits = { ...LIMITS, depth };
  return engine.call({
    template: `templates/a/${name}.jsonnet`,
    function: called,
    arguments: values,
    limits,
    object: 'Gadget/x/g',
  });
}

test('functions are called with their arguments, exactly as they are', async () => {
  const values: readonly Json[] = [
    null,
    true,
    0,
    -1.5,
    1e21,
    '',
    'quotes \' " \\ and \n lines \u0000 \u2028 😀 %s $',
    [],
    {},
    [[{}]],
    { a: { 'b.c': null } },
    { local: 1, assert: 2, 'x\ny': 3, 'a::': 4 },
    JSON.parse('{"__proto__": {"a": 1}}') as Json,
  ];
  for (const value of values) assert.deepEqual(await call('good', [value]), { given: value, name: 'k' });
  assert.deepEqual(await call('good', [{}, { a: 1 }], { function: 'charts' }), [{ a: 1 }]);
  assert.deepEqual(await call('good', [{}, { b: 2 }], { function: 'status' }), { b: 2 });
});

/** A template that goes wrong: the code, and the place that the fault names. */
const FAILURES: { readonly [name: string]: readonly [code: string, place: string, fragment?: RegExp] } = {
  loops: ['EvaluationTimeout', 'templates/a/loops.jsonnet'],
  recurses: ['EvaluationTooDeep', 'templates/a/recurses.jsonnet:2', /local f/],
  allocates: ['EvaluationOutOfMemory', 'templates/a/allocates.jsonnet'],
  raises: ['TemplateFailed', 'templates/a/raises.jsonnet:3', /assert facts/],
  misses: ['TemplateFailed', 'templates/a/misses.jsonnet:2', /facts\.object/],
  'returns-a-function': ['TemplateFailed', 'templates/a/returns-a-function.jsonnet'],
  'is-large': ['TemplateOutputTooLarge', 'templates/a/is-large.jsonnet'],
};

for (const [name, [code, place, fragment]] of Object.entries(FAILURES)) {
  test(`a template that ${name.replaceAll('-', ' ')} is stopped and named, with its object, and the calls behind it go on`, async () => {
    const bad = call(name, [{ ok: false, object: { spec: {} } }]);
    const behind = [call('good', [1]), call('good', [2])];
    await assert.rejects(bad, (error: unknown) => {
      assert.ok(error instanceof EdictError, String(error));
      const { location, fragment: shown = '', remedy = '' } = error.faults[0] ?? { location: {} };
      assert.deepEqual([error.code, location.object], [code, 'Gadget/x/g']);
      assert.equal(place.includes(':') ? `${location.file}:${location.line}` : location.file, place);
      if (fragment !== undefined) assert.match(shown, fragment);
      assert.notEqual(remedy, '');
      return true;
    });
    assert.deepEqual(await Promise.all(behind), [
      { given: 1, name: 'k' },
      { given: 2, name: 'k' },
    ]);
  });
}

test('the depth of a template is what its rule says', async () => {
  const engine = new JsonnetTemplates({
    'templates/a/deep.jsonnet': '{ desired(facts):: local f(x) = if x == 0 then 0 else 1 + f(x - 1); f(facts) }',
  });
  assert.equal(await call('deep', [300], { engine }), 300);
  await assert.rejects(call('deep', [300], { engine, depth: 100 }), { code: 'EvaluationTooDeep' });
  assert.equal(await call('deep', [900], { engine, depth: 2000 }), 900);
});

test('a check tells functions and files, and parses what is imported', async () => {
  assert.deepEqual(await templates.check('templates/a/good.jsonnet'), {
    functions: ['charts', 'desired', 'status'],
    files: ['templates/a/good.jsonnet', 'templates/lib/k.libsonnet'],
  });
});

/** Templates that are none: the file and line that the fault names, and what it says. */
const INVALID: { readonly [text: string]: readonly [place: string, message: RegExp] } = {
  "{ desired(facts):: import '../lib/broken.libsonnet' }": ['templates/lib/broken.libsonnet:2', /expected a value/],
  "\n{ desired(facts):: import 'gone.libsonnet' }": ['templates/a/x.jsonnet:2', /no file gone/],
  "{ desired(facts):: importstr '../../../etc/passwd' }": ['templates/a/x.jsonnet:1', /outside/],
  "{ desired(facts):: import '/etc/passwd' }": ['templates/a/x.jsonnet:1', /outside/],
  "{ desired(facts):: import '__proto__' }": ['templates/a/x.jsonnet:1', /no file __proto__/],
  '{ wanted(facts):: {} }': ['templates/a/x.jsonnet:1', /wanted/],
  '{ desired: {} }': ['templates/a/x.jsonnet:1', /desired/],
  '[]': ['templates/a/x.jsonnet:1', /no function desired/],
  '\n{ desired(facts):: fact }': ['templates/a/x.jsonnet:2', /fact/],
  "{ [error 'no']: 1 }": ['templates/a/x.jsonnet:1', /no/],
};

for (const [text, [place, message]] of Object.entries(INVALID)) {
  test(`${JSON.stringify(text)} is no template`, async () => {
    const files = { 'templates/a/x.jsonnet': text, 'templates/lib/broken.libsonnet': '{\n  name:: }' };
    const check = await new JsonnetTemplates(files).check('templates/a/x.jsonnet');
    assert.ok('faults' in check);
    const [fault] = check.faults;
    assert.deepEqual([fault?.code, `${fault?.location.file}:${fault?.location.line}`], ['TemplateInvalid', place]);
    assert.match(fault?.message ?? '', message);
  });
}

test('every fault of every file is told at once', async () => {
  const files = {
    'templates/a/x.jsonnet': "[import '../lib/a.libsonnet', import '../lib/b.libsonnet', import 'gone']",
    'templates/lib/a.libsonnet': '{',
    'templates/lib/b.libsonnet': '[',
  };
  const check = await new JsonnetTemplates(files).check('templates/a/x.jsonnet');
  assert.deepEqual('faults' in check && check.faults.map(({ location: { file } }) => file), [
    'templates/lib/a.libsonnet',
    'templates/lib/b.libsonnet',
    'templates/a/x.jsonnet',
  ]);
});

test('a check that takes too long is a fault', async () => {
  const files = { 'templates/a/x.jsonnet': `{ [if ${ENDLESS} > 0 then 'desired']: function(facts) {} }` };
  const check = await new JsonnetTemplates(files).check('templates/a/x.jsonnet');
  assert.equal('faults' in check && check.faults[0]?.code, 'EvaluationTimeout');
});

test('who looks at the time is told from who only has it', async () => {
  const text = `{
    desired(facts):: if facts.phase == 'Pending' then { since: facts.time } else { ran: std.objectHas(facts, 'time') },
    status(facts, result):: { all: facts },
  }`;
  const engine = new JsonnetTemplates({ 't.jsonnet': text });
  const looks = async (called: TemplateFunction, phase: string): Promise<boolean> => {
    const read = new Set<string>();
    const onRead = (field: string): void => void read.add(field);
    const values = [{ phase, time: '2026-01-01T00:00:00Z' }, {}].slice(0, called === 'status' ? 2 : 1);
    await engine.call({ template: 't.jsonnet', function: called, arguments: values, limits: LIMITS, onRead });
    return read.has('time');
  };
  assert.equal(await looks('desired', 'Pending'), true);
  assert.equal(await looks('desired', 'Running'), false);
  assert.equal(await looks('status', 'Running'), true);
});
