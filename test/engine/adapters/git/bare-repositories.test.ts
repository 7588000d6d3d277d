import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { base, codeOf, git, main, open, write } from './repositories.js';

test('a repository that does not exist is empty, and comes with its first commit', async () => {
  const repositories = open('first');
  const before = await repositories.snapshot(main);
  assert.deepEqual([before.commit, before.files.size, (await before.read(['a'])).size], [undefined, 0, 0]);
  assert.equal(existsSync(repositories.folderOf(main)), false);
  const files = [
    { path: 'a "b"/ü\\'.replace('\\', ''), content: 'tea ☕\n' },
    { path: 'empty', content: '' },
  ];
  const commit = await repositories.commit({ address: main, parent: undefined, files, message: 'One\n\nbody: <x>\n' });
  const snapshot = await repositories.snapshot(main);
  assert.equal(snapshot.commit, commit);
  assert.deepEqual(
    [...(await snapshot.read(['empty', 'a "b"/ü', 'nope']))],
    [
      ['empty', ''],
      ['a "b"/ü', 'tea ☕\n'],
    ],
  );
  const folder = repositories.folderOf(main);
  assert.equal(git(folder, 'rev-parse', 'HEAD'), commit);
  assert.equal(git(folder, 'show', `${commit}:a "b"/ü`), 'tea ☕');
  assert.equal(
    git(folder, 'log', '-1', '--format=%an <%ae> %at %B'),
    'Edict <edict@example.org> 1700000000 One\n\nbody: <x>',
  );
  assert.deepEqual(readdirSync(join(folder, '..')), ['voltran.git']);
  assert.equal(git(folder, 'for-each-ref', '--format=%(refname)'), 'refs/heads/main');
});

test('equal commits at equal times have equal ids', async () => {
  assert.equal(await write(open('same-1'), { a: '1' }), await write(open('same-2'), { a: '1' }));
});

test('what this process remembers of a commit is what another reads', async () => {
  const repositories = open('memory');
  await write(repositories, { 'a/x': '1', 'a/y': '2', b: '3' });
  await write(repositories, { 'a/x': undefined, 'a/z': '4', b: '5', gone: undefined });
  const [remembered, read] = await Promise.all([repositories.snapshot(main), open('memory').snapshot(main)]);
  assert.deepEqual([...remembered.files].sort(), [...read.files].sort());
  assert.deepEqual(
    [...(await read.read(['a/y', 'a/z', 'b', 'a/x']))],
    [
      ['a/y', '2'],
      ['a/z', '4'],
      ['b', '5'],
    ],
  );
});

test('the history of a branch is told newest first', async () => {
  const repositories = open('log');
  const first = await write(repositories, { a: '1' });
  const second = await write(repositories, { a: '2' });
  assert.deepEqual(await repositories.log(main, 9), [
    { commit: second, message: 'change' },
    { commit: first, message: 'change' },
  ]);
  assert.deepEqual((await repositories.log(main, 1)).length, 1);
  assert.deepEqual(await repositories.log({ ...main, branch: 'none' }, 9), []);
});

test('a branch that moved is not written, whoever moved it', async () => {
  const repositories = open('race');
  const first = await write(repositories, { a: '1' });
  const commit = (parent: string | undefined, content: string, by = repositories) =>
    by.commit({ address: main, parent, files: [{ path: 'a', content }], message: content });
  assert.equal(await codeOf(commit(undefined, 'again')), 'RepositoryConflict');
  const racers = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((racer) => codeOf(commit(first, String(racer), open('race')))),
  );
  assert.equal(racers.filter((result) => result === 'RepositoryConflict').length, 5);
  assert.equal(git(repositories.folderOf(main), 'rev-list', '--count', 'main'), '2');
  const folder = repositories.folderOf(main);
  git(folder, 'update-ref', 'refs/heads/main', first);
  assert.equal(await codeOf(commit(git(folder, 'rev-parse', 'main'), 'after a rewind')), 'nothing was refused');
});

