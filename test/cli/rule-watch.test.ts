import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FolderTree } from '#adapters/files/folder-tree.js';
import type { Snapshot } from '#catalog/snapshot.js';
import { RuleWatch } from '#cli/run/rule-watch.js';
import { EdictError } from '#errors/edict-error.js';
import { FakeTimer } from '../engine/controller/fake-timer.js';

const folder = mkdtempSync(join(tmpdir(), 'edict-watch-'));
after(() => rmSync(folder, { recursive: true }));

/** Files that a test changes in memory, and a watch of them. */
class Bench {
  files: { [path: string]: string } = { 'rules/a/b.yaml': '1' };
  touched = 0;
  failing: Error | undefined;
  readonly timer = new FakeTimer();
  readonly taken: string[] = [];
  readonly troubles: unknown[] = [];
  /** What happens while a file is read. */
  whileRead: () => void = () => undefined;
  readonly watch: RuleWatch;

  constructor() {
    const tree = {
      list: async () => Object.keys(this.files),
      read: async (path: string) => {
        this.whileRead();
        return this.files[path] ?? '';
      },
      fingerprint: async () => {
        if (this.failing !== undefined) throw this.failing;
        return JSON.stringify([this.files, this.touched]);
      },
    };
    const changed = async (files: Snapshot): Promise<void> => {
      const paths = await files.list();
      this.taken.push((await Promise.all(paths.map((path) => files.read(path)))).join());
    };
    const trouble = (error: unknown): void => void this.troubles.push(error);
    const options = { tree, timer: this.timer, changed, trouble };
    this.watch = new RuleWatch(options, JSON.stringify([this.files, 0]));
  }
}

test('files are taken when they have been left alone, and only where they differ', async () => {
  const { files, timer, taken, watch, ...bench } = new Bench();
  await timer.pass(10_000);
  assert.deepEqual(taken, []);
  files['rules/a/b.yaml'] = '2';
  await timer.pass(2_500);
  files['rules/a/c.yaml'] = '3';
  await timer.pass(900);
  assert.deepEqual(taken, [], 'still being written');
  await timer.pass(2_000);
  assert.deepEqual(taken, ['2,3']);
  await timer.pass(10_000);
  assert.deepEqual(taken, ['2,3']);
  assert.deepEqual(bench.troubles, []);
  watch.close();
  files['rules/a/b.yaml'] = '4';
  await timer.pass(10_000);
  assert.equal(taken.length, 1);
});

test('files that were only touched are not taken again, unless it is asked for', async () => {
  const bench = new Bench();
  bench.files['rules/a/b.yaml'] = '2';
  await bench.timer.pass(4_000);
  bench.touched++;
  await bench.timer.pass(10_000);
  assert.deepEqual(bench.taken, ['2']);
  bench.watch.force();
  await bench.timer.pass(1_000);
  assert.deepEqual(bench.taken, ['2', '2']);
});

test('what changes while it is read is read again', async () => {
  const bench = new Bench();
  bench.files['rules/a/b.yaml'] = '2';
  bench.whileRead = () => {
    bench.files['rules/a/b.yaml'] = '3';
    bench.whileRead = () => undefined;
  };
  await bench.timer.pass(10_000);
  assert.deepEqual(bench.taken, ['3']);
});

test('a folder that cannot be read for a while is told of, and taken when it is there again', async () => {
  const bench = new Bench();
  bench.failing = new EdictError({ code: 'FileUnreadable', message: 'gone', location: {} });
  await bench.timer.pass(20_000);
  assert.equal(bench.troubles.length, 1);
  bench.failing = undefined;
  await bench.timer.pass(40_000);
  assert.deepEqual(bench.taken, ['1']);
});

test('a link that leads elsewhere is a change of the folder, as a volume of a cluster makes it', async () => {
  const version = (name: string): void => {
    mkdirSync(join(folder, name, 'rules/a'), { recursive: true });
    writeFileSync(join(folder, name, 'rules/a/b.yaml'), name);
  };
  version('..1');
  symlinkSync('..1', join(folder, '..data'));
  symlinkSync('..data/rules', join(folder, 'rules'));
  const tree = new FolderTree(folder);
  const before = await tree.fingerprint();
  assert.equal(await tree.fingerprint(), before);
  version('..2');
  assert.equal(await tree.fingerprint(), before);
  symlinkSync('..2', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  assert.notEqual(await tree.fingerprint(), before);
  assert.equal(await tree.read('rules/a/b.yaml'), '..2');
});
