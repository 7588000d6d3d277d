import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseInstallation } from '#catalog/installation.js';
import type { ResourceChange } from '#model/change-set.js';
import { canonicalJson, type Json, type JsonObject } from '#model/json.js';
import { identityOf, type KubernetesObject, keyOf } from '#model/object.js';
import { belongsToPredecessor } from '#model/ownership.js';
import { ownsEvery, surplus } from '#plan/managed-fields.js';
import { plan } from '#plan/plan.js';
import { redactObject, redactPaths, redactValue, sensitiveTexts } from '#plan/redact.js';
import { render } from '#render/render.js';
import { actions, CONFIG, config, ended, entryOf, type Facts, file, SECRET, THING, World } from '../reconcile/world.js';

const changeOf = (pass: Awaited<ReturnType<World['pass']>>, name: string): ResourceChange => {
  const found = pass.changes?.changes.find((change) => change.sink === 'cluster' && change.key.name === name);
  assert.ok(found?.sink === 'cluster', `${name} is in the plan`);
  return found;
};
const fieldsOf = (change: { readonly fields: ResourceChange['fields'] }) =>
  change.fields.map(({ path, before, after }) => [path, before ?? null, after ?? null]);

/** A world whose template renders what the object says. */
const mirror = {
  desired: ({ object }: Facts) => ({ resources: object.spec.resources ?? [], files: object.spec.files ?? [] }),
};

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

const PORTS = [
  { containerPort: 1, protocol: 'TCP' },
  { containerPort: 2, protocol: 'TCP' },
];

test('what another manager adds is no drift, whether or not its items have names', async () => {
  const world = new World({ template: mirror });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'a', image: 'i', ports: PORTS }], restartPolicy: 'Never' },
  };
  await world.thing('one', { resources: [pod] });
  await world.pass('one');
  const key = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' } };
  await world.store(
    { ...key, spec: { containers: [{ name: 'sidecar', image: 's' }], schedulerName: 'x' } } as KubernetesObject,
    'injector',
  );
  assert.deepEqual(actions(await world.pass('one', 'plan')), ['none Pod/p']);
});

test('list items that only their keys tell apart are found by them', () => {
  const ports = {
    'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} },
    'k:{"port":90,"protocol":"TCP"}': { '.': {}, 'f:port': {} },
  };
  const live = {
    ports: [
      { port: 70, protocol: 'TCP' },
      { port: 80, protocol: 'TCP' },
      { port: 90, protocol: 'TCP' },
    ],
  };
  const body = { ports: [{ port: 80 }] };
  const applied = { 'f:ports': ports };
  assert.deepEqual(surplus(applied, live, body), [['ports', 2, 'port']]);
  assert.equal(ownsEvery(applied, body), true);
  assert.equal(ownsEvery(applied, { ports: [{ port: 70 }] }), false);
  assert.equal(ownsEvery({ 'f:ports': {} }, { ports: [{ port: 70 }] }), true, 'an atomic list is owned as a whole');
  assert.equal(ownsEvery({ 'f:finalizers': { 'v:"a"': {} } }, { finalizers: ['a', 'b'] }), false);
});

test('drift is corrected, taking the field back, or only reported', async () => {
  for (const drift of ['Correct', 'Report']) {
    const world = new World({ template: mirror, rule: { drift } });
    await world.thing('one', { resources: [config('x', { a: '1', b: '1' })] });
    await world.pass('one');
    await world.store(
      { ...CONFIG, metadata: { name: 'x', namespace: 'shop' }, data: { a: 'edited' } } as KubernetesObject,
      'kubectl-edit',
    );
    const pass = await world.pass('one');
    assert.equal(ended(pass), 'settled');
    assert.deepEqual(fieldsOf(changeOf(pass, 'x')), [['data.a', 'edited', '1']]);
    const { data } = (await world.get(CONFIG, 'x')) as unknown as { data: JsonObject };
    assert.equal(data.a, drift === 'Correct' ? '1' : 'edited');
    assert.equal(changeOf(pass, 'x').action, drift === 'Correct' ? 'update' : 'none');
  }
});

