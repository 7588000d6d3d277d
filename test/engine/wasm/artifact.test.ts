import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { findGo, hashSources } from '#wasm/go-build.js';
import { GoInstance } from '#wasm/go-instance.js';
import { loadArtifact } from '#wasm/load-artifact.js';
import { type LocateOptions, locateArtifact } from '#wasm/locate-artifact.js';
import { makeFolder } from '#wasm/make-folder.js';
import { withMemoryMaximum } from '#wasm/memory-maximum.js';

const SMALL_PROGRAM = `package main

import "syscall/js"

func main() {
	js.Global().Get("ready").Invoke(js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		if arguments[0].String() == "panic" {
			panic("as told")
		}
		answer := js.Global().Get("Object").New()
		answer.Set("json", arguments[1].String())
		answer.Set("text", "\\ufeff"+arguments[0].String())
		return answer
	}))
	select {}
}
`;

let folder: string;
let sources: string;
let cache: string;
const progress: string[] = [];

function options(changes: Partial<LocateOptions> = {}): LocateOptions {
  const onProgress = (message: string) => progress.push(message);
  return { cache, sources, packaged: join(folder, 'nothing'), environment: process.env, onProgress, ...changes };
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edict-artifact-'));
  sources = join(folder, 'sources');
  cache = join(folder, 'cache');
  await mkdir(sources);
  await writeFile(join(sources, 'go.mod'), 'module small.test\n\ngo 1.26.0\n');
  await writeFile(join(sources, 'main.go'), SMALL_PROGRAM);
});

after(() => rm(folder, { recursive: true }));

test('two processes that build at once get one whole artifact', async () => {
  const script = `
    import { locateArtifact } from ${JSON.stringify(import.meta.resolve('#wasm/locate-artifact.js'))};
    const options = { ...${JSON.stringify(options())}, environment: process.env, onProgress() {} };
    process.stdout.write(await locateArtifact('rego', options));`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  const [first, second] = await Promise.all([run(), run()]);
  assert.equal(first.stdout, second.stdout);
  assert.deepEqual((await readdir(first.stdout)).sort(), ['rego.wasm', 'wasm_exec.js']);
  assert.equal((await readdir(join(first.stdout, '..'))).length, 1, 'no draft is left behind');
});

test('what is in the cache is not built again, also when Go is gone', async () => {
  const built = await locateArtifact('rego', options());
  progress.length = 0;
  assert.equal(await locateArtifact('rego', options()), built);
  assert.equal(await locateArtifact('rego', options({ environment: { PATH: folder } })), built);
  assert.deepEqual(progress, []);
});

test('changed sources are built anew, with a progress line', async () => {
  const built = await locateArtifact('rego', options());
  const changed = join(folder, 'changed');
  await cp(sources, changed, { recursive: true });
  await writeFile(join(changed, 'more.go'), 'package main\n\nconst more = 1\n');
  progress.length = 0;
  assert.notEqual(await locateArtifact('rego', options({ sources: changed })), built);
  assert.equal(progress.length, 1);
});

test('two builds at different paths are equal byte for byte', async () => {
  const elsewhere = join(folder, 'elsewhere');
  await cp(sources, elsewhere, { recursive: true });
  const places = await Promise.all([
    locateArtifact('rego', options()),
    locateArtifact('rego', options({ sources: elsewhere, cache: join(folder, 'other cache') })),
  ]);
  const [first, second] = await Promise.all(places.map((place) => readFile(join(place, 'rego.wasm'))));
  assert.equal(createHash('sha256').update(first!).digest('hex'), createHash('sha256').update(second!).digest('hex'));
});

test('an explicit folder is used as it is, and nothing else when it lacks the artifact', async () => {
  const built = await locateArtifact('rego', options());
  assert.equal(await locateArtifact('rego', options({ directory: built })), built);
  await assert.rejects(locateArtifact('rego', options({ directory: sources })), { code: 'ArtifactMissing' });
});

test('an artifact that is no WebAssembly program is named, with what to do', async () => {
  const damaged = await mkdtemp(join(folder, 'damaged-'));
  await writeFile(join(damaged, 'wasm_exec.js'), '');
  for (const bytes of [Buffer.from('junk'), Buffer.from('\0asm\x01\0\0\0\x05\x03\x01\0'), Buffer.alloc(0)]) {
    await writeFile(join(damaged, 'rego.wasm'), bytes);
    await assert.rejects(
      loadArtifact(damaged, 'rego', 64),
      (error: Error & { code?: string }) =>
        error.code === 'ArtifactMissing' && error.message.includes(join(damaged, 'rego.wasm')),
    );
  }
});

