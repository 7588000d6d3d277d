import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { RegoTool } from '#wasm/rego-tool.js';
import type { RegoModules, RegoPackage } from '#wasm/rego-types.js';
import { realArtifact } from './artifacts.js';
import { MODULES } from './rego-modules.js';

const rego = new RegoTool(realArtifact('rego', 512), 120_000);

after(() => rego.close());

async function packagesOf(modules: RegoModules): Promise<Record<string, RegoPackage>> {
  const { packages } = await rego.check(modules);
  return Object.fromEntries(packages.map((each) => [each.name, each]));
}

test('check tells what each package defines and what it reads, also through others', async () => {
  const { diagnostics, packages } = await rego.check(MODULES);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(packages, [
    {
      name: 'apps.request',
      files: ['apps/request.rego'],
      sound: true,
      rules: [
        { name: 'deny', kind: 'set', file: 'apps/request.rego', row: 13 },
        { name: 'warn', kind: 'set', file: 'apps/request.rego', row: 19 },
        { name: 'level', kind: 'complete', file: 'apps/request.rego', row: 21 },
      ],
      uses: ['lib.containers'],
      inputs: ['facts', 'object'],
      data: ['parameters.text'],
    },
    {
      name: 'lib.containers',
      files: ['lib/containers.rego'],
      sound: true,
      rules: [
        { name: 'all', kind: 'set', file: 'lib/containers.rego', row: 5 },
        { name: 'double', kind: 'function', file: 'lib/containers.rego', row: 7 },
      ],
      uses: [],
      inputs: ['object'],
      data: [],
    },
  ]);
});

test('inputs are found through imports, locals, chains and whole subtrees of data; what is replaced is not read', async () => {
  const inputs = async (body: string) => (await packagesOf({ 'a.rego': `package a\n${body}\n`, ...others })).a?.inputs;
  const others = {
    'b.rego': 'package b\nimport data.c\nx := c.y\n',
    'c.rego': 'package c\ny := input.deep.er\n',
    'd/e.rego': 'package d.e\nz := input.e\n',
    'd/f.rego': 'package d.f\nz := input.f\n',
  };
  assert.deepEqual(await inputs('p if input.one.two'), ['one']);
  assert.deepEqual(await inputs('p if input["one"].two'), ['one']);
  assert.deepEqual(await inputs('p if { some key; input[key] }'), ['*']);
  assert.deepEqual(await inputs('p := object.get(input, "one", 1)'), ['*']);
  assert.deepEqual(await inputs('p := [x | some x in input.list]'), ['list']);
  assert.deepEqual(await inputs('p if every x in input.list { x == input.other }'), ['list', 'other']);
  assert.deepEqual(await inputs('p := {input.key: input.value}'), ['key', 'value']);
  assert.deepEqual(await inputs('f(x) := input.called + x\np := f(1)'), ['called']);
  assert.deepEqual(await inputs('p := 1 if { input.a } else := 2 if { input.b }'), ['a', 'b']);
  assert.deepEqual(await inputs('default p := 1\np := 2 if { local := input; local.x }'), ['*']);
  assert.deepEqual(await inputs('import data.b\np := b.x'), ['deep']);
  assert.deepEqual(await inputs('p := data.d.e.z'), ['e']);
  assert.deepEqual(await inputs('p := data.d'), ['e', 'f']);
  assert.deepEqual(await inputs('p := [data.d[name].z | some name in ["e"]]'), ['e', 'f']);
  assert.deepEqual(await inputs('q := input.q\np if q with input as {"q": 1} with input.r as input.s'), ['q', 's']);
  assert.deepEqual(await inputs('p := 1'), []);
});

test('check finds the faults of all files in one run, whatever stage they are of', async () => {
  const { diagnostics } = await rego.check({
    ...MODULES,
    'broken.rego': 'package broken\n\np if {\n\tx = [1\n}\n',
    'unused.rego': 'package unused\n\nimport data.apps\n\np := 1\n',
    'unsafe.rego': 'package unsafe\n\np if x > 1\n',
    'function.rego': 'package called\n\np := absent(1)\n',
    'type.rego': 'package typed\n\np := 1 + "x"\n',
    'old.rego': 'package old\n\nimport data.apps.request\n\nrequest := 1\n',
  });
  const places = diagnostics.map(({ code, file, row }) => `${file}:${row} ${code}`).sort();
  assert.deepEqual(places, [
    'broken.rego:5 rego_parse_error',
    'function.rego:3 rego_type_error',
    'old.rego:3 rego_compile_error',
    'type.rego:3 rego_type_error',
    'unsafe.rego:3 rego_unsafe_var_error',
    'unused.rego:3 rego_compile_error',
  ]);
  const type = diagnostics.find(({ file }) => file === 'type.rego');
  assert.equal(type?.column, 6);
  assert.ok(type?.details?.some((line) => line.includes('want')));
});