test('a field that another manager took is not taken back with another body, but named', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x', { a: '1' })] });
  await world.pass('one');
  await world.store(
    { ...CONFIG, metadata: { name: 'x', namespace: 'shop' }, data: { a: 'scaled' } } as KubernetesObject,
    'autoscaler',
  );
  await world.thing('one', { resources: [config('x', { a: '2' })] });
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'stalled FieldTaken');
  assert.equal(pass.faults[0]?.fragment, 'autoscaler');
});

test('kinds are changed in place, made anew or left as they were made', async () => {
  for (const [update, action, same] of [
    ['InPlace', 'update', true],
    ['Recreate', 'replace', false],
    ['Once', 'none', true],
  ] as const) {
    const world = new World({ template: mirror, rule: { writes: { resources: [{ ...CONFIG, update }] } } });
    await world.thing('one', { resources: [config('x', { a: '1' })] });
    await world.pass('one');
    const before = await world.get(CONFIG, 'x');
    await world.thing('one', { resources: [config('x', { a: '2' })] });
    const pass = await world.pass('one');
    assert.equal(changeOf(pass, 'x').action, action);
    const after = await world.get(CONFIG, 'x');
    assert.equal(after?.metadata.uid === before?.metadata.uid, same, update);
    assert.equal((after as unknown as { data: JsonObject }).data.a, update === 'Once' ? '1' : '2');
    assert.equal(ended(await world.pass('one')), 'settled');
    assert.deepEqual(actions(await world.pass('one', 'plan')), ['none ConfigMap/x']);
  }
});

test('a template replaces exactly the object that it names by uid', async () => {
  const world = new World({
    template: {
      desired: ({ object }: Facts) => ({
        resources: [config('x', {}, { annotations: { 'edict.dev/replace': object.spec.replace ?? 'none' } })],
      }),
    },
  });
  await world.thing('one');
  await world.pass('one');
  const { uid = '' } = (await world.get(CONFIG, 'x'))?.metadata ?? {};
  await world.thing('one', { replace: uid });
  assert.deepEqual(actions(await world.pass('one')), ['replace ConfigMap/x']);
  assert.notEqual((await world.get(CONFIG, 'x'))?.metadata.uid, uid);
  assert.deepEqual(actions(await world.pass('one')), ['none ConfigMap/x']);
});

test('an object that somebody else made is taken over only from a manager that the rule adopts', async () => {
  const world = new World({ template: mirror });
  const theirs = { ...CONFIG, metadata: { name: 'x', namespace: 'shop' }, data: { a: 'theirs' } } as KubernetesObject;
  await world.store(theirs, 'helm');
  await world.thing('one', { resources: [config('x', { b: 'ours' })] });
  const before = await world.everything();
  const planned = await world.pass('one', 'plan');
  assert.equal(ended(planned), 'stalled FieldTaken');
  assert.equal(planned.faults[0]?.fragment, 'helm');
  assert.match(planned.faults[0]?.remedy ?? '', /adopt/);
  assert.equal(await world.everything(), before);

  const adopting = new World({ template: mirror });
  await adopting.store(theirs, 'old-operator');
  await adopting.thing('one', { resources: [config('x', { a: 'ours' })] });
  const pass = await adopting.pass('one');
  assert.deepEqual([ended(pass), ...actions(pass)], ['settled', 'update ConfigMap/x']);
  assert.equal(((await adopting.get(CONFIG, 'x')) as unknown as { data: JsonObject }).data.a, 'ours');
});

test('a child that lost its label is still known by its field manager', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x', { a: '1' })] });
  await world.pass('one');
  const manifest = { ...CONFIG, metadata: { name: 'x', namespace: 'shop', labels: { 'edict.dev/owner': 'x' } } };
  await world.store(manifest as unknown as KubernetesObject);
  await world.store({ ...CONFIG, metadata: { name: 'x', namespace: 'shop' } } as KubernetesObject);
  assert.equal((await world.get(CONFIG, 'x'))?.metadata.labels?.['edict.dev/owner'], undefined);
  const pass = await world.pass('one');
  assert.deepEqual([ended(pass), ...actions(pass)], ['settled', 'update ConfigMap/x']);
});

