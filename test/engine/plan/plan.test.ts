import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseInstallation } from '#catalog/installation.js';
import type { ResourceChange } from '#model/change-set.js';
import { canonicalJson, type Json, type JsonObject } from '#model/json.js';
import { identityOf, type KubernetesObject, keyOf } from '#model/object.js';
import { plan } from '#plan/plan.js';
import { render } from '#render/render.js';
import { CONFIG, entryOf, mirror, THING } from '../reconcile/thing.js';
import { actions, changeOf, config, ended, file, World } from '../reconcile/world.js';

const fieldsOf = (change: { readonly fields: ResourceChange['fields'] }) =>
  change.fields.map(({ path, before, after }) => [path, before ?? null, after ?? null]);

const actionsOrder = (action: string): number => ['none', 'orphan', 'delete'].indexOf(action.split(' ')[0] ?? '');

test('equal inputs give an equal change set byte for byte, in whatever order they come', async () => {
  const world = new World({ template: mirror, rule: { sensitive: ['spec.password'] } });
  const files = ['b', 'a', 'c'].map((name) => file(`${name}.yaml`, { key: name, wave: 1 }));
  await world.thing('one', { resources: [config('x', { a: '1' }), config('stale'), config('y')], files });
  await world.pass('one');
  await world.thing('one', {
    resources: [config('z'), config('y', { b: '2' }), config('x', { a: '2' })],
    files: files.slice(1),
  });
  const pass = await world.pass('one', 'plan');
  assert.deepEqual(actions(pass), [
    'none a.yaml',
    'none c.yaml',
    'update ConfigMap/x',
    'update ConfigMap/y',
    'create ConfigMap/z',
    'delete b.yaml',
    'delete ConfigMap/stale',
  ]);
  const text = canonicalJson(pass.changes as unknown as Json);
  for (let round = 0; round < 3; round++) {
    const again = await world.pass('one', 'plan');
    assert.equal(canonicalJson(again.changes as unknown as Json), text);
  }
});

test('a plan does not depend on the order of what it is given', async () => {
  const entry = entryOf({ template: mirror }, {});
  const owner = { ...THING, metadata: { name: 'one', namespace: 'shop', uid: 'u' } } as KubernetesObject;
  const installation = normaliseInstallation({
    instance: 'one',
    remotes: [{ name: 'gitea', kind: 'git', url: 'https://git.example' }],
  });
  const branches = ['main', 'next'];
  const files = branches.flatMap((branch) =>
    ['p', 'q'].map((path) => ({ ...file(path, branch), repository: { remote: 'gitea', name: 'team/apps', branch } })),
  );
  const resources = ['m', 'n', 'o'].map((name) => config(name));
  const output = (reverse: boolean): JsonObject => ({
    resources: reverse ? [...resources].reverse() : resources,
    files: reverse ? [...files].reverse() : files,
  });
  const plans = await Promise.all(
    [false, true].map(async (reverse) => {
      const templates = { call: () => Promise.resolve(output(reverse)) };
      const facts = {
        object: owner,
        related: {},
        children: {},
        charts: {},
        parameters: {},
        cluster: { version: '', capabilities: [] },
      };
      const rendering = await render(facts, entry, { templates, installation });
      assert.ok(rendering.state === 'desired');
      const live = ['s', 't'].map(
        (name) =>
          ({
            ...CONFIG,
            metadata: { name, namespace: 'shop', labels: { 'edict.dev/owner': 'x' } },
          }) as KubernetesObject,
      );
      const entries = live.map((object) => [identityOf(keyOf(object)), object] as const);
      const current = {
        live: new Map(reverse ? [...entries].reverse() : entries),
        contests: new Map(),
        repositories: new Map(),
        texts: new Map(),
      };
      return JSON.stringify(plan({ owner, entry, installation, desired: rendering.desired, current }));
    }),
  );
  assert.equal(plans[0], plans[1]);
});

test('a change names every field: set, changed, no longer sent, and the layer that set it', async () => {
  const world = new World({ template: mirror });
  const layers = (tag: string) => [
    { name: 'chart', values: { image: { tag: 'base' }, replicas: 1 } },
    { name: 'claim', values: { image: { tag } } },
  ];
  const values = (tag: string): JsonObject => {
    const { content: _content, ...rest } = file('values.yaml', null);
    return { ...rest, layers: layers(tag) };
  };
  await world.thing('one', {
    resources: [config('x', { kept: '1', changed: '1', gone: '1' }, { labels: { app: 'a' } })],
    files: [values('v1')],
  });
  await world.pass('one');
  await world.store(
    { ...CONFIG, metadata: { name: 'x', namespace: 'shop' }, data: { theirs: '1' } } as KubernetesObject,
    'other',
  );
  await world.thing('one', { resources: [config('x', { kept: '1', changed: '2', new: '1' })], files: [values('v2')] });
  const pass = await world.pass('one');
  assert.deepEqual(fieldsOf(changeOf(pass, 'x')), [
    ['data.changed', '1', '2'],
    ['data.new', null, '1'],
    ['data.gone', '1', null],
    ['metadata.labels.app', 'a', null],
  ]);
  const values2 = pass.changes?.changes.find(({ sink }) => sink === 'git');
  assert.deepEqual(values2?.fields, [{ path: 'image.tag', before: 'v1', after: 'v2', origin: 'claim' }]);
  const live = (await world.get(CONFIG, 'x')) as unknown as JsonObject;
  assert.deepEqual(live.data, { kept: '1', changed: '2', new: '1', theirs: '1' });
  assert.deepEqual(actions(await world.pass('one', 'plan')), ['none values.yaml', 'none ConfigMap/x']);
});

