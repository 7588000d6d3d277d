import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '#model/json.js';
import { assertRefused, configMap, desired, OWNER, resources } from './rendering.js';

const HANDLE = { $secret: { as: 'credentials', key: 'k' } };

/** What a template returns for these patches. */
const patches = (...items: readonly Json[]): JsonObject => ({ patches: items });

const deployment = (more: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', ...((more.metadata as JsonObject | undefined) ?? {}) },
  ...(more.spec === undefined ? {} : { spec: more.spec }),
});

const containers = (...items: readonly Json[]): JsonObject => ({
  spec: { template: { spec: { containers: items } } },
});

test('patches get the namespace of their owner, and come in the order of waves and names', async () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { 'example.org/pool': 'gpu' } } };
  const sidecar = deployment(containers({ name: 'sidecar', image: 'x' }));
  const output = patches({ wave: 1, object: sidecar }, node, configMap({ data: { a: 'b' } }));
  const rendered = await desired(output);
  assert.deepEqual(
    rendered.patches.map(({ object, wave }) => [wave, object.kind, object.metadata.namespace]),
    [
      [0, 'ConfigMap', 'x'],
      [0, 'Node', undefined],
      [1, 'Deployment', 'x'],
    ],
  );
  assert.deepEqual(rendered.resources, []);
});

test('a patch is refused unless the rule lists all that it sets', () =>
  assertRefused({
    'a kind that is not listed': [
      patches({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { a: 1 } }),
      'WriteForbidden',
      'desired.patches[0]',
    ],
    'a field beside those that are listed': [
      patches(deployment({ spec: { replicas: 1 } })),
      'WriteForbidden',
      'desired.patches[0].spec.replicas',
    ],
    'a field above one that is listed': [
      patches(deployment({ spec: { template: {} } })),
      'WriteForbidden',
      'desired.patches[0].spec.template',
    ],
    'another label than the one that is listed': [
      patches({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { other: 'x' } } }),
      'WriteForbidden',
    ],
    'a field whose name only begins alike': [
      patches(deployment({ spec: { template: { spec: { containersMore: [] } } } })),
      'WriteForbidden',
    ],
    'labels where annotations are listed': [
      patches(deployment({ metadata: { labels: { a: 'b' } } })),
      'WriteForbidden',
    ],
    'another namespace': [
      patches(deployment({ metadata: { namespace: 'y', annotations: { a: 'b' } } })),
      'NamespaceForbidden',
      'desired.patches[0].metadata.namespace',
    ],
    'a status': [
      patches({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { phase: 'x' } }),
      'TemplateOutputInvalid',
    ],
    "an annotation of Edict's own": [
      patches(deployment({ metadata: { annotations: { 'edict.dev/applied': 'x' } } })),
      'TemplateOutputInvalid',
    ],
    'owner references': [patches(deployment({ metadata: { ownerReferences: [] } })), 'TemplateOutputInvalid'],
    'a value of a Secret': [patches(deployment(containers({ name: 'a', image: HANDLE }))), 'SecretForbidden'],
    null: [patches(deployment(containers({ name: 'a', image: null }))), 'TemplateOutputInvalid'],
    'the object itself': [
      patches({
        apiVersion: OWNER.apiVersion,
        kind: OWNER.kind,
        metadata: { name: OWNER.metadata.name },
        spec: { a: 1 },
      }),
      'TemplateOutputInvalid',
      'desired.patches[0]',
    ],
    'one object twice': [
      patches(configMap({ data: { a: 'b' } }), configMap({ data: { c: 'd' } })),
      'PathTaken',
      'desired.patches[1]',
    ],
    'an object that is rendered too': [
      { ...(resources(configMap()) as JsonObject), ...patches(configMap({ data: { a: 'b' } })) },
      'TemplateOutputInvalid',
      'desired.patches[0]',
    ],
  }));
