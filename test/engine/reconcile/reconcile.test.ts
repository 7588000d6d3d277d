import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EdictError } from '#errors/edict-error.js';
import type { JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import type { ApplyRequest, ClusterWriter } from '#publish/cluster-writer.js';
import { reconcile } from '#reconcile/reconcile.js';
import { CONFIG, type Facts, mirror, SECRET, THING } from './thing.js';
import { condition, config, ended, file, World } from './world.js';

const CONDITIONS = ['Ready', 'Reconciling', 'Stalled', 'PolicyPassed', 'Published'];
const told = async (world: World, name: string) => {
  const object = await world.get(THING, name);
  return Object.fromEntries(CONDITIONS.map((type) => [type, condition(object, type)]));
};
const phase = async (world: World, name: string) =>
  ((await world.get(THING, name)) as unknown as { status?: JsonObject } | null)?.status?.phase;

test('reconcile is one sentence of at most 60 lines', () => {
  const text = readFileSync(new URL('../../../../engine/reconcile/reconcile.ts', import.meta.url), 'utf8');
  const start = text.indexOf('async function attempt(');
  assert.ok(start > 0);
  const lines = text.slice(start, text.indexOf('\n}\n', start)).split('\n');
  assert.ok(lines.length <= 60, `${lines.length} lines`);
  const stages = ['observe(', 'judgeRequest(', 'render(', 'plan(', 'judgeChange(', 'publish('].map((stage) =>
    lines.findIndex((line) => line.includes(stage)),
  );
  assert.deepEqual(
    stages,
    [...stages].sort((left, right) => left - right),
  );
});

test('each outcome is told by its conditions', async () => {
  const denies = (input: JsonObject) =>
    (input.object as { spec: JsonObject }).spec.denied === undefined ? [] : [{ code: 'TooBig', msg: 'too big' }];
  for (const [spec, outcome, expected] of [
    [
      { files: [file('a', '1')] },
      'settled',
      {
        Ready: 'True Settled',
        Reconciling: 'False Settled',
        Stalled: 'False Settled',
        PolicyPassed: 'True Passed',
        Published: 'True Published',
      },
    ],
    [
      { waiting: 'no database' },
      'waiting NoDatabase',
      {
        Ready: 'False NoDatabase',
        Reconciling: 'True NoDatabase',
        Stalled: 'False NoDatabase',
        PolicyPassed: 'True Passed',
        Published: undefined,
      },
    ],
    [
      { stalled: 'bad size' },
      'stalled BadSize',
      {
        Ready: 'False BadSize',
        Reconciling: 'False BadSize',
        Stalled: 'True BadSize',
        PolicyPassed: 'True Passed',
        Published: undefined,
      },
    ],
    [
      { denied: true },
      'stalled PolicyDenied',
      {
        Ready: 'False PolicyDenied',
        Reconciling: 'False PolicyDenied',
        Stalled: 'True PolicyDenied',
        PolicyPassed: 'False TooBig',
        Published: undefined,
      },
    ],
    [
      { broken: true },
      'stalled TemplateFailed',
      {
        Ready: 'False TemplateFailed',
        Reconciling: 'False TemplateFailed',
        Stalled: 'True TemplateFailed',
        PolicyPassed: 'True Passed',
        Published: undefined,
      },
    ],
    [
      { resources: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }] },
      'waiting ResourceNotReady',
      {
        Ready: 'False ResourceNotReady',
        Reconciling: 'True ResourceNotReady',
        Stalled: 'False ResourceNotReady',
        PolicyPassed: 'True Passed',
        Published: 'True Published',
      },
    ],
  ] as const) {
    const world = new World({ template: mirror, request: denies });
    await world.thing('one', spec as unknown as JsonObject);
    assert.equal(ended(await world.pass('one')), outcome);
    assert.deepEqual(await told(world, 'one'), expected, outcome);
    const before = await world.everything();
    world.now += 60_000;
    await world.pass('one');
    assert.equal(await world.everything(), before, `${outcome}: the status is written only when it changes`);
  }
});

