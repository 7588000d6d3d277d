import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { importGraph, importsOf } from '#adapters/jsonnet/imports.js';
import { JsonnetTemplates } from '#adapters/jsonnet/jsonnet-templates.js';
import { wasmFault } from '#adapters/jsonnet/template-fault.js';
import type { TemplateFunction } from '#catalog/template-checker.js';
import { EdictError } from '#errors/edict-error.js';
import type { Json } from '#model/json.js';
import { JsonnetTool } from '#wasm/jsonnet-tool.js';
import { WasmError } from '#wasm/wasm-error.js';
import { realArtifact } from '../../wasm/artifacts.js';

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
const LIMITS = { depth: 500, output: 1024, facts: 1024 };
const MEBIBYTES = 96;

const opened: JsonnetTool[] = [];
const checks = new Map<string, Json>();

function templatesOf(files: { readonly [path: string]: string }, workers = 1, milliseconds = 2000): JsonnetTemplates {
  const tool = (): JsonnetTool => {
    const made = new JsonnetTool(realArtifact('jsonnet', MEBIBYTES), milliseconds);
    opened.push(made);
    return made;
  };
  const cache = {
    get: (key: string) => Promise.resolve(checks.get(key)),
    put: (key: string, value: Json) => Promise.resolve(void checks.set(key, value)),
  };
  return new JsonnetTemplates({ files, tool, workers, cache });
}

const templates = templatesOf(FILES);
after(() => Promise.all(opened.map((tool) => tool.close())));

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
  const engine = templatesOf({
    'templates/a/deep.jsonnet': '{ desired(facts):: local f(x) = if x == 0 then 0 else 1 + f(x - 1); f(facts) }',
  });
  assert.equal(await call('deep', [300], { engine }), 300);
  await assert.rejects(call('deep', [300], { engine, depth: 100 }), { code: 'EvaluationTooDeep' });
  assert.equal(await call('deep', [900], { engine, depth: 2000 }), 900);
});

test('several workers share the calls, and one that runs away holds up no other', async () => {
  const engine = templatesOf(FILES, 2);
  const loop = call('loops', [{}], { engine }).catch((error: unknown) => error);
  assert.deepEqual(await call('good', [1], { engine }), { given: 1, name: 'k' });
  assert.ok((await loop) instanceof EdictError);
  await engine.close();
  await assert.rejects(call('good', [1], { engine }));
});

test('a check tells functions and files, parses what is imported, and is remembered for equal texts', async () => {
  const files = ['templates/a/good.jsonnet', 'templates/lib/k.libsonnet'];
  assert.deepEqual(await templates.check('templates/a/good.jsonnet'), {
    functions: ['charts', 'desired', 'status'],
    files,
  });
  let made = 0;
  const tool = (): JsonnetTool => {
    made++;
    throw new Error('no worker is needed');
  };
  const cache = { get: (key: string) => Promise.resolve(checks.get(key)), put: () => Promise.resolve() };
  const again = new JsonnetTemplates({
    files: { ...FILES, 'templates/lib/other.libsonnet': '{' },
    tool,
    workers: 1,
    cache,
  });
  assert.deepEqual(await again.check('templates/a/good.jsonnet'), {
    functions: ['charts', 'desired', 'status'],
    files,
  });
  assert.equal(made, 0);
  const changed = templatesOf({ ...FILES, 'templates/lib/k.libsonnet': '{\n  name:: }' });
  const check = await changed.check('templates/a/good.jsonnet');
  assert.ok('faults' in check);
  assert.deepEqual(
    check.faults.map(({ code, location: { file, line } }) => [code, file, line]),
    [['TemplateInvalid', 'templates/lib/k.libsonnet', 2]],
  );
});

test('a check that was stopped is a fault, and is made again the next time', async () => {
  const files = {
    'templates/a/check.jsonnet': `{ [if ${ENDLESS} > 0 then 'desired']: function(facts) {} }`,
  };
  const before = checks.size;
  const check = await templatesOf(files, 1, 500).check('templates/a/check.jsonnet');
  assert.ok('faults' in check);
  assert.equal(check.faults[0]?.code, 'EvaluationTimeout');
  assert.equal(checks.size, before);
});

test('an import is told from a text or a comment that looks like one', () => {
  const text = `// import 'no1'
# import "no2"
/* import 'no3' */
local a = import 'yes1.libsonnet', b = (importstr "yes2");
local c = "import 'no4'", d = 'import "no5"', e = @'import ''no6''', f = |||
  import 'no7'
|||;
local imports = 'no8', g = { import_: 'no9' };
import /* here */ @'yes3'`;
  assert.deepEqual(importsOf(text), [
    { keyword: 'import', path: 'yes1.libsonnet', line: 4 },
    { keyword: 'importstr', path: 'yes2', line: 4 },
    { keyword: 'import', path: 'yes3', line: 9 },
  ]);
});

test('imports are followed to their end, in circles once, and what leads nowhere is named', () => {
  const files = {
    'templates/a/x.jsonnet': "import '../lib/a.libsonnet'",
    'templates/lib/a.libsonnet': "(import 'b.libsonnet') + importstr 'text.libsonnet'",
    'templates/lib/b.libsonnet': "\nimport 'a.libsonnet'",
    'templates/lib/text.libsonnet': "import 'this is no Jsonnet'",
  };
  assert.deepEqual(importGraph('templates/a/x.jsonnet', files), {
    files: [
      'templates/a/x.jsonnet',
      'templates/lib/a.libsonnet',
      'templates/lib/b.libsonnet',
      'templates/lib/text.libsonnet',
    ],
    libraries: ['templates/lib/a.libsonnet', 'templates/lib/b.libsonnet'],
    faults: [],
  });
  for (const path of ['gone.libsonnet', '../../../x', '/etc/passwd', '__proto__', 'toString']) {
    const { faults } = importGraph('x', { x: `\nimport '${path}'` });
    assert.deepEqual(
      faults.map(({ code, location, fragment }) => [code, location.line, fragment]),
      [['TemplateInvalid', 2, path]],
    );
  }
});

test('what no template is to blame for names no template', () => {
  const missing = wasmFault(new WasmError('ArtifactMissing', 'no artifact'), 'templates/a/good.jsonnet');
  assert.ok(missing instanceof EdictError);
  assert.deepEqual([missing.code, missing.faults[0]?.location], ['ArtifactUnavailable', {}]);
  const defect = new TypeError('x');
  assert.equal(wasmFault(defect, 't'), defect);
});
