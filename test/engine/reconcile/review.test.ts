import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CatalogEntry } from '#catalog/catalog.js';
import type { Json, JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import type { PolicyAnswer } from '#policy/policy-engine.js';
import type { AdmissionRequest } from '#reconcile/admission-request.js';
import type { Engine } from '#reconcile/engine.js';
import { formatRemark } from '#reconcile/remark.js';
import { type Review, review, unjudged } from '#reconcile/review.js';
import { mirror, THING } from './thing.js';
import { config, World, type WorldOptions } from './world.js';

const USER = { username: 'jane', groups: ['team'] };

function thing(spec: JsonObject = {}, metadata: JsonObject = {}, more: JsonObject = {}): KubernetesObject {
  const object = { ...THING, metadata: { name: 'a', namespace: 'shop', uid: 'u1', ...metadata }, spec, ...more };
  return object as unknown as KubernetesObject;
}

const request = (object: KubernetesObject, more: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  operation: 'CREATE',
  object,
  oldObject: undefined,
  userInfo: USER,
  dryRun: false,
  ...more,
});

const update = (oldObject: KubernetesObject, object: KubernetesObject, more: Partial<AdmissionRequest> = {}) =>
  request(object, { operation: 'UPDATE', oldObject, ...more });

const deletion = (object: KubernetesObject) => request(object, { operation: 'DELETE', oldObject: object });

const world = (options: Partial<WorldOptions> = {}): World => new World({ template: mirror, ...options });

/** An engine of which a part is another one. */
function engineWith(base: World, entry: Partial<CatalogEntry>, more: Partial<Engine> = {}): Engine {
  const { catalog } = base.engine;
  return { ...base.engine, catalog: { ...catalog, entries: [{ ...base.entry, ...entry }] }, ...more };
}

/** Package `test/thing/request` as if it looked at these fields of its input only. */
function looksAt(base: World, ...inputs: readonly string[]): Engine {
  const policies = base.entry.policies.request.map((each) => ({ ...each, policy: { ...each.policy, inputs } }));
  return engineWith(base, { policies: { ...base.entry.policies, request: policies } });
}

const lines = ({ objections }: Review): readonly string[] => objections.map(formatRemark);
const warned = ({ warnings }: Review): readonly string[] => warnings.map(formatRemark);
const no = (): readonly Json[] => [{ code: 'No', msg: 'it is not wanted', path: 'spec' }];

test('policies see what is done, by whom, and what was before', async () => {
  const seen: JsonObject[] = [];
  const { engine } = world({
    request: (input) => {
      seen.push(input);
      return [];
    },
  });
  const [before, after] = [thing({ size: 1 }, {}, { status: { phase: 'Good' } }), thing({ size: 2 })];
  for (const each of [request(after), update(before, after), deletion(before)])
    assert.equal((await review(each, engine)).result, 'allowed');
  const size = (object: Json | undefined): Json | undefined =>
    (object as { readonly spec: JsonObject } | null)?.spec.size ?? null;
  assert.deepEqual(
    seen.map(({ stage, operation, object, oldObject, userInfo }) => [
      stage,
      operation,
      size(object),
      size(oldObject),
      userInfo,
    ]),
    [
      ['request', 'CREATE', 2, null, USER],
      ['request', 'UPDATE', 2, 1, USER],
      ['request', 'DELETE', 1, 1, USER],
    ],
  );
  assert.ok(seen.every(({ object, oldObject }) => !JSON.stringify([object, oldObject]).includes('status')));
});

test('a pass stands for an update by nobody that changes nothing', async () => {
  let seen: JsonObject = {};
  const here = world({
    request: (input) => {
      seen = input;
      return [];
    },
  });
  await here.thing('a', { size: 1 });
  await here.pass('a', 'plan');
  assert.deepEqual([seen.operation, seen.userInfo], ['UPDATE', {}]);
  assert.deepEqual(seen.oldObject, seen.object);
});

test('everything that is denied is said at once, in one line each', async () => {
  const { engine } = world({ request: () => ['first\nand last', { code: 'No', msg: 'second', path: 'spec.x' }] });
  const said = await review(request(thing()), engine);
  assert.deepEqual([said.isAllowed, said.result, said.rule], [false, 'denied', 'test/thing']);
  assert.deepEqual(lines(said), ['first and last [test/thing/request]', 'second [test/thing/request No spec.x]']);
});

