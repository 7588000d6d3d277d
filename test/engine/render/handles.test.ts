import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EdictError } from '#errors/edict-error.js';
import type { Facts } from '#model/facts.js';
import type { JsonObject } from '#model/json.js';
import { noFacts } from '#observe/observe.js';
import { refuseForgedHandles } from '#render/handles.js';
import { entryOf } from '../catalog/rule-set.js';
import { OWNER } from './rendering.js';

const ORIGIN = { template: 't', rule: 'r', object: 'Gadget/x/g' };
const read = (kind: string) => entryOf({ reads: { resources: [{ as: 'it', apiVersion: 'v1', kind, name: 'n' }] } });

/** Where a handle is found to be forged; undefined: nowhere. */
function forgedAt(more: JsonObject, others: Partial<Facts> = {}, entry = read('Secret')): string | undefined {
  const facts = { ...noFacts({ ...OWNER, ...more }, entry.rule), ...others };
  try {
    refuseForgedHandles(facts, entry, ORIGIN);
    return undefined;
  } catch (error) {
    const { code, location } = (error as EdictError).faults[0] ?? {};
    assert.equal(code, 'SecretForbidden');
    return location?.path;
  }
}

test('what is copied from a custom resource, or from what else was read, is never a handle', () => {
  const handle = { $secret: { as: 'it', key: 'k' } };
  assert.equal(forgedAt({ spec: { data: { a: handle } } }), 'spec.data.a.$secret');
  assert.equal(forgedAt({ spec: { env: [{ name: '$secret', value: { as: 'it', key: 'k' } }] } }), 'spec.env[0].name');
  assert.equal(forgedAt({ metadata: { name: 'g', labels: { $secret: 'a' } } }), 'metadata.labels.$secret');
  assert.equal(forgedAt({}, { related: { map: { data: { $secret: 'x' } } } }), 'related.map.data.$secret');
  const child = { apiVersion: 'v1', kind: 'Pod', metadata: {}, readiness: 'Ready', status: [handle] } as const;
  assert.equal(forgedAt({}, { children: { 'Pod/x/g': child } }), 'children["Pod/x/g"].status[0].$secret');
});

test('the word within a text is no handle, nor is anything where the rule reads no Secret', () => {
  assert.equal(forgedAt({ spec: { command: 'echo $secret' } }), undefined);
  assert.equal(forgedAt({ spec: { $secret: 1 } }, {}, read('ConfigMap')), undefined);
  assert.equal(forgedAt({ status: { $secret: 'told by a template, and not seen by desired' } }), undefined);
});
