import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Access, AccessPlace, AccessVerb } from '#catalog/access.js';
import { ownersIn, rightsOf } from '#cli/install/policy-rules.js';

const access = (resource: string, verbs: string, place: AccessPlace, name?: string): Access => ({
  group: '',
  resource,
  verbs: verbs.split(' ') as AccessVerb[],
  place,
  ...(name === undefined ? {} : { name }),
});

const here = { namespace: 'here' } as const;
const merges: readonly (readonly [
  title: string,
  given: readonly Access[],
  any: readonly string[],
  here: readonly string[],
])[] = [
  [
    'resources with the same verbs share a rule',
    [access('b', 'get', 'any'), access('a', 'get', 'any')],
    ['a b: get'],
    [],
  ],
  [
    'verbs of one resource are joined, each once',
    [access('a', 'watch get', 'any'), access('a', 'get patch', 'any')],
    ['a: get watch patch'],
    [],
  ],
  ['one object adds nothing to all', [access('a', 'get', 'any', 'x'), access('a', 'get', 'any')], ['a: get'], []],
  [
    'one object keeps what all lack',
    [access('a', 'get patch', 'any', 'x'), access('a', 'get', 'any')],
    ['a: get', 'a/x: patch'],
    [],
  ],
  ['a namespace adds nothing to everywhere', [access('a', 'get', 'any'), access('a', 'get', here)], ['a: get'], []],
  [
    'a namespace keeps what is lacking everywhere',
    [access('a', 'get', 'any'), access('a', 'get delete', here)],
    ['a: get'],
    ['a: delete'],
  ],
  [
    'everything has less than one object here',
    [access('a', 'get', 'any', 'x'), access('a', 'get', here)],
    ['a/x: get'],
    ['a: get'],
  ],
];

for (const [title, given, any, inside] of merges) {
  test(`rights: ${title}`, () => {
    for (const order of [given, [...given].reverse()]) {
      const rights = rightsOf(order);
      const text = (rules: (typeof rights)['any'] = []): readonly string[] =>
        rules.map(
          ({ resources, resourceNames, verbs }) =>
            `${[resources.join(' '), ...(resourceNames ?? [])].join('/')}: ${verbs.join(' ')}`,
        );
      assert.deepEqual([text(rights.any), text(rights.namespaces.here)], [any, inside]);
    }
  });
}

test('rights: where custom resources are decides where their own namespace is', () => {
  const own = [access('a', 'get', 'own'), access('b', 'get', 'any')];
  assert.deepEqual(Object.keys(rightsOf(ownersIn(own, 'here')).namespaces), ['here']);
  assert.deepEqual(rightsOf(ownersIn(own, undefined)).any[0]?.resources, ['a', 'b']);
});
