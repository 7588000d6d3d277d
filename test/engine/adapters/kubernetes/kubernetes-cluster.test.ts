import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import { EdictError } from '#errors/edict-error.js';
import { FakeApiServer, item, json, list, refuse } from './fake-api-server.js';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
let server: FakeApiServer;
let cluster: KubernetesCluster;
let troubles: string[];

beforeEach(async () => {
  server = await FakeApiServer.start();
  server.version = 'v1.20.0';
  troubles = [];
  const client = new RestClient(server.connection());
  cluster = new KubernetesCluster({ client, onTrouble: (_, message) => troubles.push(message) });
});
afterEach(async () => {
  await cluster.close();
  await server.close();
});

/** Lists these objects in all namespaces, and tells nothing of them afterwards. */
function serve(objects: readonly object[]): void {
  server.on('GET', /^\/api\/v1\/configmaps$/, (_, response, url) =>
    url.searchParams.has('watch')
      ? void response.writeHead(200).flushHeaders()
      : json(response, 200, list(objects, '5')),
  );
}

test('of one namespace a kind is followed by itself; what lies elsewhere is asked of the server', async () => {
  const one = { metadata: { name: 'a', namespace: 'one', uid: 'u', resourceVersion: '1' } };
  server.on('GET', /namespaces\/one\/configmaps$/, (_, response, url) =>
    url.searchParams.has('watch') ? void response.writeHead(200).flushHeaders() : json(response, 200, list([one], '5')),
  );
  server.on('GET', /namespaces\/two\/configmaps\/b$/, (_, response) =>
    json(response, 200, { ...CONFIG_MAP, ...item('b', '2') }),
  );
  serve([one, item('c', '2')]);
  cluster.follow(CONFIG_MAP, 'one');
  await cluster.synced();
  const before = server.requests.length;
  assert.ok((await cluster.get({ ...CONFIG_MAP, namespace: 'one', name: 'a' })) !== null);
  assert.equal(await cluster.get({ ...CONFIG_MAP, namespace: 'one', name: 'b' }), null);
  assert.equal(server.requests.length, before);
  assert.equal((await cluster.get({ ...CONFIG_MAP, namespace: 'two', name: 'b' }))?.metadata.name, 'b');
  assert.equal((await cluster.list({ ...CONFIG_MAP })).length, 2);
  assert.equal(server.requests.length, before + 2);
});

test('of a kind with scopes just these are asked for, and together they are all that there is', async () => {
  const at = (namespace: string, name: string): object => ({
    metadata: { name, namespace, uid: name, resourceVersion: '1' },
  });
  const asked: string[] = [];
  server.on('GET', /namespaces\/(one|two)\/configmaps$/, (_, response, url) => {
    const [, namespace = ''] = /namespaces\/(\w+)/.exec(url.pathname) ?? [];
    if (url.searchParams.has('watch')) return void response.writeHead(200).flushHeaders();
    asked.push(`${namespace} ${url.searchParams.get('fieldSelector')}`);
    return json(response, 200, list([at(namespace, 'a')], '5'));
  });
  const scopes = [{ namespace: 'one', name: 'a' }, { namespace: 'two' }];
  cluster.serve([{ ...CONFIG_MAP, scopes }]);
  await cluster.synced();
  assert.equal(await cluster.availability(CONFIG_MAP), 'ready');
  assert.deepEqual(asked.sort(), ['one metadata.name=a', 'two null']);
  const found = await cluster.list(CONFIG_MAP);
  assert.deepEqual(
    found.map(({ metadata }) => metadata.namespace),
    ['one', 'two'],
  );
  assert.equal((await cluster.list({ ...CONFIG_MAP, namespace: 'two' })).length, 1);
  assert.ok((await cluster.get({ ...CONFIG_MAP, namespace: 'one', name: 'a' })) !== null);
});

