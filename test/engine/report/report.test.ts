import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import type { Verdict } from '#model/verdict.js';
import { type Condition, conditionsOf, mergeConditions } from '#report/conditions.js';
import { nextStatus, refuseInvalidStatus, report } from '#report/report.js';
import { entryOf, THING } from '../reconcile/thing.js';

const entry = entryOf({ template: { desired: () => ({}) } }, {});
const settled = { outcome: { state: 'settled' }, verdicts: [], published: true } as const;
const verdict = (level: Verdict['level'], code = '', message = 'no'): Verdict => ({
  policy: 'p',
  level,
  code,
  message,
  path: '',
});
const named = (conditions: readonly Condition[], type: string) => conditions.find((each) => each.type === type);
const thing = (status?: JsonObject): KubernetesObject =>
  ({
    ...THING,
    metadata: { name: 'a', namespace: 'shop', uid: 'u', generation: 3 },
    spec: {},
    ...(status === undefined ? {} : { status }),
  }) as unknown as KubernetesObject;

test('reasons of conditions are words, whatever a policy calls its codes, and messages are bounded', () => {
  const passed = (verdicts: readonly Verdict[]) => named(conditionsOf({ ...settled, verdicts }), 'PolicyPassed');
  assert.equal(passed([verdict('deny', 'ImageNotPinned')])?.reason, 'ImageNotPinned');
  for (const code of ['', 'image-not-pinned', '1st', 'ends:', 'two words'])
    assert.equal(passed([verdict('deny', code)])?.reason, 'Denied');
  assert.equal(passed([verdict('unknown', 'PolicyFailed')])?.status, 'False');
  assert.deepEqual([passed([verdict('warn')])?.status, passed([verdict('warn')])?.message], ['True', '1 warning.']);
  const mixed = [verdict('warn', 'B'), verdict('warn', 'A'), verdict('warn', 'B'), verdict('warn')];
  assert.equal(passed(mixed)?.message, '4 warnings: B, A.');
  const many = Array.from({ length: 200 }, () => verdict('deny', 'A', 'x'.repeat(100)));
  assert.ok((passed(many)?.message.length ?? 0) <= 4096);
});

test('conditions say where something is wrong and what to do', () => {
  const owner = { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'b' };
  const about = { reason: 'A', message: 'it is missing' };
  const fault = { code: 'ObjectNotFound', message: 'gone', location: {}, remedy: 'Create it.' } as const;
  const messages = (
    [
      { state: 'stalled', ...about },
      { state: 'stalled', ...about, fault: { ...fault, location: { file: 'a.jsonnet', line: 3, object: 'Pod/a/b' } } },
      { state: 'stalled', ...about, fault: { ...fault, location: { object: 'Secret/a/b', path: 'data.x' } } },
      { state: 'failed', fault },
    ] as const
  ).map((outcome) => {
    const conditions = conditionsOf({ outcome, verdicts: undefined, published: false }, owner);
    return [...new Set(conditions.map(({ message }) => message))].filter((message) => message !== '');
  });
  assert.deepEqual(messages, [
    ['it is missing'],
    ['a.jsonnet:3: it is missing. Create it.'],
    ['Secret/a/b data.x: it is missing. Create it.'],
    ['gone. Create it.'],
  ]);
});

test('policies that were not asked and publishing that was not reached say nothing', () => {
  const types = conditionsOf({
    outcome: { state: 'stalled', reason: 'A', message: '' },
    verdicts: undefined,
    published: undefined,
  }).map(({ type }) => type);
  assert.deepEqual(types, ['Ready', 'Reconciling', 'Stalled']);
});

