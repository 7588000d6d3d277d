import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OpaPolicyCompiler } from '#adapters/opa/policy-compiler.js';
import type { PolicyCompilation, PolicySource } from '#catalog/policy-compiler.js';
import { RegoTool } from '#wasm/rego-tool.js';
import { realArtifact } from '../../wasm/artifacts.js';

const tool = new RegoTool(realArtifact('rego', 512), 120_000);
let cache = '';

before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'edict-policies-'));
  await tool.start();
});

after(async () => {
  await tool.close();
  await rm(cache, { recursive: true });
});

function source(path: string, body: string): PolicySource {
  return { path, text: `package ${path.replace(/\.rego$/, '').replaceAll('/', '.')}\n${body}\n` };
}

const SOUND = source('apps/request.rego', 'deny contains "no name" if not input.object.metadata.name');
const LIBRARY = source('lib/names.rego', 'bad(name) if startswith(name, "x")');
const USER = source(
  'apps/change.rego',
  `import data.lib.names
warn contains "bad name" if names.bad(input.object.metadata.name)
deny contains message if {
	input.facts.parent
	message := data.parameters.message
}`,
);

function compile(sources: readonly PolicySource[], artifact = 'test'): Promise<PolicyCompilation> {
  return new OpaPolicyCompiler({ tool: () => tool, artifact, cache }).compile(sources);
}

function faultsOf({ faults }: PolicyCompilation): readonly string[] {
  return faults.map(({ code, location: { file, line } }) => `${code} ${file}:${line ?? ''}`).sort();
}

test('packages with deny or warn can be asked, the others are libraries', async () => {
  const { policies, faults } = await compile([SOUND, LIBRARY, USER]);
  assert.deepEqual(faults, []);
  assert.ok(policies.module);
  assert.deepEqual(policies.packages, [
    {
      path: 'apps/change',
      file: 'apps/change.rego',
      rules: ['deny', 'warn'],
      inputs: ['facts', 'object'],
      title: '',
      description: '',
    },
    {
      path: 'apps/request',
      file: 'apps/request.rego',
      rules: ['deny'],
      inputs: ['object'],
      title: '',
      description: '',
    },
  ]);
});

test('a package is described by its metadata', async () => {
  const text =
    '# METADATA\n# title: Names\n# description: Every object has a name.\npackage apps.request\ndeny contains "x" if input.x\n';
  const { policies } = await compile([{ path: 'apps/request.rego', text }]);
  assert.deepEqual(
    policies.packages.map(({ title, description }) => [title, description]),
    [['Names', 'Every object has a name.']],
  );
});

test('without a policy there is no module', async () => {
  assert.deepEqual(await compile([]), { policies: { module: undefined, packages: [] }, faults: [] });
  assert.equal((await compile([LIBRARY])).policies.module, undefined);
});

test('tests are no part of the module', async () => {
  const tests = source('apps/request_test.rego', 'this is no Rego');
  const { policies, faults } = await compile([SOUND, tests]);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    policies.packages.map(({ path }) => path),
    ['apps/request'],
  );
});

test('a package that is not named as its path is refused with the line', async () => {
  const compilation = await compile([
    SOUND,
    { path: 'apps/change.rego', text: '# comment\npackage apps.other\ndeny contains "x" if input.x\n' },
  ]);
  assert.deepEqual(faultsOf(compilation), ['PolicyPackageMismatch policies/apps/change.rego:2']);
  assert.equal(compilation.faults[0]?.location.column, 9);
  assert.match(compilation.faults[0]?.remedy ?? '', /package apps\.change/);
  assert.deepEqual(
    compilation.policies.packages.map(({ path }) => path),
    ['apps/request'],
  );
});

test('a deny that nobody would ever ask is refused, unless another policy uses it', async () => {
  const slip = source('apps/requests.rego', '\ndeny contains "x" if input.x');
  const compilation = await compile([SOUND, slip]);
  assert.deepEqual(faultsOf(compilation), ['CatalogFileOrphaned policies/apps/requests.rego:3']);
  assert.deepEqual(
    compilation.policies.packages.map(({ path }) => path),
    ['apps/request'],
  );
  const user = source('apps/change.rego', 'deny contains message if some message in data.apps.requests.deny');
  assert.deepEqual((await compile([SOUND, slip, user])).faults, []);
});

test('a folder name that is no Rego name is written in brackets', async () => {
  const { policies, faults } = await compile([
    { path: 'apps/web-shop/request.rego', text: 'package apps["web-shop"].request\ndeny contains "x" if input.x\n' },
  ]);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    policies.packages.map(({ path }) => path),
    ['apps/web-shop/request'],
  );
});