test('a kind is readable only where all of its scopes are, and the missing right names its scope', async () => {
  server.on('GET', /namespaces\/one\/configmaps$/, (_, response, url) =>
    url.searchParams.has('watch') ? void response.writeHead(200).flushHeaders() : json(response, 200, list([], '5')),
  );
  server.on('GET', /namespaces\/two\/configmaps$/, (_, response) =>
    json(response, 403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' }),
  );
  cluster.serve([{ ...CONFIG_MAP, scopes: [{ namespace: 'one' }, { namespace: 'two', name: 'a' }] }]);
  await cluster.synced();
  assert.equal(await cluster.availability(CONFIG_MAP), 'forbidden');
  assert.equal(
    await cluster.remedyFor(CONFIG_MAP),
    'Add to a Role in namespace two, or a ClusterRole, that is bound to Edict: {apiGroups: [""], resources: ["configmaps"], resourceNames: ["a"], verbs: ["get", "list", "watch"]}',
  );
});

test('a record of what a rule wrote is asked of the server, however empty its kind seems', async () => {
  const record = { ...CONFIG_MAP, namespace: 'elsewhere', name: 'edict-inventory-a-b' };
  server.on('GET', /namespaces\/elsewhere\/configmaps\/edict-inventory-a-b$/, (_, response) =>
    json(response, 200, { ...CONFIG_MAP, metadata: { name: record.name, namespace: record.namespace } }),
  );
  serve([]);
  cluster.follow(CONFIG_MAP);
  await cluster.synced();
  assert.equal((await cluster.get(record))?.metadata.name, record.name);
});

test('of a kind that is only written, what is no child is kept as an outline, and asked of the server when it is meant', async () => {
  const child = {
    metadata: { name: 'child', namespace: 'one', uid: 'c', resourceVersion: '1', labels: { 'edict.dev/owner': 'h' } },
    data: { kept: 'whole' },
  };
  const other = {
    metadata: { name: 'other', namespace: 'one', uid: 'o', resourceVersion: '2', labels: { app: 'shop' } },
    data: { much: 'text' },
  };
  serve([child, other]);
  server.on('GET', /namespaces\/one\/configmaps\/other$/, (_, response) =>
    json(response, 200, { ...CONFIG_MAP, ...other }),
  );
  cluster.serve([{ ...CONFIG_MAP, isOutlined: true }]);
  await cluster.synced();
  const before = server.requests.length;
  const children = await cluster.list({ ...CONFIG_MAP, labels: { 'edict.dev/owner': 'h' } });
  assert.deepEqual(
    children.map(({ data }) => data),
    [child.data],
  );
  assert.deepEqual((await cluster.get({ ...CONFIG_MAP, namespace: 'one', name: 'child' }))?.data, child.data);
  assert.equal(await cluster.get({ ...CONFIG_MAP, namespace: 'one', name: 'absent' }), null);
  assert.equal(server.requests.length, before);
  assert.deepEqual((await cluster.get({ ...CONFIG_MAP, namespace: 'one', name: 'other' }))?.data, other.data);
  assert.deepEqual((await cluster.list(CONFIG_MAP))[1]?.data, other.data);
  assert.equal(server.requests.length, before + 2);
  // A rule that reads the kind came with a reload: all of its objects are read anew.
  cluster.serve([{ ...CONFIG_MAP, isOutlined: false }]);
  await cluster.synced();
  const after = server.requests.length;
  assert.deepEqual((await cluster.list(CONFIG_MAP))[1]?.data, other.data);
  assert.equal(server.requests.length, after);
});

test('what a write answers is whole, whatever is kept of it', async () => {
  serve([]);
  server.on('PATCH', /namespaces\/one\/configmaps\/record$/, (_, response) =>
    json(response, 200, {
      ...CONFIG_MAP,
      metadata: { name: 'record', namespace: 'one', uid: 'r', resourceVersion: '9' },
      data: { kinds: 'v1 Pod' },
    }),
  );
  cluster.serve([{ ...CONFIG_MAP, isOutlined: true }]);
  await cluster.synced();
  const object = { ...CONFIG_MAP, metadata: { name: 'record', namespace: 'one' } };
  const applied = await cluster.apply({ object, fieldManager: 'edict', force: true });
  assert.deepEqual(applied.data, { kinds: 'v1 Pod' });
});

test('a listener that fails hinders nobody', async () => {
  cluster.watch(() => {
    throw new Error('mine');
  });
  const after: string[] = [];
  cluster.watch(({ object }) => after.push(object.metadata.name));
  serve([item('a', '1'), item('b', '2')]);
  cluster.follow(CONFIG_MAP);
  await cluster.synced();
  assert.deepEqual(after, ['a', 'b']);
  assert.deepEqual(troubles, ['a listener failed: mine', 'a listener failed: mine']);
});

test('a server that does not answer yet is waited for, and why is told each time', async () => {
  const patient = new KubernetesCluster({
    client: new RestClient(server.connection(), { pause: async () => undefined }),
    pause: async () => undefined,
  });
  const answers = [500, 0, 0, 0, 0, 0, 429, 429, 429, 429, 429];
  server.on('GET', /^\/version$/, (_, response) => {
    const answer = answers.shift();
    if (answer === undefined) json(response, 200, { gitVersion: 'v1.36.1' });
    else if (answer === 0) response.destroy();
    else refuse(response, answer, 'Busy', 'not yet');
  });
  const whys: string[] = [];
  const { version } = await patient.reached(new AbortController().signal, (why) => whys.push(why));
  assert.equal(version, 'v1.36.1');
  assert.equal(whys.length, 3);
  assert.match(whys[0] ?? '', /500 Busy/);
  await patient.close();
});

test('a server that goes on refusing the credentials is not waited for, nor one for which there are none', async () => {
  server.on('GET', /^\/version$/, (_, response) => refuse(response, 401, 'Unauthorized', 'no'));
  const none = new EdictError({ code: 'ClusterUnavailable', message: 'no credentials can be had', location: {} });
  const without = { ...server.connection(), credentials: () => Promise.reject(none) };
  const whys: string[] = [];
  const reached = (client: RestClient): Promise<unknown> =>
    new KubernetesCluster({ client, pause: async () => undefined }).reached(new AbortController().signal, (why) =>
      whys.push(why),
    );
  await assert.rejects(reached(new RestClient(server.connection())), { code: 'ClusterForbidden' });
  assert.equal(whys.length, 5);
  await assert.rejects(reached(new RestClient(without)), none);
  assert.equal(whys.length, 5);
});

test('waiting for a server, or for its objects, ends when it is told to', async () => {
  server.on('GET', /./, (_, response) => refuse(response, 500, 'InternalError', 'no'));
  const [ends, reason] = [new AbortController(), new Error('enough')];
  cluster.follow(CONFIG_MAP);
  const waits = [cluster.reached(ends.signal, () => ends.abort(reason)), cluster.synced(ends.signal)];
  await Promise.all(waits.map((wait) => assert.rejects(wait, reason)));
  await assert.rejects(cluster.synced(ends.signal), reason);
});