test('fields named as members of every JavaScript object are fields like others', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', {
    resources: [config('x', { valueOf: 'a', toString: 'b' })],
    files: [file('a.yaml', { valueOf: 1 })],
  });
  await world.pass('one');
  await world.thing('one', {
    resources: [config('x', { toString: 'c' })],
    files: [file('a.yaml', { hasOwnProperty: 1 })],
  });
  const pass = await world.pass('one', 'plan');
  assert.deepEqual(fieldsOf(changeOf(pass, 'x')), [
    ['data.toString', 'b', 'c'],
    ['data.valueOf', 'a', null],
  ]);
  const [change] = pass.changes?.changes ?? [];
  assert.deepEqual(
    change?.fields.map(({ path }) => path),
    ['hasOwnProperty', 'valueOf'],
  );
});

test('protected objects and too many deletions are held, and then nothing at all is pruned', async () => {
  const rendered = {
    resources: ['a', 'b', 'c'].map((name) => config(name, {}, name === 'a' ? { labels: { keep: 'yes' } } : {})),
    files: [file('f', 'text')],
  };
  for (const [rule, installation, held] of [
    [{ hold: { deletes: 2 } }, {}, ['hold ConfigMap/a', 'hold ConfigMap/b', 'hold ConfigMap/c', 'hold f']],
    [{ hold: { deletes: 4 } }, {}, []],
    [{}, { protected: { labels: { keep: 'yes' } } }, ['hold ConfigMap/a']],
    [{}, { protected: { kinds: [CONFIG] } }, ['hold ConfigMap/a', 'hold ConfigMap/b', 'hold ConfigMap/c']],
  ] as const) {
    const world = new World({
      template: mirror,
      rule: rule as JsonObject,
      installation: installation as unknown as JsonObject,
    });
    await world.thing('one', rendered);
    await world.pass('one');
    await world.thing('one', {});
    const pass = await world.pass('one');
    assert.deepEqual(
      actions(pass)
        .filter((action) => action.startsWith('hold'))
        .sort(),
      held,
    );
    const left = await Promise.all(['a', 'b', 'c'].map((name) => world.get(CONFIG, name)));
    assert.equal(left.filter((object) => object !== null).length, held.length === 0 ? 0 : 3);
    assert.equal(ended(pass), held.length === 0 ? 'settled' : 'stalled DeletionHeld');
    assert.equal((await world.files()).includes('f'), held.length > 0);
  }
});

test('what a rule or an object leaves behind is neither deleted nor owned by the garbage collector', async () => {
  const world = new World({ template: mirror, rule: { deletion: { resources: 'Orphan', files: 'Orphan' } } });
  await world.thing('one', {
    resources: [config('kept'), config('gone', {}, { annotations: { 'edict.dev/deletion': 'Delete' } })],
    files: [file('f', 'text')],
  });
  await world.pass('one');
  await world.thing('one', {});
  assert.deepEqual(
    actions(await world.pass('one')),
    ['orphan f', 'none ConfigMap/kept', 'delete ConfigMap/gone'].sort(
      (left, right) => actionsOrder(left) - actionsOrder(right),
    ),
  );
  assert.equal((await world.get(CONFIG, 'kept'))?.metadata.ownerReferences, undefined);
  assert.equal(await world.get(CONFIG, 'gone'), null);
  assert.deepEqual(await world.files(), ['f']);
});

test('a path of another object is refused by name, and a shared one only where the two disagree', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { files: [file('own.yaml', 'a'), file('common.yaml', 'x', { shared: true })] });
  await world.thing('two', { files: [file('own.yaml', 'a')] });
  await world.thing('three', { files: [file('common.yaml', 'x', { shared: true })] });
  await world.thing('four', { files: [file('common.yaml', 'y', { shared: true })] });
  await world.thing('five', { files: [file('common.yaml', 'x')] });
  await world.pass('one');
  for (const name of ['two', 'four', 'five']) {
    const pass = await world.pass(name);
    assert.equal(ended(pass), 'stalled PathTaken', name);
    assert.match(pass.faults[0]?.message ?? '', /thing\/shop\/one/);
  }
  assert.deepEqual(actions(await world.pass('three')), ['update common.yaml'], 'it becomes an owner');
  assert.deepEqual((await world.record('three'))?.shared, ['common.yaml']);
  assert.deepEqual(actions(await world.pass('three')), ['none common.yaml']);
});