test('a transition time moves only with the status of its condition', () => {
  const [ready] = conditionsOf(settled);
  assert.ok(ready !== undefined);
  const first = mergeConditions(undefined, [ready], { now: '2026-01-01T00:00:00Z', generation: 1 });
  const later = mergeConditions(first, [{ ...ready, message: 'other' }], {
    now: '2026-01-02T00:00:00Z',
    generation: 2,
  });
  assert.deepEqual(
    [later[0]?.lastTransitionTime, later[0]?.observedGeneration, later[0]?.message],
    ['2026-01-01T00:00:00Z', 2, 'other'],
  );
  const turned = mergeConditions(later, [{ ...ready, status: 'False' }], {
    now: '2026-01-03T00:00:00Z',
    generation: 2,
  });
  assert.equal(turned[0]?.lastTransitionTime, '2026-01-03T00:00:00Z');
});

test('conditions of others are kept, those of the template stand beside ours, and none replaces ours', () => {
  const theirs = { type: 'Audited', status: 'True', reason: 'Yes', message: '' };
  const own = { type: 'Ready', status: 'True', reason: 'Lie', message: '' };
  const warm = { type: 'Warm', status: 'True', reason: 'Yes', message: 'it is' };
  const pass = {
    outcome: { state: 'stalled', reason: 'Bad', message: '' },
    verdicts: undefined,
    published: undefined,
  } as const;
  const status = nextStatus(
    thing({ conditions: [theirs] }),
    pass,
    { conditions: [own, warm] },
    { entry, now: '2026-01-01T00:00:00Z' },
  );
  const conditions = status.conditions as readonly JsonObject[];
  assert.deepEqual(
    conditions.map(({ type, status: holds }) => `${String(type)} ${String(holds)}`),
    ['Ready False', 'Reconciling False', 'Stalled True', 'Warm True', 'Audited True'],
  );
});

test('a status is written only where it differs, and only of an object that has one', async () => {
  let written = 0;
  const writer = {
    updateStatus: ({ status }: { status: JsonObject }) => Promise.resolve(thing({ ...status, written: ++written })),
  };
  const context = { writer, clock: { now: () => 0 }, entry };
  await report(thing(), settled, { phase: 'Good' }, context);
  assert.equal(written, 1);
  const status = nextStatus(thing(), settled, { phase: 'Good' }, { entry, now: '1970-01-01T00:00:00Z' });
  await report(thing(status), settled, { phase: 'Good' }, { ...context, clock: { now: () => 86_400_000 } });
  assert.equal(written, 1);
  await report({ ...thing(), metadata: { name: 'a' } }, settled, {}, context);
  assert.ok(entry.schema !== undefined);
  await report(
    thing(),
    settled,
    {},
    { ...context, entry: { ...entry, schema: { ...entry.schema, hasStatus: false } } },
  );
  assert.equal(written, 1, 'neither where nothing changed, nor before it is stored, nor where the kind has no status');
});

test('only what a status does not say yet is held against the schema', () => {
  const now = '1970-01-01T00:00:00Z';
  const pruned = nextStatus(thing(), settled, { phase: 'Good', unknown: 1 }, { entry, now });
  assert.deepEqual(Object.keys(pruned).sort(), ['conditions', 'observedGeneration', 'phase']);
  const told = thing(pruned);
  assert.equal(nextStatus(told, settled, { phase: 'Good' }, { entry, now }), told.status);
  assert.throws(() => refuseInvalidStatus(thing(), { phase: 'Odd' }, entry), { code: 'TemplateOutputInvalid' });
  assert.throws(() => refuseInvalidStatus(told, { phase: 'Odd' }, entry), { code: 'TemplateOutputInvalid' });
  assert.throws(() => refuseInvalidStatus(told, { phase: 'Good', note: 1 }, entry), { code: 'TemplateOutputInvalid' });
  refuseInvalidStatus(told, { phase: 'Good' }, entry);
  // An API server took it once: a schema that came later is no reason to tell nothing any more.
  refuseInvalidStatus(thing({ phase: 'Odd' }), { phase: 'Odd' }, entry);
});

test('of a kind without a schema only the template’s own fields are written', () => {
  const status = nextStatus(
    thing({ theirs: 1 }),
    settled,
    { ours: 2, gone: null },
    { entry: { ...entry, schema: undefined }, now: '' },
  );
  assert.deepEqual(status, { theirs: 1, ours: 2 });
});
