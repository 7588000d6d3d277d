import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { entryFor } from '#catalog/catalog.js';
import { Console } from '#cli/console.js';
import { settle } from '#cli/settle.js';
import { openWorkspace, type Workspace } from '#cli/workspace.js';
import type { JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject, type ObjectKey } from '#model/object.js';
import { DependencyIndex, type ObjectEvent } from '#observe/dependency-index.js';

const folder = mkdtempSync(join(tmpdir(), 'edict-third-kind-'));
let workspace: Workspace;

before(async () => {
  for (const tree of ['rules', 'crds', 'templates', 'policies', 'edict.yaml'])
    cpSync(tree, join(folder, tree), { recursive: true });
  cpSync('test/fixtures/rulesets/board', folder, { recursive: true });
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const environment = { variables: process.env, directory: folder, stdout: silent, stderr: silent, version: '0.1.0' };
  const options = { root: '.', state: 'state', output: 'text', color: false, quiet: true } as const;
  workspace = await openWorkspace(environment, options, new Console(environment, options), 'write');
});
after(async () => {
  await workspace.close();
  rmSync(folder, { recursive: true });
});

const LAB = 'lab.example.org/v1';
const board = (name: string, spec: JsonObject): KubernetesObject => ({
  apiVersion: LAB,
  kind: 'Board',
  metadata: { name, namespace: 'x' },
  spec,
});
const feed = (name: string, spec: JsonObject): KubernetesObject => ({
  apiVersion: LAB,
  kind: 'Feed',
  metadata: { name, namespace: 'x' },
  spec,
});

/** Applies objects, lets everything settle, and tells over which objects passes were made. */
async function applied(...objects: readonly KubernetesObject[]): Promise<readonly string[]> {
  const stored: KubernetesObject[] = [];
  for (const object of objects) stored.push(await workspace.cluster.applyManifest(object));
  const woken = new Set<string>();
  const passes = await settle(stored, workspace, ({ object }) => woken.add(`${object.kind}/${object.metadata.name}`));
  for (const { object, outcome } of passes)
    assert.equal(outcome.state, 'settled', `${object.metadata.name}: ${JSON.stringify(outcome)}`);
  return [...woken].sort();
}

async function shownBy(name: string): Promise<string> {
  const key: ObjectKey = { apiVersion: 'v1', kind: 'Secret', namespace: 'x', name: `board-${name}` };
  const secret = await workspace.cluster.get(key);
  assert.ok(secret, name);
  const { data, stringData } = asJson(secret);
  const { shown } = { ...(data as JsonObject), ...(stringData as JsonObject) };
  return String(shown);
}

test('files alone add a kind: the rule set has no faults, and its objects settle', async () => {
  assert.deepEqual(workspace.catalog.faults, []);
  assert.ok(entryFor(workspace.catalog, { apiVersion: LAB, kind: 'Board' }));
  await applied(
    feed('news', { text: 'n1', team: 'red' }),
    feed('sports', { text: 's1', team: 'red' }),
    feed('blog', { text: 'b1', team: 'blue' }),
  );
  await applied(
    board('by-name', { title: 'blog', team: 'none' }),
    board('by-label', { team: 'red' }),
    board('by-both', { title: 'news', team: 'blue' }),
    board('apart', { title: 'gone', team: 'green' }),
  );
  assert.deepEqual(await Promise.all(['by-name', 'by-label', 'by-both', 'apart'].map(shownBy)), [
    'b1',
    ' n1 s1',
    'n1 b1',
    '',
  ]);
  const key: ObjectKey = { apiVersion: LAB, kind: 'Board', namespace: 'x', name: 'by-label' };
  const { status } = asJson((await workspace.cluster.get(key)) as KubernetesObject);
  assert.equal((status as JsonObject).shown, 2);
});

test('a policy that came with the kind judges it', async () => {
  const stored = await workspace.cluster.applyManifest(board('denied', { title: 'news' }));
  const [pass] = await settle([stored], workspace, () => undefined);
  assert.deepEqual(
    pass?.verdicts?.map(({ level, policy }) => `${level} ${policy}`),
    ['deny lab/board/request'],
  );
  await workspace.cluster.delete({
    key: { apiVersion: LAB, kind: 'Board', namespace: 'x', name: 'denied' },
    uid: stored.metadata.uid ?? '',
  });
});

test('a change of what they read wakes exactly the objects that it concerns', async () => {
  assert.deepEqual(await applied(feed('news', { text: 'n2', team: 'red' })), [
    'Board/by-both',
    'Board/by-label',
    'Feed/news',
  ]);
  assert.deepEqual([await shownBy('by-label'), await shownBy('by-both')], [' n2 s1', 'n2 b1']);
  assert.deepEqual(await applied(feed('sports', { text: 's2', team: 'red' })), ['Board/by-label', 'Feed/sports']);
  assert.deepEqual(
    await applied(feed('sports', { text: 's2', team: 'red', note: 'unseen' })),
    ['Feed/sports'],
    'outside the projection',
  );
  assert.deepEqual(
    await applied(feed('sports', { text: 's2', team: 'red', note: 'unseen' })),
    ['Feed/sports'],
    'no change at all',
  );
  assert.deepEqual(
    await applied(feed('sports', { text: 's2', team: 'green' })),
    ['Board/apart', 'Board/by-label', 'Feed/sports'],
    'old and new label',
  );
  assert.deepEqual(
    await applied(feed('gone', { text: 'g1', team: 'nobody' })),
    ['Board/apart', 'Feed/gone'],
    'a name that was missing',
  );
  assert.deepEqual([await shownBy('by-label'), await shownBy('apart')], [' n2', 'g1 s2']);
});

test('an object whose own field changes is woken by what it reads now, and no more by what it read before', async () => {
  assert.deepEqual(await applied(board('by-name', { title: 'news', team: 'none' })), ['Board/by-name']);
  assert.deepEqual(await applied(feed('blog', { text: 'b2', team: 'blue' })), ['Board/by-both', 'Feed/blog']);
  assert.deepEqual(await applied(feed('news', { text: 'n3', team: 'red' })), [
    'Board/by-both',
    'Board/by-label',
    'Board/by-name',
    'Feed/news',
  ]);
});

test('an edit by somebody else is told from the folder, and finds the same owners', async () => {
  const index = new DependencyIndex();
  const { rule } = entryFor(workspace.catalog, { apiVersion: LAB, kind: 'Board' }) ?? assert.fail();
  for (const owner of await workspace.cluster.list({ apiVersion: LAB, kind: 'Board' })) index.set(rule, owner);
  const woken: string[] = [];
  const stop = workspace.cluster.watch(({ type, object, oldObject }) => {
    const event: ObjectEvent =
      type === 'Deleted' ? { before: object, after: undefined } : { before: oldObject, after: object };
    woken.push(...index.ownersOf(event).map(({ name }) => name));
  });
  const edited = (name: string, data: JsonObject): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'x' },
    data,
  });
  await workspace.cluster.applyManifest(edited('unrelated', { text: 'u' }));
  assert.deepEqual(woken, []);
  await workspace.cluster.applyManifest({
    ...edited('by-hand', { text: 'h' }),
    metadata: { name: 'by-hand', namespace: 'x', labels: { team: 'red' } },
  });
  assert.deepEqual(woken, ['by-label']);
  stop();
});