test('a folder that cannot be made is refused at once, also where the system says that nothing is there', async () => {
  const deep = join(folder, 'deep', 'deeper');
  makeFolder(deep);
  makeFolder(deep);
  await writeFile(join(deep, 'file'), '');
  assert.throws(() => makeFolder(join(deep, 'file', 'below')), { syscall: 'mkdir' });
  assert.throws(() => makeFolder(join(deep, 'file')), { code: 'EEXIST' });
  assert.throws(() => makeFolder('/proc/nowhere/below'), { code: 'ENOENT' });
});

test('a packaged artifact is used only when it was built from these sources', async () => {
  const built = await locateArtifact('rego', options());
  const packaged = join(folder, 'packaged');
  await cp(built, packaged, { recursive: true });
  await writeFile(join(packaged, 'rego.sources'), `${await hashSources(sources)}\n`);
  assert.equal(await locateArtifact('rego', options({ packaged })), packaged);
  await writeFile(join(packaged, 'rego.sources'), 'older\n');
  assert.equal(await locateArtifact('rego', options({ packaged })), built);
});

test('without Go and without an artifact the error says what to do', async () => {
  const environment = { PATH: join(folder, 'no programs here') };
  await assert.rejects(
    locateArtifact('rego', options({ environment, cache: join(folder, 'empty') })),
    (error: Error) => {
      assert.equal((error as Error & { code: string }).code, 'ArtifactMissing');
      for (const word of ['Go 1.26', 'EDICT_WASM']) assert.ok(error.message.includes(word), word);
      return true;
    },
  );
});

test('what Go refuses to build is told in its own words, and leaves nothing in the cache', async () => {
  const broken = join(folder, 'broken');
  await cp(sources, broken, { recursive: true });
  await writeFile(join(broken, 'more.go'), 'package main\n\nvar more = absent\n');
  const request = options({ sources: broken, cache: join(folder, 'third cache') });
  await assert.rejects(locateArtifact('rego', request), { code: 'ArtifactBuildFailed', message: /undefined: absent/ });
  const [family] = await readdir(request.cache);
  assert.deepEqual(await readdir(join(request.cache, family!)), []);
});

test('Go is found through a link in PATH', async () => {
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const go = await findGo(process.env);
  await symlink(join(go!.root, 'bin/go'), join(programs, 'go'));
  assert.deepEqual(await findGo({ ...process.env, PATH: programs }), go);
});

test('an instance gets texts across unchanged and leaves nothing on the real global object', async () => {
  const names = Object.getOwnPropertyNames(globalThis);
  const { module, wasmExec } = await loadArtifact(await locateArtifact('rego', options()), 'rego', 64);
  const instance = new GoInstance(module, wasmExec, {});
  const request = { text: '\u{feff}grüße \u{1f600} \0' };
  const answer = instance.call('\u{feff}x', request);
  assert.deepEqual(JSON.parse(answer.json), request);
  assert.equal(answer.text, '\u{feff}\u{feff}x');
  assert.deepEqual(Object.getOwnPropertyNames(globalThis), names);
});

test('an instance that panicked fails its call and every later one', async () => {
  const { module, wasmExec } = await loadArtifact(await locateArtifact('rego', options()), 'rego', 64);
  const instance = new GoInstance(module, wasmExec, {});
  assert.throws(() => instance.call('panic', {}), { code: 'EvaluationFailed', message: /as told/ });
  assert.throws(() => instance.call('echo', {}), { code: 'EvaluationFailed' });
});

/** A module with one exported memory of `limits`, behind a custom section. */
function moduleWithMemory(limits: readonly number[]): Uint8Array {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const custom = [0, 3, 1, 0x78, 0xff];
  const memory = [5, limits.length + 1, 1, ...limits];
  const exported = [7, 5, 1, 1, 0x6d, 2, 0];
  return new Uint8Array([...header, ...custom, ...memory, ...exported]);
}

function memoryOf(binary: Uint8Array): WebAssembly.Memory {
  return new WebAssembly.Instance(new WebAssembly.Module(binary)).exports.m as WebAssembly.Memory;
}

test('a memory maximum is put in, and the memory grows up to it and no further', () => {
  for (const limits of [
    [0, 2],
    [1, 2, 0x80, 0x80, 1],
  ]) {
    const memory = memoryOf(withMemoryMaximum(moduleWithMemory(limits), 1));
    assert.equal(memory.grow(14), 2);
    assert.throws(() => memory.grow(1), RangeError);
  }
});

test('a large maximum takes more bytes than the section had', () => {
  const memory = memoryOf(withMemoryMaximum(moduleWithMemory([0, 2]), 1024));
  assert.equal(memory.grow(3), 2);
});

test('a binary that cannot be bounded is refused', () => {
  const header = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  for (const binary of [header, moduleWithMemory([0, 17]), moduleWithMemory([0, 0x80])]) {
    assert.throws(() => withMemoryMaximum(binary, 1), RangeError);
  }
});
