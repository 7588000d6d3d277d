import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covers, type FollowedScope, widest } from '#adapters/kubernetes/followed-scope.js';

const scope = (text: string): FollowedScope => {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace: namespace === '*' ? undefined : namespace, name: name === '*' ? undefined : name };
};
const text = ({ namespace = '*', name = '*' }: FollowedScope): string => `${namespace}/${name}`;

const GRID: readonly (readonly [given: readonly string[], own: string | undefined, expected: readonly string[]])[] = [
  [[], undefined, ['*/*']],
  [[], 'team', ['team/*']],
  [['*/*', 'vault/seal', 'vault/*'], undefined, ['*/*']],
  [['vault/seal', 'vault/*'], undefined, ['vault/*']],
  [['vault/seal', 'attic/*', 'vault/seal'], undefined, ['vault/seal', 'attic/*']],
  [['*/seal', 'vault/seal', 'vault/other'], undefined, ['*/seal', 'vault/other']],
  [['*/*', 'vault/seal'], 'team', ['team/*', 'vault/seal']],
  [['*/*', 'team/seal'], 'team', ['team/*']],
];

test('nothing is followed twice, and nothing that no rule asks for', () => {
  for (const [given, own, expected] of GRID)
    assert.deepEqual(widest(given.map(scope), own).map(text), expected, given.join());
});

test('a scope has what is in its namespace and of its name', () => {
  assert.ok(covers(scope('vault/seal'), 'vault', 'seal'));
  assert.ok(!covers(scope('vault/seal'), 'vault', 'other'));
  assert.ok(!covers(scope('vault/*'), 'attic', 'seal'));
  assert.ok(covers(scope('vault/*'), undefined));
});