test('branches of one repository have lives of their own, in packed refs too', async () => {
  const repositories = open('branches');
  const other = { ...main, branch: 'team/feature-1' };
  const first = await write(repositories, { a: '1' });
  const second = await write(repositories, { b: '2' }, other);
  git(repositories.folderOf(main), 'pack-refs', '--all');
  assert.equal((await repositories.snapshot(main)).commit, first);
  assert.equal((await repositories.snapshot(other)).commit, second);
  assert.deepEqual([...(await repositories.snapshot(other)).files.keys()], ['b']);
});

test('paths that leave the repository or name what Git owns are refused', async () => {
  const repositories = open('paths');
  const forbidden = [
    '', '/a', 'a//b', 'a/', '.', '..', 'a/../b', './a', '.git', '.GIT/config', 'a/.Git', 'git~1', 'GIT~1/x', '.git./x',
    '.git /x', '.g\u200cit/x', '.git::$INDEX_ALLOCATION/x', 'a\nb', 'a\u0000b', 'a\\b', 'C:/a', '\ud800',
  ]; // biome-ignore format: a list
  for (const path of forbidden) assert.equal(await codeOf(write(repositories, { [path]: 'x' })), 'PathForbidden', path);
  for (const path of forbidden)
    assert.equal(await codeOf(write(repositories, { [path]: undefined })), 'PathForbidden', path);
  assert.equal(existsSync(repositories.folderOf(main)), false);
  const allowed = ['.gitignore', '.github/x', 'a.git', 'git', '.gitea/y', 'a..b', '-x', ' x ', '"', '{{x}}', 'ab:c'];
  await write(repositories, Object.fromEntries(allowed.map((path) => [path, path])));
  const snapshot = await open('paths').snapshot(main);
  assert.deepEqual([...snapshot.files.keys()].sort(), [...allowed].sort());
});

test('a file never silently takes the place of a folder, nor a folder that of a file', async () => {
  const repositories = open('folders');
  await write(repositories, { 'a/b/c': '1', d: '2' });
  assert.equal(await codeOf(write(repositories, { 'a/b': 'x' })), 'PathTaken');
  assert.equal(await codeOf(write(repositories, { 'd/e': 'x' })), 'PathTaken');
  assert.equal(await codeOf(write(repositories, { 'n/e': 'x', n: 'y' })), 'PathTaken');
  await write(repositories, { 'a/b/c': undefined, 'a/b': 'x', d: undefined, 'd/e': 'x' });
  assert.deepEqual([...(await open('folders').snapshot(main)).files.keys()], ['a/b', 'd/e']);
});

test('URLs lead to folders below the root, and those that would not are refused', async () => {
  const repositories = open('urls');
  const folder = (remote: string, name: string) =>
    repositories.folderOf({ remote, name }).slice(join(base, 'urls').length + 1);
  assert.equal(folder('gitea', 'team/voltran'), 'git.example_3000/team/voltran.git');
  assert.equal(folder('gitea', 'team/voltran.git'), 'git.example_3000/team/voltran.git');
  assert.equal(folder('ssh', 'a b'), 'git.example/org/a%20b.git');
  assert.equal(folder('local', 'x'), 'localhost/srv/x.git');
  for (const name of ['..', '../x', 'a/../../x', '', 'a//b', 'a.git/b', '.git', 'a/.GIT/b', '...']) {
    const address = { remote: 'gitea', name, branch: 'main' };
    assert.equal(await codeOf(repositories.snapshot(address)), 'PathForbidden', name);
  }
  for (const branch of ['', '-x', 'a..b', 'a.lock', 'a/', '/a', 'a//b', 'a b', '../x', '.x', 'x.', 'a/.b', 'a\n']) {
    assert.equal(await codeOf(repositories.snapshot({ ...main, branch })), 'PathForbidden', branch);
  }
  assert.equal(await codeOf(repositories.snapshot({ ...main, remote: 'nope' })), 'RemoteUnknown');
});
