import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '#adapters/kubernetes/api-error.js';
import { type Asked, isMissingRight, missingRight } from '#adapters/kubernetes/missing-right.js';
import { parseYamlDocument } from '#model/yaml.js';

const KEY = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'one', name: 'a' };
const ACCOUNT = { namespace: 'one', name: 'edict' };

function remedyFor(
  message: string,
  more: Partial<Asked> = {},
): readonly [message: string, where: string, rule: unknown] {
  assert.ok(isMissingRight(message));
  const asked = { key: KEY, verb: 'patch', resource: 'deployments', ...more };
  const fault = missingRight(new ApiError({ status: 403, message }), asked);
  assert.equal(fault.code, 'ClusterForbidden');
  const [, where = '', rule = ''] = /^([^{]*): (\{.*\})$/.exec(fault.remedy ?? '') ?? [];
  return [fault.message, where, parseYamlDocument(rule, { file: 'rule' }).value];
}

test('who lacks a right is named, and the rule has all that the write comes to', () => {
  const message = 'x is forbidden: User "u" cannot patch resource "deployments" in API group "apps"';
  assert.deepEqual(remedyFor(message, { account: ACCOUNT, verbs: ['create', 'patch', 'delete'] }), [
    'ServiceAccount one/edict may not patch deployments.',
    'Add to a Role in namespace one, or a ClusterRole, that is bound to ServiceAccount one/edict',
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['create', 'patch', 'delete'] },
  ]);
  const { namespace: _namespace, ...key } = KEY;
  assert.equal(remedyFor(message, { key })[1], 'Add to a ClusterRole, that is bound to Edict');
});

test('the right to act as an account is Edict’s to have, for that account alone', () => {
  const message =
    'serviceaccounts "edict" is forbidden: User "u" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "one"';
  assert.deepEqual(remedyFor(message, { account: ACCOUNT }), [
    'Edict may not act as ServiceAccount one/edict.',
    'Add to a Role in namespace one, or a ClusterRole, that is bound to Edict',
    { apiGroups: [''], resources: ['serviceaccounts'], resourceNames: ['edict'], verbs: ['impersonate'] },
  ]);
});

test('an owner reference that blocks the deletion of its owner takes a right to the finalizers of that', () => {
  const message = 'x is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource, and so on';
  const owner = { group: 'example.org', resource: 'gadgets/finalizers' };
  assert.deepEqual(remedyFor(message, { account: ACCOUNT, owner })[2], {
    apiGroups: ['example.org'],
    resources: ['gadgets/finalizers'],
    verbs: ['update'],
  });
});

test('rights that are handed on are those that the server names', () => {
  const message =
    'roles "r" is forbidden: user "u" is attempting to grant RBAC permissions not currently held:\n{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}';
  assert.deepEqual(remedyFor(message), [
    'Edict may not hand on rights that it does not have itself.',
    'Let Edict have them',
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] },
  ]);
});
