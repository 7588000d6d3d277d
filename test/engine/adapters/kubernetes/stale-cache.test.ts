import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, test } from 'node:test';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import type { KubernetesObject } from '#model/object.js';
import { event, FakeApiServer, item, json, list, refuse, until } from './fake-api-server.js';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const KEY = { ...CONFIG_MAP, namespace: 'default', name: 'owner' };
const CHILD = item('child', '2', {});
const OWNED = {
  ...CHILD,
  metadata: { ...CHILD.metadata, ownerReferences: [{ ...CONFIG_MAP, name: 'owner', uid: 'uid-owner' }] },
};

let server: FakeApiServer;
let cluster: KubernetesCluster;
let watch: ServerResponse;
/** The owner as the server has it, which its watch does not tell. */
let live: object | undefined;
let asked: number;

beforeEach(async () => {
  server = await FakeApiServer.start();
  server.version = 'v1.20.0';
  [live, asked] = [item('owner', '1'), 0];
  server.on('GET', /\/configmaps$/, (_, response, url) => {
    if (!url.searchParams.has('watch')) return json(response, 200, list([item('owner', '1'), OWNED], '5'));
    watch = response;
    response.writeHead(200).flushHeaders();
  });
  server.on('GET', /\/configmaps\/owner$/, (_, response) => {
    asked++;
    if (live === undefined) refuse(response, 404, 'NotFound', 'no');
    else json(response, 200, { ...CONFIG_MAP, ...live });
  });
  cluster = new KubernetesCluster({ client: new RestClient(server.connection()) });
  cluster.follow(CONFIG_MAP);
  await cluster.synced();
});
afterEach(async () => {
  await cluster.close();
  await server.close();
});

const owner = (): Promise<KubernetesObject | null> => cluster.get(KEY);
const successor = { metadata: { ...item('owner', '9').metadata, uid: 'another' } };
const writeStatus = () => cluster.updateStatus({ key: KEY, uid: 'uid-owner', status: { said: 'something' } });

test('a conflict makes known what there is, though the watch does not tell', async () => {
  server.on('PATCH', /\/owner$/, (_, response) => refuse(response, 409, 'Conflict', 'another'));
  live = successor;
  await assert.rejects(writeStatus(), { code: 'ObjectConflict' });
  assert.equal((await owner())?.metadata.uid, 'another');
});

test('an object that cannot be written because it is gone is known to be gone', async () => {
  server.on('PATCH', /\/owner$/, (_, response) =>
    json(response, 404, { kind: 'Status', code: 404, reason: 'NotFound', message: 'no', details: { name: 'owner' } }),
  );
  live = undefined;
  await assert.rejects(writeStatus(), { code: 'ObjectNotFound' });
  assert.equal(await owner(), null);
});

test('an object that is not deleted for a conflict is one to delete again, unless it is another one', async () => {
  server.on('DELETE', /\/owner$/, (_, response) => refuse(response, 409, 'Conflict', 'not now'));
  await assert.rejects(cluster.delete({ key: KEY, uid: 'uid-owner' }), { code: 'ObjectConflict' });
  live = successor;
  await cluster.delete({ key: KEY, uid: 'uid-owner' });
  assert.equal((await owner())?.metadata.uid, 'another');
});

test('a child that somebody else removes makes one ask whether its owner is still there', async () => {
  live = undefined;
  watch.write(event('DELETED', { ...OWNED, metadata: { ...OWNED.metadata, resourceVersion: '7' } }));
  await until(async () => (await owner()) === null);
  assert.equal(asked, 1);
});

test('a child that was removed by us, or belongs to another owner, does not', async () => {
  const gone = { ...CONFIG_MAP, metadata: { ...OWNED.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  server.on('DELETE', /\/child$/, (_, response) => json(response, 200, gone));
  await cluster.delete({ key: { ...KEY, name: 'child' }, uid: 'uid-child' });
  const other = {
    ...CHILD.metadata,
    name: 'other',
    ownerReferences: [{ ...CONFIG_MAP, name: 'owner', uid: 'before' }],
  };
  watch.write(event('ADDED', { metadata: { ...other, resourceVersion: '7' } }));
  watch.write(event('DELETED', { metadata: { ...other, resourceVersion: '8' } }));
  watch.write(event('ADDED', item('last', '9')));
  await until(async () => (await cluster.get({ ...KEY, name: 'last' })) !== null);
  assert.equal(asked, 0);
});