test('a publish that fails is told as not published, and is retried', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { files: [file('a', '1')] });
  const queue = {
    submit: () =>
      Promise.reject(new EdictError({ code: 'RepositoryUnavailable', message: 'no connection', location: {} })),
  };
  const object = (await world.get(THING, 'one')) as KubernetesObject;
  assert.equal(ended(await reconcile(object, world.entry, { ...world.engine, queue })), 'failed RepositoryUnavailable');
  assert.deepEqual(await told(world, 'one'), {
    Ready: 'False RepositoryUnavailable',
    Reconciling: 'True RepositoryUnavailable',
    Stalled: 'False RepositoryUnavailable',
    PolicyPassed: 'True Passed',
    Published: 'False RepositoryUnavailable',
  });
  assert.equal(ended(await world.pass('one')), 'settled');
});

test('a denied object changes nothing, and its last good state is left alone', async () => {
  for (const stage of ['request', 'change'] as const) {
    const policy = (input: JsonObject) =>
      (input.object as { spec: JsonObject }).spec.denied === undefined ? [] : ['no'];
    const world = new World({
      template: {
        ...mirror,
        status: (_: unknown, { outcome }: JsonObject) => ({ phase: outcome === 'settled' ? 'Good' : 'Bad' }),
      },
      [stage]: policy,
    });
    await world.thing('one', { resources: [config('x', { a: '1' })], files: [file('a', '1')] });
    await world.pass('one');
    const commits = world.commits();
    await world.thing('one', { denied: true, resources: [config('y')], files: [file('b', '1')] });
    assert.equal(ended(await world.pass('one')), 'stalled PolicyDenied');
    assert.deepEqual([world.commits(), await world.get(CONFIG, 'y')], [commits, null]);
    assert.notEqual(await world.get(CONFIG, 'x'), null);
    assert.equal(await phase(world, 'one'), 'Bad');
    assert.equal(
      condition(await world.get(THING, 'one'), 'Published'),
      'True Published',
      'what was published still is',
    );
  }
});

test('only a whole pass writes', async () => {
  const world = new World({ template: { ...mirror, status: () => ({ phase: 'Good' }) } });
  await world.thing('one', { resources: [config('x')], files: [file('a', '1')] });
  const before = await world.everything();
  for (const until of ['facts', 'render', 'plan'] as const) await world.pass('one', until);
  assert.equal(await world.everything(), before);
  assert.deepEqual(await world.files(), []);
});

test('a fault in status() hides neither the outcome of the pass nor its conditions', async () => {
  const status = () => {
    throw new Error('a fault of status()');
  };
  for (const [spec, outcome] of [
    [{}, 'stalled TemplateFailed'],
    [{ waiting: 'no database' }, 'waiting NoDatabase'],
  ] as const) {
    const world = new World({ template: { ...mirror, status } });
    await world.thing('one', spec);
    const pass = await world.pass('one');
    assert.equal(ended(pass), outcome);
    assert.deepEqual(
      pass.faults.map(({ code }) => code),
      ['TemplateFailed'],
    );
    assert.equal(condition(await world.get(THING, 'one'), 'Ready'), `False ${outcome.split(' ')[1]}`);
  }
});

test('a status that does not fit the schema of its kind is a fault, and unknown fields are left out', async () => {
  const world = new World({ template: { ...mirror, status: ({ object }: Facts) => object.spec.status } });
  await world.thing('one', { status: { phase: 'Ugly' } });
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'stalled TemplateOutputInvalid');
  assert.equal(pass.faults[0]?.location.path, 'status.phase');
  await world.thing('two', { status: { phase: 'Good', unknown: 1, note: 'n' } });
  assert.equal(ended(await world.pass('two')), 'settled');
  const { status } = (await world.get(THING, 'two')) as unknown as { status: JsonObject };
  assert.deepEqual(Object.keys(status).sort(), ['conditions', 'note', 'observedGeneration', 'phase']);
  await world.thing('two', { status: { phase: 'Good', note: null } });
  await world.pass('two');
  assert.equal('note' in ((await world.get(THING, 'two')) as unknown as { status: JsonObject }).status, false);
});

