import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '#model/json.js';
import { type Readiness, readinessOf } from '#model/readiness.js';

type Case = readonly [what: string, spec: JsonObject, status: JsonObject, expected: Readiness];

const conditions = (...list: readonly (readonly [type: string, status: string, reason?: string])[]): Json =>
  list.map(([type, status, reason]) => ({ type, status, ...(reason === undefined ? {} : { reason }) }));
const rolled = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const available = conditions(['Available', 'True']);
const waiting = (reason: string): JsonObject => ({
  phase: 'Running',
  containerStatuses: [{ state: { waiting: { reason } } }],
});
const settled = {
  replicas: 2,
  readyReplicas: 2,
  currentReplicas: 2,
  updatedReplicas: 2,
  currentRevision: 'a',
  updateRevision: 'a',
};
const scheduled = {
  observedGeneration: 1,
  desiredNumberScheduled: 2,
  currentNumberScheduled: 2,
  updatedNumberScheduled: 2,
  numberAvailable: 2,
  numberReady: 2,
};

/** kstatus: pkg/kstatus/status/{generic,core}.go of sigs.k8s.io/cli-utils. */
const CASES: { readonly [apiVersionKind: string]: readonly Case[] } = {
  'example.org/v1 Gadget': [
    ['says nothing', {}, {}, 'Ready'],
    ['is ready', {}, { conditions: conditions(['Ready', 'True']) }, 'Ready'],
    ['is not ready', {}, { conditions: conditions(['Ready', 'False']) }, 'InProgress'],
    ['does not know', {}, { conditions: conditions(['Ready', 'Unknown']) }, 'InProgress'],
    ['was seen in this generation', {}, { observedGeneration: 1 }, 'Ready'],
    [
      'was seen in another generation',
      {},
      { observedGeneration: 0, conditions: conditions(['Ready', 'True']) },
      'InProgress',
    ],
    [
      'reconciles though ready',
      {},
      { conditions: conditions(['Ready', 'True'], ['Reconciling', 'True']) },
      'InProgress',
    ],
    ['is stalled though ready', {}, { conditions: conditions(['Ready', 'True'], ['Stalled', 'True']) }, 'Failed'],
    ['has conditions of a strange shape', {}, { conditions: ['x', null, { type: 'Ready' }] }, 'Ready'],
    ['has a status of a strange shape', {}, { conditions: { Ready: 'False' } }, 'Ready'],
  ],
  'v1 Pod': [
    ['has no phase', {}, {}, 'InProgress'],
    ['is pending', {}, { phase: 'Pending' }, 'InProgress'],
    ['runs and is not ready', {}, { phase: 'Running', conditions: conditions(['Ready', 'False']) }, 'InProgress'],
    ['runs and is ready', {}, { phase: 'Running', conditions: conditions(['Ready', 'True']) }, 'Ready'],
    ['crashes again and again', {}, waiting('CrashLoopBackOff'), 'Failed'],
    ['pulls its image', {}, waiting('ContainerCreating'), 'InProgress'],
    ['succeeded', {}, { phase: 'Succeeded' }, 'Ready'],
    ['failed', {}, { phase: 'Failed' }, 'Failed'],
  ],
  'v1 Service': [
    ['is there', {}, {}, 'Ready'],
    ['balances without an address', { type: 'LoadBalancer' }, {}, 'InProgress'],
    ['balances with an address', { type: 'LoadBalancer', clusterIP: '10.0.0.1' }, {}, 'Ready'],
  ],
  'v1 PersistentVolumeClaim': [
    ['is unbound', {}, {}, 'InProgress'],
    ['is bound', {}, { phase: 'Bound' }, 'Ready'],
  ],
  'v1 ConfigMap': [['is there', {}, {}, 'Ready']],
  'apps/v1 Deployment': [
    ['was never seen', {}, {}, 'InProgress'],
    ['has rolled out', { replicas: 2 }, { ...rolled, conditions: available }, 'Ready'],
    ['is not available', { replicas: 2 }, rolled, 'InProgress'],
    ['has too few updated', { replicas: 2 }, { ...rolled, updatedReplicas: 1, conditions: available }, 'InProgress'],
    ['has too few ready', { replicas: 2 }, { ...rolled, readyReplicas: 1, conditions: available }, 'InProgress'],
    ['still has old ones', { replicas: 2 }, { ...rolled, replicas: 3, conditions: available }, 'InProgress'],
    [
      'makes no progress yet',
      { replicas: 2, progressDeadlineSeconds: 600 },
      { ...rolled, conditions: available },
      'InProgress',
    ],
    [
      'made progress',
      { replicas: 2, progressDeadlineSeconds: 600 },
      { ...rolled, conditions: conditions(['Available', 'True'], ['Progressing', 'True', 'NewReplicaSetAvailable']) },
      'Ready',
    ],
    [
      'missed its deadline',
      { replicas: 2 },
      { ...rolled, conditions: conditions(['Progressing', 'False', 'ProgressDeadlineExceeded']) },
      'Failed',
    ],
  ],
  'apps/v1 StatefulSet': [
    ['was never seen', {}, {}, 'InProgress'],
    ['has rolled out', { replicas: 2 }, settled, 'Ready'],
    ['has two revisions', { replicas: 2 }, { ...settled, updateRevision: 'b' }, 'InProgress'],
    ['has too few ready', { replicas: 2 }, { ...settled, readyReplicas: 1 }, 'InProgress'],
    ['has too many', { replicas: 1 }, { ...settled }, 'InProgress'],
    ['is updated by hand', { replicas: 2, updateStrategy: { type: 'OnDelete' } }, {}, 'Ready'],
    [
      'is updated up to its partition',
      { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      { ...settled, updatedReplicas: 1, updateRevision: 'b' },
      'Ready',
    ],
    [
      'is not updated up to its partition',
      { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      { ...settled, updatedReplicas: 0 },
      'InProgress',
    ],
  ],
  'apps/v1 ReplicaSet': [
    [
      'has rolled out',
      { replicas: 1 },
      { replicas: 1, fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1 },
      'Ready',
    ],
    ['has too few', { replicas: 1 }, {}, 'InProgress'],
    ['could not make one', { replicas: 0 }, { conditions: conditions(['ReplicaFailure', 'True']) }, 'InProgress'],
  ],
  'apps/v1 DaemonSet': [
    ['was never seen', {}, { desiredNumberScheduled: 0 }, 'InProgress'],
    ['has rolled out', {}, scheduled, 'Ready'],
    ['has too few ready', {}, { ...scheduled, numberReady: 1 }, 'InProgress'],
  ],
  'policy/v1 PodDisruptionBudget': [
    ['was never seen', {}, {}, 'InProgress'],
    ['is met', {}, { currentHealthy: 1, desiredHealthy: 1 }, 'Ready'],
    ['is not met', {}, { currentHealthy: 0, desiredHealthy: 1 }, 'InProgress'],
  ],
  'batch/v1 Job': [
    ['has not begun', {}, {}, 'InProgress'],
    ['runs', {}, { startTime: '2026-01-01T00:00:00Z' }, 'Ready'],
    ['is complete', {}, { conditions: conditions(['Complete', 'True']) }, 'Ready'],
    ['failed', {}, { startTime: '2026-01-01T00:00:00Z', conditions: conditions(['Failed', 'True']) }, 'Failed'],
  ],
  'apiextensions.k8s.io/v1 CustomResourceDefinition': [
    ['is new', {}, {}, 'InProgress'],
    ['is established', {}, { conditions: conditions(['NamesAccepted', 'True'], ['Established', 'True']) }, 'Ready'],
    ['is being installed', {}, { conditions: conditions(['Established', 'False', 'Installing']) }, 'InProgress'],
    ['has a name that is taken', {}, { conditions: conditions(['NamesAccepted', 'False']) }, 'Failed'],
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  const [apiVersion = '', kind = ''] = name.split(' ');
  test(`the readiness of a ${kind} is what kstatus says`, () => {
    for (const [what, spec, status, expected] of cases) {
      assert.equal(
        readinessOf({ apiVersion, kind, metadata: { name: 'a', generation: 1 }, spec, status }),
        expected,
        what,
      );
      const leaving = { name: 'a', generation: 1, deletionTimestamp: '2026-01-01T00:00:00Z' };
      assert.equal(readinessOf({ apiVersion, kind, metadata: leaving, spec, status }), 'Terminating', what);
    }
  });
}
