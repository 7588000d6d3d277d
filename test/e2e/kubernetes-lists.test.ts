import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import type { KubernetesObject } from '#model/object.js';
import { MANAGER, startWorld, type World } from './world.js';

let world: World;
let cluster: KubernetesCluster;

before(async () => {
  world = await startWorld();
  cluster = new KubernetesCluster({ client: world.client });
});
after(async () => {
  await cluster?.close();
  await world?.stop();
});

test('a list whose key somebody else changed is put right, and nobody else owns it afterwards', async () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'drifted', namespace: 'default' },
    spec: { ports: [{ name: 'grpc', port: 9090 }] },
  } as KubernetesObject;
  const request = { object: service, fieldManager: MANAGER, force: true };
  await cluster.apply(request);
  const ports = () => world.succeed(['get', 'service', 'drifted', '-o', 'jsonpath={.spec.ports[*].port}']);
  for (const patch of [
    '[{"op": "replace", "path": "/spec/ports/0/port", "value": 9999}]',
    '[{"op": "replace", "path": "/spec/ports/0/port", "value": 1}, {"op": "add", "path": "/spec/ports/-", "value": {"name": "b", "port": 2}}]',
  ]) {
    await world.succeed(['patch', 'service', 'drifted', '--type=json', '-p', patch]);
    assert.notEqual(await ports(), '9090');
    await cluster.apply(request);
    assert.equal(await ports(), '9090');
    const managers = await world.succeed([
      'get',
      'service',
      'drifted',
      '-o',
      'jsonpath={.metadata.managedFields[*].manager}',
    ]);
    assert.equal(managers, MANAGER);
  }
});
