import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountFor } from '#model/identity.js';

test('children are written as Edict, as the account of their rule, or as that of their owner’s namespace', () => {
  const owner = { namespace: 'team' };
  assert.equal(accountFor('Engine', 'note', owner), undefined);
  assert.deepEqual(accountFor('Rule', 'note', owner), { namespace: undefined, name: 'edict-note' });
  assert.deepEqual(accountFor('Namespace', 'note', owner), { namespace: 'team', name: 'edict' });
  assert.deepEqual(accountFor('Namespace', 'note', {}), { namespace: undefined, name: 'edict' });
});