test('a package is sound only when all that it uses is, so a missing library never passes for an empty one', async () => {
  const packages = await packagesOf({
    ...MODULES,
    'bad/part.rego': 'package bad\np if {\n',
    'bad/whole.rego': 'package bad\nq := 1\n',
    'user.rego': 'package user\nimport data.bad\ndeny contains 1 if bad.q\n',
    'next.rego': 'package next\ndeny := data.user.deny\n',
    'subtree.rego': 'package subtree\ndeny := data.bad\n',
  });
  const sound = Object.values(packages).filter((each) => each.sound);
  assert.deepEqual(
    sound.map(({ name }) => name),
    ['apps.request', 'lib.containers'],
  );
  assert.deepEqual(packages.bad?.files, ['bad/part.rego', 'bad/whole.rego']);
  assert.deepEqual(packages.next?.uses, ['bad', 'user']);
});

test('annotations of sound packages come with their place', async () => {
  const { annotations } = await rego.check(MODULES);
  assert.deepEqual(
    annotations.map(({ name, file, row, annotations: { scope, title } }) => [name, file, row, scope, title]),
    [
      ['apps.request', 'apps/request.rego', 1, 'package', 'Images'],
      ['apps.request.deny', 'apps/request.rego', 11, 'rule', 'no image'],
      ['lib.containers', 'lib/containers.rego', 1, 'package', 'Containers'],
    ],
  );
  assert.equal(annotations[0]?.annotations.description, 'Every container names its image.');
  assert.deepEqual(annotations[0]?.annotations.custom, { severity: 'high' });
});

test('a built-in that the capabilities lack is a fault with file and line', async () => {
  const all = await rego.capabilities();
  const builtins = (all.builtins as readonly { readonly name: string }[]).filter(({ name }) => name !== 'sprintf');
  assert.equal(builtins.length, (all.builtins as readonly unknown[]).length - 1);
  const capabilities = { ...all, builtins };
  const { diagnostics } = await rego.check(MODULES, capabilities);
  assert.deepEqual(
    diagnostics.map(({ file, row, code }) => [file, row, code]),
    [['apps/request.rego', 16, 'rego_type_error']],
  );
  const build = await rego.compile({ modules: MODULES, entrypoints: ['apps/request/deny'], capabilities });
  assert.equal(build.wasm, undefined);
  assert.equal(build.diagnostics[0]?.file, 'apps/request.rego');
});

test('many entrypoints are compiled into one module, and equal requests give equal bytes', async () => {
  const entrypoints = ['apps/request/deny', 'apps/request/warn'];
  const first = await rego.compile({ modules: MODULES, entrypoints });
  const reversed = Object.fromEntries(Object.entries(MODULES).reverse());
  const second = await rego.compile({ modules: reversed, entrypoints });
  assert.ok(first.wasm !== undefined && second.wasm !== undefined);
  assert.deepEqual(first.entrypoints, entrypoints);
  assert.deepEqual(first.wasm, second.wasm);
  assert.ok(WebAssembly.validate(first.wasm));
});

test('an unknown entrypoint is a diagnostic, and compiling nothing is refused', async () => {
  const unknown = await rego.compile({ modules: MODULES, entrypoints: ['apps/request/absent'] });
  assert.equal(unknown.wasm, undefined);
  assert.equal(unknown.diagnostics.length, 1);
  await assert.rejects(rego.compile({ modules: MODULES, entrypoints: [] }), { code: 'EvaluationFailed' });
});

const TESTS = `package apps.request_test

import data.apps.request

test_passes if {
	request.deny == {"a has no image"} with input as {"object": {"spec": {"containers": [{"name": "a"}]}}}
}

test_fails if {
	print("seen", 1)
	request.level == 5
}

test_errors if to_number("x") == 1

todo_test_later if false
`;

test('tests are run, with what they print and their place', async () => {
  const run = await rego.test({ modules: { ...MODULES, 'apps/request_test.rego': TESTS } });
  assert.deepEqual(
    run.tests.map(({ name, outcome, row }) => [name, outcome, row]),
    [
      ['test_passes', 'pass', 5],
      ['test_fails', 'fail', 9],
      ['test_errors', 'error', 14],
      ['todo_test_later', 'skip', 16],
    ],
  );
  assert.equal(run.tests[0]?.package, 'apps.request_test');
  assert.equal(run.tests[1]?.output, 'seen 1\n');
  assert.match(run.tests[2]?.error ?? '', /to_number/);
  assert.equal(run.coverage, undefined);
});

test('coverage names the lines of each file', async () => {
  const { coverage } = await rego.test({ modules: { ...MODULES, 'apps/request_test.rego': TESTS }, coverage: true });
  assert.deepEqual(coverage?.files['apps/request.rego'], {
    covered: [13, 14, 15, 16, 21],
    notCovered: [19],
    percent: coverage?.files['apps/request.rego']?.percent,
  });
  assert.ok((coverage?.percent ?? 0) > 50);
});

test('tests of modules with faults do not run', async () => {
  const run = await rego.test({ modules: { 'a.rego': 'package a\ntest_x if {\n' } });
  assert.deepEqual(run.tests, []);
  assert.equal(run.diagnostics[0]?.file, 'a.rego');
});

test('fmt formats what parses and names the rest', async () => {
  const { formatted, diagnostics } = await rego.fmt({ 'a.rego': 'package a\np:=1\n', 'b.rego': 'package b\np if {\n' });
  assert.deepEqual(formatted, { 'a.rego': 'package a\n\np := 1\n' });
  assert.deepEqual(
    diagnostics.map(({ file, row }) => [file, row]),
    [['b.rego', 3]],
  );
});
