import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { type JsonnetRequest, type JsonnetResult, JsonnetTool } from '#wasm/jsonnet-tool.js';
import { artifactLoader } from '#wasm/load-artifact.js';
import { artifactCache, sourcesOf } from '#wasm/locate-artifact.js';
import { WasmError } from '#wasm/wasm-error.js';
import { realArtifact } from './artifacts.js';

const artifact = realArtifact('jsonnet', 512);
const jsonnet = new JsonnetTool(artifact, 60_000);
const impatient = new JsonnetTool(artifact, 1_000);

after(async () => {
  await jsonnet.close();
  await impatient.close();
});

async function value(request: JsonnetRequest): Promise<unknown> {
  const result = await jsonnet.evaluate(request);
  assert.ok('text' in result, JSON.stringify(result));
  return JSON.parse(result.text);
}

async function failure(request: JsonnetRequest): Promise<Extract<JsonnetResult, { error: unknown }>['error']> {
  const result = await jsonnet.evaluate(request);
  assert.ok('error' in result, JSON.stringify(result));
  return result.error;
}

test('imports are found beside the importing file first, then in the libraries in order', async () => {
  await jsonnet.load({
    'app/main.jsonnet':
      "[import 'part.libsonnet', import '../up.libsonnet', import 'lib.libsonnet', importstr 'note.txt']",
    'app/part.libsonnet': "import './deep/part.libsonnet'",
    'app/deep/part.libsonnet': "import '../../up.libsonnet'",
    'up.libsonnet': '1',
    'first/lib.libsonnet': "'first'",
    'second/lib.libsonnet': "'second'",
    'second/note.txt': '\u{feff}grüße\n',
  });
  const libraries = ['first', 'second'];
  assert.deepEqual(await value({ file: 'app/main.jsonnet', libraries }), [1, 1, 'first', '\u{feff}grüße\n']);
  assert.deepEqual(await value({ file: 'app/main.jsonnet', libraries }), [1, 1, 'first', '\u{feff}grüße\n']);
});

test('imports cannot leave the root folder', async () => {
  await jsonnet.load({
    'a/above.jsonnet': "import '../../outside.libsonnet'",
    'absolute.jsonnet': "import '/etc/passwd'",
    'library.jsonnet': "import 'x.libsonnet'",
    'round.jsonnet': "import 'a/../../round.libsonnet'",
  });
  for (const file of ['a/above.jsonnet', 'absolute.jsonnet', 'round.jsonnet']) {
    const { message, frames } = await failure({ file });
    assert.match(message, /refused/);
    assert.deepEqual(frames[0], { file, line: 1, column: 1, name: '$' });
  }
  assert.match((await failure({ file: '../x.jsonnet' })).message, /refused/);
  const { message } = await failure({ file: 'library.jsonnet', libraries: ['../lib', '/lib'] });
  assert.match(message, /not found/);
});

test('external variables and top-level arguments are bound for one evaluation only', async () => {
  await jsonnet.load({
    'bound.jsonnet': "function(a, b) [std.extVar('s'), std.extVar('c'), a, b]",
    'shared.libsonnet': "std.extVar('s')",
    'two.jsonnet': "import 'shared.libsonnet'",
  });
  const bindings = { extStr: { s: 'x' }, extCode: { c: '{y: 1}' }, tlaStr: { a: '1' }, tlaCode: { b: '1 + 1' } };
  assert.deepEqual(await value({ file: 'bound.jsonnet', ...bindings }), ['x', { y: 1 }, '1', 2]);
  assert.match((await failure({ file: 'bound.jsonnet', tlaStr: { a: '', b: '' } })).message, /external variable/);
  assert.equal(await value({ file: 'two.jsonnet', extStr: { s: 'one' } }), 'one');
  assert.equal(await value({ file: 'two.jsonnet', extStr: { s: 'two' } }), 'two');
});