test('only who looks at what is done, or by whom, is asked about deletions: what is denied can go', async () => {
  const here = world({ request: no });
  for (const [inputs, result] of [
    [['object', 'oldObject'], 'allowed'],
    [['operation', 'object'], 'denied'],
    [['userInfo'], 'denied'],
    [['*'], 'denied'],
  ] as const) {
    const engine = looksAt(here, ...inputs);
    assert.equal((await review(deletion(thing()), engine)).result, result, inputs.join());
    assert.equal((await review(request(thing()), engine)).result, 'denied');
  }
});

const LEAVING = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.org/a'] };
const untouched: readonly (readonly [title: string, asked: AdmissionRequest])[] = [
  ['a status', update(thing({ size: 1 }), thing({ size: 1 }, {}, { status: { phase: 'Good' } }))],
  ['a finalizer', update(thing({}, { finalizers: ['example.org/a'] }), thing())],
  ['bookkeeping', update(thing({}, { generation: 1, managedFields: [] }), thing({}, { generation: 2 }))],
  ['an object that leaves', update(thing({ size: 1 }, LEAVING), thing({ size: 2 }, { ...LEAVING, finalizers: [] }))],
  ['the deletion of what leaves', deletion(thing({}, LEAVING))],
];

for (const [title, asked] of untouched) {
  test(`${title} is no matter of policies`, async () => {
    const { engine } = world({ request: no });
    assert.deepEqual(await review(asked, engine), {
      isAllowed: true,
      result: 'skipped',
      rule: 'test/thing',
      objections: [],
      warnings: [],
    });
  });
}

test('labels, and whatever is only tried, are judged', async () => {
  const { engine } = world({ request: no });
  assert.equal((await review(update(thing(), thing({}, { labels: { a: 'b' } })), engine)).result, 'denied');
  assert.equal((await review(update(thing(), thing(), { dryRun: true }), engine)).result, 'denied');
});

test('an object that the rule is not for is not judged; one that is made so is judged as if it were deleted', async () => {
  const operations: Json[] = [];
  const here = world({
    rule: { for: { ...THING, where: 'has(self.metadata.labels) && "ours" in self.metadata.labels' } },
    request: ({ operation = null, object }) => {
      operations.push(operation, (object as { readonly spec: JsonObject }).spec.size ?? null);
      return [];
    },
  });
  const ours = thing({ size: 1 }, { labels: { ours: '' } });
  assert.equal((await review(request(thing()), here.engine)).result, 'skipped');
  assert.equal((await review(deletion(thing()), here.engine)).result, 'skipped');
  assert.equal((await review(update(ours, thing({ size: 2 })), here.engine)).result, 'allowed');
  assert.equal((await review(update(thing(), ours), here.engine)).result, 'allowed');
  assert.deepEqual(operations, ['DELETE', 1, 'UPDATE', 1]);
});

test('what does not fit the schema is invalid, and no policy is asked', async () => {
  const { engine } = world({ request: () => assert.fail('it was asked') });
  const said = await review(request(thing({}, {}, { status: { phase: 'Odd' } })), engine);
  assert.deepEqual([said.isAllowed, said.result], [false, 'invalid']);
  assert.match(lines(said)[0] ?? '', / \[ObjectInvalid status\.phase\]$/);
  assert.equal(
    (await review(request(thing({ text: 'x'.repeat(3_200_000) })), engine)).objections[0]?.code,
    'ObjectTooLarge',
  );
});

const unable: readonly (readonly [
  title: string,
  breaking: (here: World) => Engine,
  asked: AdmissionRequest,
  said: RegExp,
])[] = [
  [
    'a policy that fails',
    ({ engine }) => ({
      ...engine,
      policies: answering({ fault: { code: 'PolicyFailed', message: 'it broke', location: {} } }),
    }),
    request(thing()),
    /it broke\S* \[test\/thing\/request PolicyFailed\]$/,
  ],
  [
    'an engine that fails',
    ({ engine }) => ({ ...engine, policies: { evaluate: () => Promise.reject(new Error('it broke')) } }),
    request(thing()),
    /it broke.* \[InternalFault\]$/,
  ],
  [
    'another version',
    ({ engine }) => engine,
    request({ ...thing(), apiVersion: 'example.org/v2' }),
    /Thing in example\.org\/v2, and the rule is for example\.org\/v1.* \[KindNotServed\]$/,
  ],
  [
    'a rule with faults',
    ({ engine, entry }) => {
      const stalled = [{ domain: 'test', slug: 'thing', for: THING, faults: [], entry }];
      return { ...engine, catalog: { ...engine.catalog, entries: [], stalled } };
    },
    request(thing()),
    /has faults.*edict check.* \[RuleInvalid\]$/,
  ],
];

