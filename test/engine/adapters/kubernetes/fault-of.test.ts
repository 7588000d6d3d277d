import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type StatusCause } from '#adapters/kubernetes/api-error.js';
import { faultOf } from '#adapters/kubernetes/fault-of.js';
import { mergePatch } from '#adapters/kubernetes/merge-patch.js';
import { withoutValues } from '#adapters/kubernetes/without-values.js';
import { EdictError } from '#errors/edict-error.js';
import type { Fault } from '#errors/fault.js';

const KEY = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'one', name: 'a' };

function faults(status: number, message: string, causes: readonly StatusCause[] = [], name = 'a'): readonly Fault[] {
  const error = new ApiError({ status, reason: 'R', message, details: { causes, name } });
  const fault = faultOf(error, { key: KEY, verb: 'patch', resource: 'deployments' });
  assert.ok(fault instanceof EdictError);
  return fault.faults;
}

/** What servers say, and the code that it becomes. */
const SAYINGS: readonly (readonly [status: number, message: string, code: string])[] = [
  [
    403,
    'deployments.apps "a" is forbidden: User "x" cannot patch resource "deployments" in API group "apps" in the namespace "one"',
    'ClusterForbidden',
  ],
  [
    403,
    'roles "r" is forbidden: user "x" is attempting to grant RBAC permissions not currently held:\n{APIGroups:...}',
    'ClusterForbidden',
  ],
  [403, 'x is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource', 'ClusterForbidden'],
  [
    403,
    'pods "p" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    'AdmissionDenied',
  ],
  [403, 'pods "p" is forbidden: violates PodSecurity "restricted:latest": host namespaces', 'AdmissionDenied'],
  [400, 'admission webhook "w.example.org" denied the request: no', 'AdmissionDenied'],
  [
    422,
    "deployments.apps \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
    'AdmissionDenied',
  ],
  [401, 'Unauthorized', 'ClusterForbidden'],
  [404, 'deployments.apps "a" not found', 'ObjectNotFound'],
  [409, 'the object has been modified', 'ObjectConflict'],
  [413, 'limit is 3145728', 'ObjectTooLarge'],
  [422, 'Deployment.apps "a" is invalid', 'ObjectInvalid'],
  [
    500,
    'failed to create typed patch object (one/a; apps/v1, Kind=Deployment): .spec.x: field not declared in schema',
    'ObjectInvalid',
  ],
  [500, 'etcdserver: leader changed', 'ClusterUnavailable'],
  [500, 'etcdserver: request is too large', 'ObjectTooLarge'],
  [
    500,
    'Internal error occurred: failed calling webhook "w.example.org": failed to call webhook',
    'ClusterUnavailable',
  ],
  [429, 'too many', 'ClusterUnavailable'],
  [0, 'socket hang up', 'ClusterUnavailable'],
];

for (const [status, message, code] of SAYINGS) {
  test(`${status} ${message.slice(0, 90)} is ${code}`, () => {
    assert.equal(faults(status, message)[0]?.code, code);
  });
}

test('a missing permission is shown as the rule that grants it', () => {
  const [fault] = faults(403, 'x is forbidden: User "x" cannot create resource "deployments" in API group "apps"');
  assert.equal(
    fault?.remedy,
    'Add to a Role in namespace one, or a ClusterRole, that is bound to Edict: {apiGroups: ["apps"], resources: ["deployments"], verbs: ["create"]}',
  );
});

test('fields of other managers are told manager by manager', () => {
  const cause = (manager: string, field: string): StatusCause => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${JSON.stringify(manager)} with subresource "status" using apps/v1 at 2026-01-01T00:00:00Z`,
    field,
  });
  const found = faults(409, 'Apply failed', [
    cause('kubectl', '.spec.a'),
    cause('h"pa', '.spec.b'),
    cause('kubectl', '.spec.c'),
  ]);
  assert.deepEqual(
    found.map(({ fragment, message }) => [fragment, message]),
    [
      ['kubectl', 'kubectl owns spec.a, spec.c of Deployment/one/a.'],
      ['h"pa', 'h"pa owns spec.b of Deployment/one/a.'],
    ],
  );
});

test('another uid than the one that was meant is a conflict, however the server puts it', () => {
  const causes = [
    { reason: 'FieldValueInvalid', message: 'Invalid value: "x": field is immutable', field: 'metadata.uid' },
  ];
  assert.equal(faults(422, 'invalid', causes)[0]?.code, 'ObjectConflict');
});

test('a namespace that goes, one that is not there and a kind that is not served are told apart', () => {
  const terminating = [{ reason: 'NamespaceTerminating', message: 'being terminated', field: 'metadata.namespace' }];
  assert.match(
    faults(403, 'forbidden: unable to create', terminating)[0]?.message ?? '',
    /Namespace one is being deleted/,
  );
  const error = new ApiError({ status: 404, message: '', details: { causes: [] } });
  const fault = faultOf(error, { key: KEY, verb: 'patch', resource: 'deployments' });
  assert.equal(fault instanceof EdictError && fault.code, 'KindNotServed');
});

/** Complaints, and what is left of them: never the value. */
const COMPLAINTS: readonly (readonly [said: string, left: string])[] = [
  ['Invalid value: "hunter2": must be shorter', 'Invalid value: must be shorter'],
  ['spec.x: Invalid value: "a\\": b": must be y', 'spec.x: Invalid value: must be y'],
  [
    'Invalid value: 70000: must be between 1 and 65535, inclusive',
    'Invalid value: must be between 1 and 65535, inclusive',
  ],
  ['Invalid value: {"a":"}: hunter2"}: must be b', 'Invalid value: must be b'],
  ['Invalid value: core.Secret{Data:map[string]string{"p":"hunter2"}}: no', 'Invalid value: no'],
  ['Invalid value: hunter2', 'Invalid value'],
  ['Unsupported value: "x": supported values: "A", "B"', 'Unsupported value: supported values: "A", "B"'],
  ['Required value', 'Required value'],
  ['Too long: may not be more than 63 bytes', 'Too long: may not be more than 63 bytes'],
  ['spec: Forbidden: updates may not change\n  core.PodSpec{ "hunter2" }', 'spec: Forbidden: updates may not change'],
  ['expected string, got &value{hunter2}', 'expected string'],
  ['[a: Invalid value: "hunter2": no, b: Duplicate value: "hunter3"]', '[a: Invalid value: no, b: Duplicate value: ]'],
];

for (const [said, left] of COMPLAINTS) {
  test(`of ${JSON.stringify(said)} no value is left`, () => assert.equal(withoutValues(said), left));
}

test('a merge patch makes one status of another', () => {
  const before = { a: 1, b: { c: 1, d: 2 }, list: [1], same: { x: [1] } };
  const after = { b: { c: 1, e: 3 }, list: [2], same: { x: [1] } };
  assert.deepEqual(mergePatch(before, after), { a: null, b: { d: null, e: 3 }, list: [2] });
});
