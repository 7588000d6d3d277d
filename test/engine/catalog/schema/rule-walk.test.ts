import assert from 'node:assert/strict';
import test from 'node:test';
import { faultsOf } from '#errors/edict-error.js';
import type { Json, JsonObject } from '#model/json.js';
import type { Path } from '#model/path.js';
import { admit, crdOf, fixture, integer, list, object, pathsOf, string, thing } from './thing.js';

type RuleRow = readonly [rule: string, schema: JsonObject, value: Json, outcome: string, old?: Json];

const rules = fixture('rules.yaml') as readonly RuleRow[];

function outcomeOf([rule, schema, value, , old]: RuleRow): string {
  const crd = crdOf({ ...schema, 'x-kubernetes-validations': [{ rule }] });
  try {
    const { faults } = admit(crd, thing({ a: value }), old === undefined ? {} : { old: { a: old } });
    return faults.length === 0 ? 'holds' : 'fails';
  } catch (error) {
    assert.deepEqual([...new Set(faultsOf(error).map(({ code }) => code))], ['RuleExpressionInvalid']);
    return 'invalid';
  }
}

for (const row of rules) {
  const [rule, , value, outcome, old] = row;
  const given = `${JSON.stringify(value).slice(0, 60)}${old === undefined ? '' : ` after ${JSON.stringify(old)}`}`;
  test(`the rule ${rule} ${outcome === 'invalid' ? 'is invalid' : `${outcome} for ${given}`}`, () => {
    assert.equal(outcomeOf(row), outcome);
  });
}

test('items of a list map are compared with the item of the same keys', () => {
  const item = object(
    { name: string, size: integer },
    { required: ['name'], 'x-kubernetes-validations': [{ rule: 'self.size >= oldSelf.size' }] },
  );
  const crd = crdOf(list(item, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }));
  const old = {
    a: [
      { name: 'x', size: 5 },
      { name: 'y', size: 1 },
    ],
  };
  const { faults } = admit(
    crd,
    thing({
      a: [
        { name: 'new', size: 0 },
        { name: 'y', size: 1 },
        { name: 'x', size: 4 },
      ],
    }),
    { old },
  );
  assert.deepEqual(pathsOf(faults), ['spec.a[2]']);
});

test('a rule with optionalOldSelf runs on creation too', () => {
  const crd = crdOf({
    ...string,
    'x-kubernetes-validations': [{ rule: 'oldSelf.hasValue() || self == "first"', optionalOldSelf: true }],
  });
  assert.equal(admit(crd, thing({ a: 'second' })).faults.length, 1);
  assert.equal(admit(crd, thing({ a: 'second' }), { old: { a: 'first' } }).faults.length, 0);
});

test('a message is that of the author, computed or not, at the field that the rule names', () => {
  const rule = {
    rule: 'self.b < 2',
    messageExpression: '"b is " + string(self.b)',
    message: 'b is large',
    fieldPath: '.b',
  };
  const [fault] = admit(
    crdOf(object({ b: integer }, { 'x-kubernetes-validations': [rule] })),
    thing({ a: { b: 3 } }),
  ).faults;
  assert.equal(fault?.location.path, 'spec.a.b');
  assert.equal(fault?.message, 'b is 3');
});

test('rules do not run on an object that its schema refuses', () => {
  const crd = crdOf(integer, { 'x-kubernetes-validations': [{ rule: 'self.a > 1' }] });
  assert.deepEqual(pathsOf(admit(crd, thing({ a: 'x' })).faults), ['spec.a']);
});

test('a rule that would loop for ever over a long list is stopped', () => {
  const crd = crdOf(
    list(integer, { 'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, self.all(z, x + y + z >= 0)))' }] }),
  );
  const { faults } = admit(crd, thing({ a: Array.from({ length: 5000 }, (_, index) => index) }));
  assert.deepEqual(pathsOf(faults), ['spec.a']);
});

test('a rule that reads a long text again and again is stopped', () => {
  const crd = crdOf(
    object(
      { b: string, c: list(string) },
      { 'x-kubernetes-validations': [{ rule: 'self.c.all(x, !self.b.contains(x)) || true' }] },
    ),
  );
  const { faults } = admit(crd, thing({ a: { b: 'x'.repeat(500_000), c: Array.from({ length: 20_000 }, () => 'y') } }));
  assert.deepEqual(pathsOf(faults), ['spec.a']);
});

test('no fault shows a sensitive value, nor what contains it, nor what a message computes from it', () => {
  const computed = { rule: 'self.b == "x"', messageExpression: '"b is " + self.b' };
  const crd = crdOf(
    object(
      { b: { type: 'string', maxLength: 9 } },
      { 'x-kubernetes-validations': [computed], not: { required: ['c'] } },
    ),
  );
  const sensitive: readonly Path[] = [['spec', 'a', 'b']];
  const long = admit(crd, thing({ a: { b: 'password-of-somebody' } }), { sensitive }).faults;
  const short = admit(crd, thing({ a: { b: 'password' } }), { sensitive }).faults;
  const around = admit(crdOf(string), thing({ a: { b: 'password' } }), { sensitive }).faults;
  assert.deepEqual([long.length, short.length, around.length], [1, 1, 1]);
  assert.ok(!JSON.stringify([long, short, around]).includes('password'));
  assert.ok(JSON.stringify(admit(crd, thing({ a: { b: 'password' } })).faults).includes('password'));
});
