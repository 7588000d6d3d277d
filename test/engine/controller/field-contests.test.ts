import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldContests } from '#controller/field-contests.js';
import { managersAt } from '#model/field-sets.js';
import type { JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject, keyOf } from '#model/object.js';
import { CONFIG, mirror } from '../reconcile/thing.js';
import { actions, condition, config, ended, World } from '../reconcile/world.js';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const CHILD = { ...CONFIG, namespace: 'shop', name: 'x' };
const FIELD = { manager: 'rival', path: 'data.a' };

function memory(): { readonly contests: FieldContests; pass(milliseconds: number): void } {
  let now = 0;
  return {
    contests: new FieldContests(() => now),
    pass(milliseconds) {
      now += milliseconds;
    },
  };
}

test('a field that is corrected again and again is left alone for an hour, then once an hour, and is forgotten in peace', () => {
  const { contests, pass } = memory();
  const correct = (times: number): void => {
    for (let time = 0; time < times; time++) {
      pass(MINUTE);
      contests.corrected(CHILD, [FIELD]);
    }
  };
  correct(4);
  assert.deepEqual(contests.standing(CHILD), []);
  correct(1);
  assert.deepEqual(contests.standing(CHILD), [FIELD]);
  pass(HOUR - 1);
  assert.deepEqual(contests.standing(CHILD), [FIELD]);
  pass(1);
  assert.deepEqual(contests.standing(CHILD), [], 'it is tried once more');
  correct(1);
  assert.deepEqual(contests.standing(CHILD), [FIELD], 'and no more than once');
  pass(2 * HOUR + 1);
  correct(4);
  assert.deepEqual(contests.standing(CHILD), [], 'after peace it is a new fight');
});

test('corrections that lie far apart are no fight, and those against several managers or of several fields are several', () => {
  const { contests, pass } = memory();
  for (let time = 0; time < 20; time++) {
    pass(HOUR + 1);
    contests.corrected(CHILD, [FIELD]);
  }
  assert.deepEqual(contests.standing(CHILD), []);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    contests.corrected(CHILD, [{ ...FIELD, manager: name }]);
    contests.corrected(CHILD, [{ ...FIELD, path: name }]);
    contests.corrected({ ...CHILD, name }, [FIELD]);
  }
  assert.deepEqual(contests.standing(CHILD), []);
});

test('of the many that are remembered the oldest is forgotten', () => {
  const { contests } = memory();
  for (let time = 0; time < 5; time++) contests.corrected(CHILD, [FIELD]);
  for (let index = 0; index < 99; index++) contests.corrected(CHILD, [{ ...FIELD, path: `data.${index}` }]);
  assert.deepEqual(contests.standing(CHILD), [FIELD]);
  contests.corrected(CHILD, [{ ...FIELD, path: 'one more' }]);
  assert.deepEqual(contests.standing(CHILD), []);
});

test('the manager of a field is found through objects, list items and what is managed as a whole', () => {
  const entry = (manager: string, fieldsV1: JsonObject, more: JsonObject = {}) => ({ manager, fieldsV1, ...more });
  const entries = [
    entry('scaler', { 'f:spec': { 'f:replicas': {} } }),
    entry('images', { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:image': {} } } } }),
    entry('whole', { 'f:spec': { 'f:args': {} } }),
    entry('nothing', { 'f:spec': {} }),
    entry('itself', { 'f:spec': { '.': {} } }),
    entry('status', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'status' }),
  ];
  const body = { spec: { replicas: 1, containers: [{ name: 'side' }, { name: 'app', image: 'x' }], args: ['a'] } };
  assert.deepEqual(managersAt(entries, ['spec', 'replicas'], body), ['scaler']);
  assert.deepEqual(managersAt(entries, ['spec', 'containers', 1, 'image'], body), ['images']);
  assert.deepEqual(managersAt(entries, ['spec', 'containers', 0, 'image'], body), []);
  assert.deepEqual(managersAt(entries, ['spec', 'args', 0], body), ['whole']);
  assert.deepEqual(managersAt(entries, ['spec', 'other'], body), []);
});

test('a manager that changes a field back at every correction is reported by name, and the rest goes on', async () => {
  const world = new World({ template: mirror });
  const contests = new FieldContests(() => world.now);
  Object.assign(world.engine, { contests });
  await world.thing('one', { resources: [config('x', { a: 'ours' }), config('y', { a: 'ours' })] });
  await world.pass('one');
  const theirs = { ...CONFIG, metadata: { name: 'x', namespace: 'shop' }, data: { a: 'theirs' } };
  const contest = async (): Promise<string> => {
    await world.store(theirs as KubernetesObject, 'rival');
    return ended(await world.pass('one'));
  };
  for (let time = 0; time < 5; time++) assert.equal(await contest(), 'settled');
  assert.equal(await contest(), 'stalled FieldContested');
  const before = await world.everything();
  const pass = await world.pass('one');
  assert.deepEqual(actions(pass), ['none ConfigMap/x', 'none ConfigMap/y']);
  assert.match(JSON.stringify(pass.outcome), /rival keeps changing data\.a of ConfigMap\/shop\/x back/);
  assert.equal(await world.everything(), before);
  const thing = await world.get({ apiVersion: 'example.org/v1', kind: 'Thing' }, 'one');
  assert.equal(condition(thing, 'Stalled'), 'True FieldContested');

  await world.delete(CONFIG, 'y');
  assert.deepEqual(actions(await world.pass('one')), ['none ConfigMap/x', 'create ConfigMap/y']);
  world.now += HOUR;
  assert.equal(ended(await world.pass('one')), 'settled');
  const child = await world.cluster.get(keyOf(theirs as KubernetesObject));
  assert.deepEqual(child === null ? null : asJson(child).data, { a: 'ours' });
});