test('given code stands in for the file once, and imports relative to its path', async () => {
  await jsonnet.load({ 'a/x.jsonnet': '1', 'a/y.libsonnet': '2' });
  assert.equal(await value({ file: 'a/x.jsonnet' }), 1);
  assert.equal(await value({ file: 'a/x.jsonnet', code: "import 'y.libsonnet'" }), 2);
  assert.equal(await value({ file: 'a/x.jsonnet' }), 1);
});

test('a load replaces all files', async () => {
  await jsonnet.load({ 'a.jsonnet': '1', 'b.jsonnet': '1' });
  assert.equal(await value({ file: 'a.jsonnet' }), 1);
  await jsonnet.load({ 'a.jsonnet': '2' });
  assert.equal(await value({ file: 'a.jsonnet' }), 2);
  assert.match((await failure({ file: 'b.jsonnet' })).message, /not found/);
});

test('an evaluation that was asked for before a load reads what was there before', async () => {
  await jsonnet.load({ 'a.jsonnet': "'before'" });
  const [before, , later] = await Promise.all([
    value({ file: 'a.jsonnet' }),
    jsonnet.load({ 'a.jsonnet': "'after'" }),
    value({ file: 'a.jsonnet' }),
  ]);
  assert.deepEqual([before, later], ['before', 'after']);
});

test('errors give frames from their place outwards, also across files', async () => {
  await jsonnet.load({
    'main.jsonnet': "local lib = import 'lib.libsonnet';\n{\n  a: lib.check(3),\n}\n",
    'lib.libsonnet': "{\n  check(x):: if x > 2 then\n    error 'too large: ' + x\n  else x,\n}\n",
    'type.jsonnet': '{ a: 1 + {} }',
    'syntax.jsonnet': '{\n  a: 1,\n  b: ,\n}\n',
    'undefined.jsonnet': '{\n  a: absent,\n}\n',
  });
  const { message, frames } = await failure({ file: 'main.jsonnet' });
  assert.equal(message, 'too large: 3');
  const places = frames.map(({ file, line, column }) => `${file}:${line}:${column}`);
  assert.deepEqual(places.slice(0, 2), ['lib.libsonnet:3:5', 'main.jsonnet:3:6']);
  assert.equal((await failure({ file: 'type.jsonnet' })).frames[0]?.line, 1);
  const syntax = await failure({ file: 'syntax.jsonnet' });
  assert.deepEqual(syntax.frames, [{ file: 'syntax.jsonnet', line: 3, column: 6 }]);
  assert.ok(!syntax.message.includes('syntax.jsonnet'), 'the place is in the frames alone');
  assert.deepEqual((await failure({ file: 'undefined.jsonnet' })).frames[0]?.line, 2);
});

test('a Jsonnet stack overflow is an error of the program, with a bounded trace', async () => {
  const { message, frames } = await failure({ file: 'x', code: 'local f(n) = 1 + f(n + 1); f(0)' });
  assert.match(message, /stack/);
  assert.ok(frames.length > 10 && frames.length <= 40, String(frames.length));
});

test('a panic inside go-jsonnet is an error without a Go stack', async () => {
  const { message } = await failure({ file: 'x', code: 'std.range(1, 1e12)' });
  assert.equal(message.split('\n').length, 1);
  assert.equal(await value({ file: 'x', code: '1' }), 1);
});

test('string output is bare, and std.trace is handed over', async () => {
  const code = "std.trace('seen', '\u{feff}text')";
  const result = await jsonnet.evaluate({ file: 'x', code, stringOutput: true });
  assert.ok('text' in result);
  assert.equal(result.text, '\u{feff}text\n');
  assert.match(result.trace ?? '', /seen/);
});

test('fmt formats, and names the place of what does not parse', async () => {
  assert.deepEqual(await jsonnet.fmt('a.jsonnet', '{a:1}'), { text: '{ a: 1 }\n' });
  const result = await jsonnet.fmt('a.jsonnet', '{\n a:');
  assert.ok('error' in result);
  assert.equal(result.error.frames[0]?.file, 'a.jsonnet');
  assert.equal(result.error.frames[0]?.line, 2);
});

