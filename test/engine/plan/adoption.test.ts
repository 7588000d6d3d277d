import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takenOver } from '#model/field-sets.js';
import type { JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { CONFIG, mirror } from '../reconcile/thing.js';
import { actions, changeOf, condition, config, ended, World } from '../reconcile/world.js';

const HELM = { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' };

const theirs = (data: JsonObject, metadata: JsonObject = {}): KubernetesObject =>
  ({ ...CONFIG, metadata: { name: 'x', namespace: 'shop', ...metadata }, data }) as unknown as KubernetesObject;

const managersOf = (object: KubernetesObject | null): readonly unknown[] =>
  (object?.metadata.managedFields ?? []).map(({ manager }) => manager);

async function adopting(rule: JsonObject = {}): Promise<World> {
  const world = new World({ template: mirror, rule });
  await world.store(theirs({ a: 'theirs', b: 'theirs' }, { labels: { made: 'by' } }), 'old-operator');
  return world;
}

test('what is taken over has only what is rendered, and no other manager', async () => {
  const world = await adopting();
  await world.thing('one', { resources: [config('x', { a: 'ours' })] });
  const before = await world.get(CONFIG, 'x');
  const pass = await world.pass('one');
  assert.deepEqual([ended(pass), ...actions(pass)], ['settled', 'adopt ConfigMap/x']);
  const change = changeOf(pass, 'x');
  assert.equal(change.reason, 'taken over from old-operator');
  const changed = change.fields.map(({ path, before: was, after }) => [path, was, after]);
  assert.deepEqual(
    changed.filter(([path]) => !/edict|ownerReferences/.test(String(path))),
    [
      ['data.a', 'theirs', 'ours'],
      ['data.b', 'theirs', undefined],
      ['metadata.labels.made', 'by', undefined],
    ],
  );
  const object = await world.get(CONFIG, 'x');
  assert.equal(object?.metadata.uid, before?.metadata.uid);
  assert.deepEqual(object === null ? null : asJson(object).data, { a: 'ours' });
  assert.equal(object?.metadata.labels?.made, undefined);
  assert.match(managersOf(object).join(), /^edict:thing:[0-9a-f]{16}$/);
  assert.deepEqual(actions(await world.pass('one')), ['none ConfigMap/x']);
});

test('of a third manager, who is not adopted, nothing is taken and nothing is written before it is named', async () => {
  const world = await adopting();
  await world.store(theirs({ a: 'scaled' }), 'autoscaler');
  await world.thing('one', { resources: [config('x', { a: 'ours' })] });
  const before = await world.get(CONFIG, 'x');
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'stalled FieldTaken');
  assert.match(pass.faults[0]?.message ?? '', /autoscaler/);
  assert.deepEqual(await world.get(CONFIG, 'x'), before);

  await world.thing('one', { resources: [config('x', { b: 'ours' })] });
  assert.equal(ended(await world.pass('one')), 'settled');
  const object = await world.get(CONFIG, 'x');
  assert.deepEqual(object === null ? null : asJson(object).data, { a: 'scaled', b: 'ours' }, 'what it manages stays');
});

test('who is not adopted is named with what to write into the rule, and with its Helm release', async () => {
  const world = new World({ template: mirror });
  await world.store(theirs({ a: 'theirs' }, { annotations: HELM }), 'helm');
  await world.thing('one', { resources: [config('x', { a: 'ours' })] });
  const pass = await world.pass('one');
  assert.equal(ended(pass), 'stalled FieldTaken');
  const [fault] = pass.faults;
  assert.match(fault?.message ?? '', /made by helm \(Helm release shop\/web, which deletes it/);
  assert.match(
    fault?.remedy ?? '',
    /add adopt: \[helm\] to the entry of ConfigMap under writes\.resources of rules\/test\/thing/,
  );
  const { status } = asJson((await world.get({ apiVersion: 'example.org/v1', kind: 'Thing' }, 'one')) as never);
  assert.match(JSON.stringify(status), /made by helm/);
});

test('a kind that is made anew is taken over in its place where it does what is asked, else made anew', async () => {
  for (const [data, action] of [
    [{ a: 'theirs' }, 'adopt'],
    [{ a: 'ours' }, 'replace'],
  ] as const) {
    const resources = [{ ...CONFIG, update: 'Recreate', adopt: ['old-operator'] }];
    const world = await adopting({ writes: { resources } });
    await world.thing('one', { resources: [config('x', data)] });
    const before = await world.get(CONFIG, 'x');
    const pass = await world.pass('one');
    assert.deepEqual([ended(pass), ...actions(pass)], ['settled', `${action} ConfigMap/x`]);
    const after = await world.get(CONFIG, 'x');
    assert.equal(after?.metadata.uid === before?.metadata.uid, action === 'adopt');
    assert.deepEqual(actions(await world.pass('one')), ['none ConfigMap/x']);
    assert.equal(
      condition(await world.get({ apiVersion: 'example.org/v1', kind: 'Thing' }, 'one'), 'Ready'),
      'True Settled',
    );
  }
});

test('a take-over that was broken off before the object got its marks is completed', async () => {
  const world = await adopting();
  const { apply } = world.engine.writer;
  const dying = new Proxy(world.engine.writer, {
    get: (writer, name) => (request: { readonly dryRun?: boolean; readonly takeFrom?: readonly string[] }) => {
      const { takeFrom, ...rest } = request;
      if (name !== 'apply') return (writer[name as 'delete'] as never as typeof apply).call(writer, request as never);
      if (takeFrom === undefined || request.dryRun) return apply.call(writer, rest as never);
      const live = theirs({ a: 'theirs', b: 'theirs' }, { labels: { made: 'by' } });
      const { fieldManager } = rest as unknown as { readonly fieldManager: string };
      return apply.call(writer, { object: live, fieldManager, force: true, takeFrom }).then(() => {
        throw new Error('killed');
      });
    },
  });
  await world.thing('one', { resources: [config('x', { a: 'ours' })] });
  Object.assign(world.engine, { writer: dying });
  assert.equal(ended(await world.pass('one')), 'failed InternalFault');
  assert.equal((await world.get(CONFIG, 'x'))?.metadata.labels?.['edict.dev/owner'], undefined);
  Object.assign(world.engine, { writer: world.cluster });
  assert.equal(ended(await world.pass('one')), 'settled');
  const object = await world.get(CONFIG, 'x');
  assert.deepEqual(object === null ? null : asJson(object).data, { a: 'ours' });
});

test('managers become one, but for what they wrote by way of a subresource', () => {
  const entry = (manager: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject => ({
    manager,
    operation: 'Update',
    fieldsV1,
    ...more,
  });
  const status = entry('old', { 'f:status': {} }, { subresource: 'status' });
  const other = entry('other', { 'f:b': {} });
  const entries = [
    entry('old', { 'f:a': {} }),
    status,
    other,
    entry('old', { 'f:c': { 'f:d': {} } }, { operation: 'Apply' }),
  ];
  const to = { to: 'new', apiVersion: 'v1' };
  assert.deepEqual(takenOver(entries, { from: ['old'], ...to }), [
    {
      manager: 'new',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:a': {}, 'f:c': { 'f:d': {} } },
    },
    status,
    other,
  ]);
  assert.equal(takenOver(entries, { from: ['nobody'], ...to }), undefined);
});
