import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalog } from '#catalog/catalog.js';
import { scopedKinds } from '#catalog/scopes.js';
import { entryOf } from './rule-set.js';

test('a kind is looked at where its rules have rights: in a namespace and by a name where they say so', () => {
  const entry = entryOf({
    reads: {
      resources: [
        { as: 'seal', apiVersion: 'v1', kind: 'Secret', namespace: 'vault', name: 'seal' },
        { as: 'own', apiVersion: 'v1', kind: 'Secret', name: { path: 'spec.secret' } },
        { as: 'bound', apiVersion: 'v1', kind: 'ConfigMap', namespace: { path: 'spec.from' } },
      ],
    },
    writes: { resources: [{ apiVersion: 'batch/v1', kind: 'Job', namespaces: ['press', 'attic'] }] },
  });
  const everywhere = { namespace: undefined, name: undefined };
  assert.deepEqual(scopedKinds({ entries: [entry], stalled: [] } as unknown as Catalog), [
    { apiVersion: 'example.org/v1', kind: 'Gadget', scopes: [everywhere], isOutlined: false },
    { apiVersion: 'v1', kind: 'Secret', scopes: [{ namespace: 'vault', name: 'seal' }, everywhere], isOutlined: false },
    { apiVersion: 'v1', kind: 'ConfigMap', scopes: [everywhere], isOutlined: false },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      scopes: [
        { namespace: 'press', name: undefined },
        { namespace: 'attic', name: undefined },
      ],
      isOutlined: true,
    },
  ]);
});