test('the version is that of the pinned module', async () => {
  assert.equal(await jsonnet.version(), 'v0.22.0');
});

const ENDLESS =
  'std.foldl(function(a, i) std.foldl(function(b, j) b + 1, std.range(1, 1000), a), std.range(1, 1000000), 0)';

test('an evaluation that never ends is stopped, and the calls behind it are answered from the same files', async () => {
  await impatient.load({ 'fine.jsonnet': "import 'part.libsonnet'", 'part.libsonnet': '42' });
  const [endless, next] = await Promise.allSettled([
    impatient.evaluate({ file: 'x', code: ENDLESS }),
    impatient.evaluate({ file: 'fine.jsonnet' }),
  ]);
  assert.equal(endless.status === 'rejected' && endless.reason.code, 'EvaluationTimeout');
  assert.deepEqual(next, { status: 'fulfilled', value: { text: '42\n' } });
});

test('recursion beyond every stack is stopped, and the next call works', async () => {
  const code = 'local f(n) = if n == 0 then 0 else 1 + f(n - 1); f(10000000)';
  await assert.rejects(jsonnet.evaluate({ file: 'x', code, maxStack: 100_000_000 }), { code: 'EvaluationTooDeep' });
  assert.equal(await value({ file: 'x', code: '1' }), 1);
});

test('recursion of twenty thousand levels is possible when asked for', async () => {
  const code = 'local f(n) = if n == 0 then 0 else 1 + f(n - 1); f(20000)';
  assert.equal(await value({ file: 'x', code, maxStack: 100_000 }), 20_000);
});

test('an evaluation that allocates without end is stopped, and the next call works', async () => {
  const code = "std.length(std.foldl(function(text, i) text + text, std.range(1, 60), 'abcdefgh'))";
  await assert.rejects(jsonnet.evaluate({ file: 'x', code }), { code: 'EvaluationOutOfMemory' });
  assert.equal(await value({ file: 'x', code: '1' }), 1);
});

test('a closed worker refuses what is queued and what comes', async () => {
  const tool = new JsonnetTool(artifact, 60_000);
  const queued = tool.evaluate({ file: 'x', code: ENDLESS });
  const refused = assert.rejects(queued, { code: 'WorkerClosed' });
  await tool.start();
  await tool.close();
  await refused;
  await assert.rejects(tool.evaluate({ file: 'x', code: '1' }), { code: 'WorkerClosed' });
});

test('an artifact that cannot be had fails the call, and may be had later', async () => {
  let refused = 0;
  const tool = new JsonnetTool(async () => {
    if (refused++ === 0) throw new WasmError('ArtifactMissing', 'not yet');
    return artifact();
  }, 60_000);
  await assert.rejects(tool.version(), { code: 'ArtifactMissing' });
  assert.equal(await tool.version(), 'v0.22.0');
  await tool.close();
});

test('a loader tries again after a failure, and gives one artifact from then on', async () => {
  const options = { cache: artifactCache(process.env), environment: { PATH: '' }, onProgress: () => undefined };
  const sources = ['/nowhere', sourcesOf('jsonnet')];
  const loader = artifactLoader('jsonnet', 512, {
    ...options,
    get sources() {
      return sources.shift()!;
    },
  });
  await artifact();
  await assert.rejects(loader(), { code: 'ArtifactMissing' });
  assert.equal(await loader(), await loader());
});

test('an idle worker does not keep the process alive', async () => {
  const script = `
    import { JsonnetTool } from ${JSON.stringify(import.meta.resolve('#wasm/jsonnet-tool.js'))};
    import { realArtifact } from ${JSON.stringify(import.meta.resolve('./artifacts.js'))};
    const tool = new JsonnetTool(realArtifact('jsonnet', 512), 60_000);
    process.stdout.write(await tool.version());`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  assert.equal(stdout, 'v0.22.0');
});