test('faulty packages and what refers to them are left out, all faults at once', async () => {
  const compilation = await compile([
    SOUND,
    source('a/request.rego', 'deny contains "x" if {'),
    source('b/request.rego', 'deny contains "x" if undefined_function(input.x)'),
    source('c/request.rego', 'deny contains "x" if data.b.request.deny'),
    source('d/request.rego', 'deny contains "x" if data.inventory.cluster'),
    source('e/request.rego', 'deny := true if input.x'),
    source('f/request.rego', 'deny contains "x" if { unused := 1; input.x }'),
    source('g/request.rego', 'deny contains "x" if input.x + "a" == 1'),
  ]);
  assert.deepEqual(faultsOf(compilation), [
    'PolicyInvalid policies/a/request.rego:3',
    'PolicyInvalid policies/b/request.rego:2',
    'PolicyInvalid policies/c/request.rego:',
    'PolicyInvalid policies/d/request.rego:2',
    'PolicyInvalid policies/e/request.rego:2',
    'PolicyInvalid policies/f/request.rego:2',
    'PolicyInvalid policies/g/request.rego:2',
  ]);
  assert.deepEqual(
    compilation.policies.packages.map(({ path }) => path),
    ['apps/request'],
  );
  assert.ok(compilation.faults.every(({ remedy }) => remedy !== undefined));
});

for (const call of [
  'http.send({"method": "get", "url": "http://x"})',
  'rand.intn("a", 3)',
  'opa.runtime()',
  'net.lookup_ip_addr("x")',
  'uuid.rfc4122("x")',
  'io.jwt.decode("x")',
]) {
  test(`${call} is refused with file, line, fragment and remedy`, async () => {
    const { policies, faults } = await compile([source('apps/request.rego', `\ndeny contains "x" if ${call}`)]);
    assert.equal(policies.module, undefined);
    assert.deepEqual(
      faults.map(({ code, location: { file, line, column } }) => [code, file, line, column]),
      [['PolicyInvalid', 'policies/apps/request.rego', 3, 22]],
    );
    assert.match(faults[0]?.message ?? '', /Edict has no built-in/);
    assert.equal(faults[0]?.fragment, `deny contains "x" if ${call}`);
    assert.ok(faults[0]?.remedy);
  });
}

test('unchanged policies do not start the compiler', async () => {
  const first = await compile([SOUND, LIBRARY, USER], 'cached');
  let started = 0;
  const later = new OpaPolicyCompiler({
    tool: () => {
      started += 1;
      return tool;
    },
    artifact: 'cached',
    cache,
  });
  assert.deepEqual(await later.compile([USER, SOUND, LIBRARY]), first);
  assert.equal(started, 0);
  await later.compile([{ ...SOUND, text: `${SOUND.text}\n# changed\n` }, LIBRARY, USER]);
  assert.equal(started, 1);
});

test('faults are cached with the policies', async () => {
  const broken = source('a/request.rego', 'deny contains "x" if {');
  const first = await compile([SOUND, broken], 'faults');
  const unable = new OpaPolicyCompiler({
    tool: () => {
      throw new Error('the compiler was started');
    },
    artifact: 'faults',
    cache,
  });
  assert.deepEqual(await unable.compile([SOUND, broken]), first);
  await assert.rejects(unable.compile([SOUND]));
});

test('a cache file that is not whole is made again', async () => {
  const own = await mkdtemp(join(tmpdir(), 'edict-policies-'));
  const compiler = () => new OpaPolicyCompiler({ tool: () => tool, artifact: 'test', cache: own });
  const first = await compiler().compile([SOUND]);
  const [name = ''] = await readdir(own);
  const whole = await readFile(join(own, name));
  for (const broken of [
    whole.subarray(0, whole.length - 1),
    whole.subarray(0, 10),
    Buffer.alloc(0),
    Buffer.from(whole).fill(1, 200, 210),
  ]) {
    await writeFile(join(own, name), broken);
    assert.deepEqual(await compiler().compile([SOUND]), first);
    assert.deepEqual(await readFile(join(own, name)), whole);
  }
  assert.deepEqual(await readdir(own), [name]);
  await rm(own, { recursive: true });
});

test('a cache folder that cannot be written costs no result', async () => {
  const compiler = new OpaPolicyCompiler({ tool: () => tool, artifact: 'test', cache: '/dev/null/cache' });
  assert.ok((await compiler.compile([SOUND])).policies.module);
});
