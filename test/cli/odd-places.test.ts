import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ContentCache } from '#adapters/files/content-cache.js';
import { artifactCache, locateArtifact } from '#wasm/locate-artifact.js';
import { note, type Result, RuleSet } from './rule-set.js';
import { edict } from './run-edict.js';

const makePipe = (place: string) => execFileSync('sh', ['-c', 'mkfifo "$0"', place]);
const faultsIn = (stdout: string): Result['faults'] =>
  (JSON.parse(stdout) as { readonly faults: Result['faults'] }).faults;
const check = (set: RuleSet) => {
  const run = set.run('-o', 'json', 'check');
  return { code: run.code, found: faultsIn(run.stdout).map(({ code, location }) => `${code} ${location.file}`) };
};

test('a path that is no file of manifests is named, and the objects of the others are published', () => {
  const set = new RuleSet();
  set.write('objects/good.yaml', note('good', 'good'));
  set.write('objects/comments.yaml', '# nothing\n---\n');
  makePipe(join(set.folder, 'objects/pipe.yaml'));
  symlinkSync('nowhere', join(set.folder, 'objects/nowhere.yaml'));
  symlinkSync('loop.yaml', join(set.folder, 'objects/loop.yaml'));
  symlinkSync('good.yaml', join(set.folder, 'objects/same.yaml'));
  symlinkSync('..', join(set.folder, 'objects/up'));
  set.write('empty.yaml', '');
  mkdirSync(join(set.folder, 'folder'));
  const run = set.run(
    '-o',
    'json',
    'apply',
    'objects',
    'objects/good.yaml',
    'empty.yaml',
    'folder',
    'objects/loop.yaml',
  );
  assert.equal(run.code, 1, run.stderr);
  const { objects } = JSON.parse(run.stdout) as { readonly objects: readonly (Result & { readonly file?: string })[] };
  const found = objects.map(({ file, faults, outcome }) => [file, faults[0]?.code ?? outcome.reason].join(' '));
  assert.deepEqual(found.sort(), [
    'empty.yaml ObjectNotFound',
    'folder ObjectNotFound',
    'objects/good.yaml Settled',
    'objects/loop.yaml FileUnreadable',
    'objects/loop.yaml FileUnreadable',
    'objects/nowhere.yaml FileUnreadable',
    'objects/pipe.yaml FileUnreadable',
    'objects/same.yaml ObjectInvalid',
  ]);
  for (const words of [
    ['apply', ''],
    ['delete', ''],
    ['plan', '-'],
  ])
    assert.equal(set.run(...words).code, 2);
  assert.equal(set.stored('note.office').size, 1);
});

test('what a user pipes in is read, and no more of it than a file may have', () => {
  const set = new RuleSet();
  set.write('piped', note('piped', 'good'));
  const command = `cat "$0/piped" | node dist/bin/edict.js -C "$0" --state "$0/.edict" plan /dev/stdin`;
  const planned = execFileSync('bash', ['-c', command, set.folder], { encoding: 'utf8' });
  assert.match(planned, /create ConfigMap\/office\/piped/);
  const { objects } = JSON.parse(set.run('-o', 'json', 'plan', '/dev/zero').stdout) as {
    readonly objects: readonly Result[];
  };
  assert.equal(objects[0]?.faults[0]?.code, 'FileTooLarge');
});

test('an item of a list is told by its own line, and lists of any kind are taken', () => {
  const set = new RuleSet();
  const item = (name: string, more = '') =>
    `- apiVersion: office.example.com/v1\n  kind: Note\n  metadata: {name: ${name}, namespace: null}\n  spec:\n    text: a\n${more}`;
  set.write(
    'list.yaml',
    `apiVersion: v1\nkind: List\nitems:\n${item('one')}${item('two', '    txet: b\n')}- 5\n- {apiVersion: v1, kind: Secret, data: {a: c2VjcmV0}}\n`,
  );
  set.write('notes.yaml', `apiVersion: office.example.com/v1\nkind: NoteList\nmetadata: {}\nitems:\n${item('three')}`);
  const { code, byObject, run } = set.results('apply', 'list.yaml', 'notes.yaml');
  assert.equal(code, 1);
  assert.equal(byObject.get('Note/default/one')?.outcome.reason, 'Settled', 'an empty namespace is none');
  assert.equal(byObject.get('Note/default/three')?.outcome.reason, 'Settled');
  assert.deepEqual(byObject.get('Note/default/two')?.faults[0]?.location, {
    object: 'Note/default/two',
    path: 'spec.txet',
    file: 'list.yaml',
    line: 14,
  });
  const { objects } = JSON.parse(run.stdout) as { readonly objects: readonly Result[] };
  const lines = objects
    .filter(({ object }) => object === 'list.yaml')
    .map(({ faults }) => [faults[0]?.location.line, faults[0]?.location.path]);
  assert.deepEqual(lines, [
    [15, 'items[2]'],
    [16, 'items[3].metadata.name'],
  ]);
  assert.ok(!run.stdout.includes('c2VjcmV0'));
});

