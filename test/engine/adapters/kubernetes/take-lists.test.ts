import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeLists } from '#adapters/kubernetes/take-lists.js';
import type { JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';

const MANAGER = 'edict:a';

function service(port: number, managedFields?: readonly JsonObject[]): KubernetesObject {
  const metadata = { name: 'web', ...(managedFields === undefined ? {} : { managedFields }) };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port }], type: 'ClusterIP' } };
}

const entry = (manager: string, operation: string, fieldsV1: JsonObject): JsonObject => ({
  manager,
  operation,
  fieldsV1,
});
const PORT = { 'k:{"port":81}': { '.': {}, 'f:port': {} } };

test('fields of others in a list that differs become those of the manager, and nothing else does', () => {
  const own = entry(MANAGER, 'Apply', { 'f:spec': { 'f:ports': {}, 'f:type': {} } });
  const other = entry('kubectl', 'Update', { 'f:spec': { 'f:ports': PORT, 'f:selector': {} } });
  assert.deepEqual(takeLists(service(81, [own, other]), service(80), MANAGER), [
    entry(MANAGER, 'Apply', { 'f:spec': { 'f:ports': PORT, 'f:type': {} } }),
    entry('kubectl', 'Update', { 'f:spec': { 'f:selector': {} } }),
  ]);
});

test('who owned nothing else is no manager any more; a status stays whose it is', () => {
  const own = entry(MANAGER, 'Apply', { 'f:spec': { 'f:type': {} } });
  const other = entry('kubectl', 'Update', { 'f:spec': { 'f:ports': PORT } });
  const status = { ...entry('controller', 'Update', { 'f:spec': { 'f:ports': PORT } }), subresource: 'status' };
  assert.deepEqual(takeLists(service(81, [own, other, status]), service(80), MANAGER), [
    entry(MANAGER, 'Apply', { 'f:spec': { 'f:ports': PORT, 'f:type': {} } }),
    status,
  ]);
});

test('there is nothing to take of lists that are equal, or that nobody else owns', () => {
  const own = entry(MANAGER, 'Apply', { 'f:spec': { 'f:ports': PORT } });
  const other = entry('kubectl', 'Update', { 'f:spec': { 'f:ports': PORT } });
  assert.equal(takeLists(service(80, [own, other]), service(80), MANAGER), undefined);
  assert.equal(takeLists(service(81, [own]), service(80), MANAGER), undefined);
});

test('who owned nothing but what was changed is a manager again', () => {
  const other = entry('kubectl', 'Update', { 'f:spec': { 'f:ports': PORT } });
  assert.deepEqual(takeLists(service(81, [other]), service(80), MANAGER), [
    { ...entry(MANAGER, 'Apply', { 'f:spec': { 'f:ports': PORT } }), apiVersion: 'v1', fieldsType: 'FieldsV1' },
  ]);
});