test('an object of another owner is refused by the name of that owner', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x')] });
  await world.thing('two', { resources: [config('x')] });
  await world.pass('one');
  const pass = await world.pass('two');
  assert.equal(ended(pass), 'stalled ObjectTaken');
  assert.match(pass.faults[0]?.message ?? '', /Thing\/one/);
  assert.deepEqual(actions(await world.pass('one', 'plan')), ['none ConfigMap/x']);
});

test('a re-created owner awaits what is left of its predecessor', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { resources: [config('x', { a: '1' }, { finalizers: ['example.org/slow'] })] });
  await world.pass('one');
  await world.delete(THING, 'one');
  await world.thing('one', { resources: [config('x', { a: '2' })] });
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'waiting ResourceNotReady');
  const child = await world.get(CONFIG, 'x');
  const owner = await world.get(THING, 'one');
  assert.ok(child !== null && owner !== null);
  assert.equal(belongsToPredecessor(child, owner), true);
  assert.equal((child as unknown as { data: JsonObject }).data.a, '1');
  await world.cluster.updateFinalizers({
    key: keyOf(child),
    uid: child.metadata.uid ?? '',
    remove: ['example.org/slow'],
  });
  assert.deepEqual(actions(await world.pass('one')), ['create ConfigMap/x']);
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
const actionsOrder = (action: string): number => ['none', 'orphan', 'delete'].indexOf(action.split(' ')[0] ?? '');

const PASSWORD = 'correct horse battery staple';