test('nothing secret is in messages, verdicts, faults or the status', async () => {
  const secret = 'correct horse battery staple';
  const specs: readonly JsonObject[] = [
    { waiting: `no ${secret}` },
    { stalled: `bad ${secret}` },
    { resources: [config('x', {}, { labels: { l: `${secret} is no label value` } })] },
    { denied: secret },
    {},
  ];
  for (const spec of specs) {
    const world = new World({
      rule: { sensitive: ['spec.password'] },
      template: { ...mirror, status: () => ({ note: `password ${secret}` }) },
      request: ({ object }) =>
        (object as { spec: JsonObject }).spec.denied === undefined ? [] : [{ msg: `${secret} is weak`, code: 'Weak' }],
    });
    await world.thing('one', { ...spec, password: secret });
    const { outcome, verdicts, faults } = await world.pass('one');
    assert.doesNotMatch(JSON.stringify([outcome, verdicts, faults]), /horse/);
    assert.doesNotMatch(JSON.stringify((await world.get(THING, 'one'))?.status), /horse/);
  }
});

test('facts that cannot be read yet are waited for by name, without rendering, and still told', async () => {
  const world = new World({
    template: { ...mirror, status: () => ({ phase: 'Bad' }) },
    rule: { reads: { resources: [{ as: 'a', apiVersion: 'example.org/v1', kind: 'Absent', name: 'a' }] } },
  });
  await world.thing('one');
  assert.equal(ended(await world.pass('one')), 'waiting KindUnavailable');
  assert.deepEqual(world.calls, ['status']);
  assert.equal(await phase(world, 'one'), 'Bad');
});

test('a Secret is never in facts, whoever made it', async () => {
  const world = new World({ template: mirror, rule: { reads: { resources: [{ as: 's', ...SECRET, name: 's' }] } } });
  await world.store({
    ...SECRET,
    metadata: { name: 's', namespace: 'shop' },
    data: { password: 'aHVudGVyMg==' },
  } as unknown as KubernetesObject);
  await world.thing('one', {
    resources: [{ ...SECRET, metadata: { name: 'own' }, data: { password: 'aHVudGVyMg==' } }],
  });
  await world.pass('one');
  const { facts } = await world.pass('one', 'facts');
  assert.doesNotMatch(JSON.stringify({ ...facts, object: null }), /aHVudGVyMg/);
  assert.match(JSON.stringify(facts?.related), /password/);
});

test('after a refused write the next pass tries all before it writes any', async () => {
  const world = new World({ template: mirror });
  const refuse = (request: ApplyRequest): Promise<KubernetesObject> =>
    request.object.metadata.name === 'bad'
      ? Promise.reject(new EdictError({ code: 'AdmissionDenied', message: 'no', location: {} }))
      : world.cluster.apply(request);
  const writer: ClusterWriter = {
    apply: refuse,
    delete: (request) => world.cluster.delete(request),
    updateStatus: (request) => world.cluster.updateStatus(request),
    updateFinalizers: (request) => world.cluster.updateFinalizers(request),
  };
  const resources = (text: string) => ({ resources: [config('a', { text }), { wave: 1, object: config('bad') }] });
  const passed = async (text: string): Promise<unknown> => {
    await reconcile(await world.thing('one', resources(text)), world.entry, { ...world.engine, writer });
    return (await world.get(CONFIG, 'a'))?.data;
  };
  assert.deepEqual(await passed('one'), { text: 'one' });
  assert.deepEqual(await passed('two'), { text: 'one' });
  assert.equal(ended(await world.pass('one')), 'settled');
  assert.deepEqual((await world.get(CONFIG, 'a'))?.data, { text: 'two' });
});