const answering = (answer: PolicyAnswer): Engine['policies'] => ({
  evaluate: ({ entrypoints }) => Promise.resolve(entrypoints.map(() => answer)),
});

for (const [title, breaking, asked, pattern] of unable) {
  test(`${title} closes what fails closed, and leaves open with a warning what does not`, async () => {
    const closed = await review(asked, breaking(world({ request: () => [] })));
    assert.equal(closed.isAllowed, false);
    assert.match(lines(closed).join('\n'), pattern);
    const rule = { admission: { failurePolicy: 'Ignore' } };
    const open = await review(asked, breaking(world({ rule, request: () => [] })));
    assert.deepEqual([open.isAllowed, open.objections], [true, []]);
    assert.match(warned(open).join('\n'), pattern);
    assert.match(warned(open)[0] ?? '', /^it could not be judged before it is stored: /);
  });
}

test('a denial holds also where what cannot be judged is let through', async () => {
  const { engine } = world({ rule: { admission: { failurePolicy: 'Ignore' } }, request: no });
  assert.equal((await review(request(thing()), engine)).result, 'denied');
});

test('a built-in kind is let through unless its rule says otherwise, and a kind without a rule is', async () => {
  const here = world();
  const fault = { code: 'EvaluationTimeout', message: 'too slow', location: {} } as const;
  assert.equal(unjudged(request(thing()), fault, here.engine).isAllowed, false);
  assert.equal(unjudged(request(thing()), fault, engineWith(here, { definition: undefined })).isAllowed, true);
  const said = await review(request({ ...thing(), kind: 'Other' }), here.engine);
  assert.deepEqual([said.isAllowed, said.result, said.rule], [true, 'skipped', undefined]);
  assert.match(warned(said)[0] ?? '', /no rule is for Other .*edict manifests/);
});

test('no sensitive value is in what is said, neither one that goes nor one that comes', async () => {
  const policies = ({ object, oldObject }: JsonObject): readonly Json[] => [
    `${JSON.stringify(oldObject)} becomes ${JSON.stringify(object)}`,
  ];
  const { engine } = world({ rule: { sensitive: ['spec.token'] }, request: policies });
  const [line = ''] = lines(
    await review(update(thing({ token: 'hunter2-old' }), thing({ token: 'hunter2-new' })), engine),
  );
  assert.match(line, /becomes/);
  assert.doesNotMatch(line, /hunter2/);
});

test('a dry run is judged by what it would come to, and writes nothing', async () => {
  const here = world({
    request: () => [],
    change: ({ desired }) =>
      (desired as { readonly resources: readonly Json[] }).resources.length > 1 ? ['too many'] : [],
  });
  const before = await here.everything();
  const many = thing({ resources: [config('x'), config('y')] });
  assert.deepEqual(lines(await review(request(many, { dryRun: true }), here.engine)), ['too many [test/thing/change]']);
  assert.equal((await review(request(many), here.engine)).result, 'allowed');
  const few = await review(request(thing({ resources: [config('x')] }), { dryRun: true }), here.engine);
  assert.deepEqual([few.result, few.warnings], ['allowed', []]);
  assert.equal(await here.everything(), before);
});

test('why a dry run goes no further than it does is a warning', async () => {
  const here = world({ request: () => [] });
  const tried = async (spec: JsonObject) => warned(await review(request(thing(spec), { dryRun: true }), here.engine));
  assert.deepEqual(await tried({ stalled: 'no such size' }), ['no such size [BadSize]']);
  assert.deepEqual(await tried({ waiting: 'for a database' }), ['for a database [NoDatabase]']);
  assert.match((await tried({ broken: true }))[0] ?? '', /a fault of the template.* \[TemplateFailed\]$/);
});