test('links in a rule set are followed: a policy never goes missing without a word', () => {
  const set = new RuleSet();
  const revision = () => set.run('check').stdout;
  const plain = revision();
  const move = (path: string) => {
    renameSync(join(set.folder, path), join(set.folder, 'moved'));
    symlinkSync(join(set.folder, 'moved'), join(set.folder, path));
    assert.equal(revision(), plain, path);
    rmSync(join(set.folder, path));
    renameSync(join(set.folder, 'moved'), join(set.folder, path));
  };
  for (const path of [
    'edict.yaml',
    'policies',
    'policies/office',
    'policies/office/note',
    'policies/office/note/request.rego',
    'rules',
    'crds/office/note.yaml',
  ])
    move(path);
  symlinkSync('..', join(set.folder, 'rules/office/loop'));
  symlinkSync('/nowhere', join(set.folder, 'policies/office/lost.rego'));
  assert.deepEqual(check(set), { code: 1, found: ['FileUnreadable policies/office/lost.rego'] });
});

test('a folder or a pipe in the place of a file of the rule set is a fault of that file', () => {
  for (const path of [
    'edict.yaml',
    'rules/office/note.yaml',
    'crds/office/note.yaml',
    'templates/office/note.jsonnet',
    'policies/office/note/request.rego',
  ]) {
    for (const put of [(place: string) => mkdirSync(place), (place: string) => makePipe(place)]) {
      const set = new RuleSet();
      set.remove(path);
      put(join(set.folder, path));
      assert.deepEqual(check(set), { code: 1, found: [`FileUnreadable ${path}`] });
    }
  }
  const set = new RuleSet();
  set.remove('policies');
  set.write('policies', 'a file');
  const run = set.run('check');
  assert.deepEqual([run.code, /policies.*\[FileUnreadable\]/.test(run.stderr)], [1, true]);
});

test('a cache that cannot be written costs time, never a result', async () => {
  const set = new RuleSet();
  const options = { cache: artifactCache(process.env), environment: process.env, onProgress: () => undefined };
  const EDICT_WASM = join(set.folder, 'wasm');
  for (const name of ['rego', 'jsonnet'] as const)
    cpSync(await locateArtifact(name, options), EDICT_WASM, { recursive: true });
  for (const XDG_CACHE_HOME of ['/proc/nowhere', '/dev/null/nowhere']) {
    const run = edict(set.folder, ['fmt', '--check'], { XDG_CACHE_HOME, EDICT_WASM });
    assert.equal(run.code, 0, run.err);
    const cache = new ContentCache(join(XDG_CACHE_HOME, 'checks'));
    await cache.put('0123', ['kept']);
    assert.equal(await cache.get('0123'), undefined);
  }
});

test('a folder of WebAssembly parts that lacks one is told, with what to do', () => {
  const set = new RuleSet();
  const run = edict(set.folder, ['fmt', '--check'], { EDICT_WASM: set.folder, XDG_CACHE_HOME: '/proc/nowhere' });
  assert.equal(run.code, 1);
  assert.match(run.err, /lacks (rego|jsonnet)\.wasm or wasm_exec\.js: .*EDICT_WASM.*\[ArtifactUnavailable\]/);
});

test('a state folder that cannot be made is told at once', () => {
  const set = new RuleSet();
  for (const place of ['/proc/nowhere', '/dev/null/nowhere', 'edict.yaml']) {
    const run = set.run('--state', place, 'apply', 'examples');
    assert.equal(run.code, 1);
    assert.match(run.stderr, /\[FileUnwritable\]/);
  }
});

test('a damaged file of the local folder is told with its whole path, and the other objects are processed', () => {
  const set = new RuleSet();
  for (const name of ['a', 'b']) set.write(`objects/${name}.yaml`, note(name, name));
  assert.equal(set.run('apply', 'objects').code, 0);
  const [file = ''] = set.stored('note.office.example.com/a').keys();
  const whole = join(set.folder, '.edict/cluster', file);
  writeFileSync(whole, readFileSync(whole).subarray(0, 90));
  for (const words of [['plan'], ['apply'], ['apply', 'objects']]) {
    const { code, byObject, run } = set.results(...words);
    assert.equal(code, 1, run.stderr);
    assert.equal(byObject.get('Note/office/b')?.outcome.reason, 'Settled');
    const faults = [...byObject.values()].flatMap((result) => result.faults);
    assert.deepEqual(
      faults.map(({ location }) => location.file),
      [whole],
    );
  }
  assert.equal(set.stored('configmap/a').size, 1, 'what belongs to the damaged object stays');
});

test('a result that cannot be written is exit code 1, and a reader that leaves early is not', () => {
  const set = new RuleSet();
  const full = openSync('/dev/full', 'w');
  const run = spawnSync(process.execPath, ['dist/bin/edict.js', '-C', set.folder, 'check'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  assert.equal(run.status, 1);
  assert.match(run.stderr, /ENOSPC.*\[FileUnwritable\]/);
  const command = `set -o pipefail; node dist/bin/edict.js -C "$0" plan "$0/examples" | true`;
  execFileSync('bash', ['-c', command, set.folder]);
});

test('an artifact that is damaged is told without a stack', () => {
  const set = new RuleSet();
  set.write('wasm/rego.wasm', 'junk');
  set.write('wasm/jsonnet.wasm', 'junk');
  set.write('wasm/wasm_exec.js', '');
  const run = edict(set.folder, ['check'], {
    EDICT_WASM: join(set.folder, 'wasm'),
    XDG_CACHE_HOME: join(set.folder, 'cache'),
  });
  assert.deepEqual([run.code, /rego\.wasm.*\[ArtifactUnavailable\]\n$/.test(run.err)], [1, true], run.err);
});
