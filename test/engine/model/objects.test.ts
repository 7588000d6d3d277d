import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isConditionReason } from '#model/names.js';
import { isSecret, withoutStatus } from '#model/object.js';
import { pathTaken, recordPath } from '#model/records.js';
import { forbids, objections, type Verdict } from '#model/verdict.js';

test('values of a Secret are known by its kind, and what an object asks by all but its status', () => {
  assert.deepEqual(
    [
      isSecret({ apiVersion: 'v1', kind: 'Secret' }),
      isSecret({ apiVersion: 'example.org/v1', kind: 'Secret' }),
      isSecret({ apiVersion: 'v1', kind: 'ConfigMap' }),
    ],
    [true, false, false],
  );
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {}, status: { phase: 'Running' } };
  assert.deepEqual(withoutStatus(object), { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {} });
  assert.equal(object.status.phase, 'Running');
});

test('the reason of a condition is one word that may hold a colon inside', () => {
  for (const reason of ['Ready', 'a', 'A1', 'Code:Detail', 'A_', 'a,b']) assert.ok(isConditionReason(reason), reason);
  for (const reason of ['', '1A', 'two words', 'ends:', 'ends,', 'image-not-pinned', 'A\n'])
    assert.ok(!isConditionReason(reason), reason);
});

test('who disagrees about a path is named as people know it', () => {
  const record = recordPath('east', { apiVersion: 'example.org/v1', kind: 'Thing', namespace: 'shop', name: 'one' });
  const { faults } = pathTaken('a.yaml', record, { object: 'Thing/shop/two' });
  assert.deepEqual(
    faults.map(({ code, location, fragment }) => [code, location.object, location.path, fragment]),
    [['PathTaken', 'Thing/shop/two', 'a.yaml', record]],
  );
  assert.match(faults[0]?.message ?? '', /thing\/shop\/one of east/);
});

test('whatever is no warning forbids, and where nobody was asked nothing does', () => {
  const verdict = { policy: 'p', code: '', message: '', path: '' };
  const all: readonly Verdict[] = (['warn', 'deny', 'unknown'] as const).map((level) => ({ ...verdict, level }));
  assert.deepEqual(
    objections(all).map(({ level }) => level),
    ['deny', 'unknown'],
  );
  assert.equal(forbids(undefined), false);
});
