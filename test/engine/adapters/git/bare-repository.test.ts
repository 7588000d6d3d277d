import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env, execPath, kill } from 'node:process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { base, codeOf, git, main, open, write } from './repositories.js';

test('text that is not UTF-8 is refused both ways, and a blob that is too large is not read', async () => {
  const repositories = open('bytes');
  assert.equal(await codeOf(write(repositories, { a: 'half \ud83d' })), 'TextNotUTF8');
  await write(repositories, { a: 'fine' });
  const folder = repositories.folderOf(main);
  const store = (content: Buffer) => {
    const id = spawnSync('git', ['--git-dir', folder, 'hash-object', '-w', '--stdin'], { input: content }).stdout;
    return id.toString().trim();
  };
  const ids = { latin: store(Buffer.from([0x61, 0x0a, 0xe4])), large: store(Buffer.alloc(5 * 1024 * 1024, 'x')) };
  const fine = (await repositories.snapshot(main)).files.get('a');
  const tree = `100644 blob ${fine}\tfine\n100644 blob ${ids.large}\tlarge\n100644 blob ${ids.latin}\tlatin\n120000 blob ${fine}\tlink\n`;
  const treeId = spawnSync('git', ['--git-dir', folder, 'mktree'], { input: tree }).stdout.toString().trim();
  const identity = ['-c', 'user.name=x', '-c', 'user.email=x'];
  git(folder, 'update-ref', 'refs/heads/main', git(folder, ...identity, 'commit-tree', '-m', 'x', treeId));
  const snapshot = await repositories.snapshot(main);
  assert.deepEqual([...snapshot.files.keys()], ['fine', 'large', 'latin']);
  const results = await Promise.all(['large', 'latin', 'fine'].map((path) => codeOf(snapshot.read([path]))));
  assert.deepEqual(results, ['FileTooLarge', 'TextNotUTF8', 'nothing was refused']);
  assert.equal(
    (
      await open('bytes')
        .snapshot(main)
        .then((cold) => cold.read(['fine']))
    ).get('fine'),
    'fine',
  );
  assert.equal(await codeOf(write(repositories, { 'link/x': 'x' })), 'PathTaken');
});

test('an executable stays one', async () => {
  const repositories = open('modes');
  await write(repositories, { run: '#!', plain: '' });
  const folder = repositories.folderOf(main);
  const tree = git(folder, 'ls-tree', 'main').replace(/100644( blob \w+\trun)/, '100755$1');
  const treeId = spawnSync('git', ['--git-dir', folder, 'mktree'], { input: `${tree}\n` })
    .stdout.toString()
    .trim();
  git(
    folder,
    'update-ref',
    'refs/heads/main',
    git(folder, '-c', 'user.name=x', '-c', 'user.email=x', 'commit-tree', '-m', 'x', treeId),
  );
  await write(repositories, { run: '#!2', plain: '2' });
  await write(repositories, { run: '#!3' });
  assert.match(git(folder, 'ls-tree', 'main'), /100644.*plain\n100755.*run/);
});

test('hooks and programs that a repository configures do not run', async () => {
  const repositories = open('hostile');
  await write(repositories, { a: '1' });
  const folder = repositories.folderOf(main);
  const marker = join(base, 'hostile-ran');
  const script = `#!/bin/sh\ntouch ${marker}\n`;
  const hooks = join(folder, 'hooks');
  mkdirSync(hooks, { recursive: true });
  for (const hook of ['reference-transaction', 'post-update', 'pre-receive', 'evil']) {
    writeFileSync(join(hooks, hook), script);
    chmodSync(join(hooks, hook), 0o755);
  }
  const evil = join(hooks, 'evil');
  for (const [key, value] of [
    ['core.hooksPath', hooks],
    ['core.fsmonitor', evil],
    ['core.pager', evil],
    ['gpg.program', evil],
    ['log.showSignature', 'true'],
    ['core.alternateRefsCommand', evil],
  ]) {
    git(folder, 'config', key ?? '', value ?? '');
  }
  await write(repositories, { a: '2' });
  await repositories.log(main, 5);
  await (await open('hostile').snapshot(main)).read(['a']);
  assert.equal(existsSync(marker), false);
  git(folder, 'update-ref', 'refs/heads/proof', 'main');
  assert.equal(existsSync(marker), true);
});

test('a lock that a killed git left is removed, and one that is held is waited for', async () => {
  const repositories = open('locks');
  await write(repositories, { a: '1' });
  const [lock = '', head = ''] = ['refs/heads/main', 'HEAD'].map((ref) =>
    join(repositories.folderOf(main), `${ref}.lock`),
  );
  for (const stale of [lock, head]) {
    writeFileSync(stale, '');
    utimesSync(stale, 1, 1);
  }
  await write(repositories, { a: '2' });
  writeFileSync(lock, '');
  const waiting = write(repositories, { a: '3' });
  await sleep(200);
  rmSync(lock);
  await waiting;
  assert.equal(git(repositories.folderOf(main), 'rev-list', '--count', 'main'), '3');
});

test('without git, or on a folder that is no repository, the repository is unavailable', async () => {
  assert.equal(await codeOf(write(open('no-git', join(base, 'nowhere')), { a: '1' })), 'RepositoryUnavailable');
  const repositories = open('broken');
  await write(repositories, { a: '1' });
  const folder = repositories.folderOf(main);
  rmSync(join(folder, 'objects'), { recursive: true });
  const cold = open('broken');
  assert.equal(await codeOf(cold.snapshot(main)), 'RepositoryUnavailable');
  const [id = ''] = (await repositories.snapshot(main)).files.values();
  assert.equal(
    await codeOf(repositories.commit({ address: main, parent: id, files: [], message: '' })),
    'RepositoryConflict',
  );
});

test('a file in the place of a repository, or of a folder above it, makes the repository unavailable', async () => {
  for (const inTheWay of ['.', '..']) {
    const repositories = open(`file-${inTheWay.length}`);
    const place = join(repositories.folderOf(main), inTheWay);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, 'a file');
    assert.equal(await codeOf(write(repositories, { a: '1' })), 'RepositoryUnavailable');
  }
});

test('killed at any moment, a writer leaves whole commits or none', async () => {
  const root = join(base, 'killed');
  const writer = fileURLToPath(new URL('./commit-forever.js', import.meta.url));
  for (let round = 0; round < 30; round++) {
    const child = spawn(execPath, [writer, root, env.PATH ?? ''], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = new Promise((resolve) => child.once('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await sleep(Math.random() * 60);
    // The whole group: its git processes are killed in the middle of their work too.
    kill(-(child.pid ?? 0), 'SIGKILL');
    await closed;
  }
  const repositories = open('killed');
  const folder = repositories.folderOf(main);
  const commits = git(folder, 'rev-list', '--reverse', 'main').split('\n');
  assert.ok(commits.length >= 30, `${commits.length} commits`);
  for (const [index, commit] of commits.entries()) {
    const texts = git(folder, 'grep', '-h', '', commit, '--').split('\n');
    assert.deepEqual(texts, Array(20).fill(`round ${index}`));
  }
  await write(repositories, { after: 'alive' });
  assert.equal(git(folder, 'rev-list', '--count', 'main'), String(commits.length + 1));
  assert.equal(git(folder, 'for-each-ref', '--format=%(refname)'), 'refs/heads/main');
  assert.equal(spawnSync('git', ['--git-dir', folder, 'fsck', '--full', '--strict']).status, 0);
});