test('no value of a Secret is in a plan, neither before nor after', async () => {
  const world = new World({ template: mirror });
  const secret = (value: string) => ({
    ...SECRET,
    metadata: { name: 's' },
    data: { password: Buffer.from(value).toString('base64') },
    stringData: { 'a.b': value },
  });
  await world.thing('one', { resources: [secret('first')] });
  await world.pass('one');
  await world.thing('one', { resources: [secret('second')] });
  const { fields, object } = changeOf(await world.pass('one', 'plan'), 's');
  assert.deepEqual(
    fields.map(({ path, before, after }) => [path, before, after]),
    [
      ['data.password', '(redacted)', '(redacted)'],
      ['stringData["a.b"]', '(redacted)', '(redacted)'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(redactObject(object as KubernetesObject, [])), /second|c2Vjb25k/);
});

test('what stands at a sensitive path is shown nowhere, in whatever form', async () => {
  const world = new World({
    rule: { sensitive: ['spec.password', 'spec.pin', 'spec.key'] },
    template: {
      desired: ({ object: { spec } }: Facts) => ({
        resources: [
          config('x', {
            password: `user:${String(spec.password)}`,
            pin: String(spec.pin),
            other: '8080',
            encoded: Buffer.from(String(spec.password)).toString('base64'),
          }),
        ],
        files: [
          file('a.yaml', {
            nested: { password: spec.password ?? null, key: spec.key ?? null, pin: spec.pin ?? null, other: 8080 },
          }),
          file('b.txt', `password=${String(spec.password)}\n`),
        ],
      }),
    },
  });
  const key = '-----BEGIN KEY-----\nMIIBVgIBADANBgkqhkiG9w0\n-----END KEY-----\n';
  await world.thing('one', { password: PASSWORD, pin: 4711, key });
  await world.pass('one');
  await world.thing('one', { password: `${PASSWORD}!`, pin: 4712, key: key.replace('MII', 'MIX') });
  const { changes } = await world.pass('one', 'plan');
  const shown = JSON.stringify(changes?.changes.map(({ fields }) => fields));
  assert.doesNotMatch(shown, /horse|471[12]|MI[IX]BVg|Y29ycmVjd/);
  const entry = world.entry.rule.sensitive;
  const owner = (await world.get(THING, 'one')) as KubernetesObject;
  const documents = (changes?.changes ?? []).map(
    (change) => (change.sink === 'git' ? change.content : change.object) as Json,
  );
  assert.doesNotMatch(
    JSON.stringify(redactValue(documents, sensitiveTexts(owner, entry))),
    /horse|4712|MIXBVg|Y29ycmVjd/,
  );
  assert.match(JSON.stringify(redactValue(documents, sensitiveTexts(owner, entry))), /8080/);
});

test('short sensitive values are hidden where they stand alone, and disturb no other text', () => {
  const hide = (value: Json, ...sensitive: string[]) => redactValue(value, sensitive);
  assert.equal(hide('a banana in the cabana', 'ana'), 'a banana in the cabana');
  assert.equal(hide('--pin=12 v1.12.3 12ab', '12'), '--pin=(redacted) v1.12.3 12ab');
  assert.deepEqual(hide([12, 112, '12', true], '12'), ['(redacted)', 112, '(redacted)', true]);
  assert.equal(hide('hunter2hunter2', 'hunter2'), '(redacted)(redacted)');
  assert.equal(
    hide('the redacted one', 'redacted', 'the redacted'),
    '(redacted) one',
    'what is put in is not looked at again',
  );
  assert.equal(hide('a.b*c$d', 'a.b*c$d'), '(redacted)');
  assert.deepEqual(hide({ 'secret-key': 1 }, 'secret-key'), { '(redacted)': 1 });
  assert.equal(hide("it''s", "it's"), "it''s".length < 6 ? '(redacted)' : '');
  const owner = {
    ...THING,
    metadata: { name: 'a' },
    spec: { flag: true, list: [{ n: 5 }], none: null },
  } as unknown as KubernetesObject;
  assert.deepEqual(sensitiveTexts(owner, [['spec']]), ['5']);
  assert.deepEqual(
    (
      redactPaths(owner, [
        ['spec', 'flag'],
        ['spec', 'list', 0, 'n'],
        ['spec', 'absent'],
      ]) as unknown as JsonObject
    ).spec,
    {
      flag: '(redacted)',
      list: [{ n: '(redacted)' }],
      none: null,
    },
  );
});

test('a handle of a Secret is no drift, and another version of the Secret is another body', async () => {
  const world = new World({
    rule: { reads: { resources: [{ as: 'credentials', ...SECRET, name: 'credentials' }] } },
    template: {
      desired: () => ({
        resources: [
          config('x', { password: { $secret: { as: 'credentials', key: 'password' } } }),
          {
            ...SECRET,
            metadata: { name: 'copy' },
            data: { password: { $secret: { as: 'credentials', key: 'password' } } },
          },
        ],
      }),
    },
  });
  const credentials = (value: string) =>
    ({
      ...SECRET,
      metadata: { name: 'credentials', namespace: 'shop' },
      data: { password: Buffer.from(value).toString('base64') },
    }) as unknown as KubernetesObject;
  await world.store(credentials('first'));
  await world.thing('one');
  const first = await world.pass('one');
  assert.equal(ended(first), 'settled');
  const dataOf = async (kind: typeof CONFIG | typeof SECRET, name: string) =>
    ((await world.get(kind, name)) as unknown as { data: JsonObject }).data.password;
  assert.deepEqual(
    [await dataOf(CONFIG, 'x'), await dataOf(SECRET, 'copy')],
    ['first', Buffer.from('first').toString('base64')],
  );
  assert.deepEqual(actions(await world.pass('one')), ['none ConfigMap/x', 'none Secret/copy']);
  await world.store(credentials('second'));
  const pass = await world.pass('one');
  assert.deepEqual(actions(pass), ['update ConfigMap/x', 'update Secret/copy']);
  assert.doesNotMatch(JSON.stringify(pass.changes), /first|second/);
  assert.equal(await dataOf(CONFIG, 'x'), 'second');
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
