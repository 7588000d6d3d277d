import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import type { ClusterEvent } from '#adapters/kubernetes/object-cache.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import { event, FakeApiServer, item, json, list, refuse, until } from './fake-api-server.js';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const PATH = /^\/api\/v1\/configmaps$/;

/** What the server has, and how it serves the watches that come. */
interface Behaviour {
  lists: ((response: ServerResponse, url: URL) => void)[];
  watches: ((response: ServerResponse, url: URL) => void)[];
}

let server: FakeApiServer;
let cluster: KubernetesCluster;
let behaviour: Behaviour;
let told: string[];
let troubles: string[];
let pauses: number[];

beforeEach(async () => {
  server = await FakeApiServer.start();
  server.version = 'v1.20.0';
  behaviour = { lists: [], watches: [] };
  [told, troubles, pauses] = [[], [], []];
  server.on('GET', PATH, (_, response, url) => {
    const queue = url.searchParams.has('watch') ? behaviour.watches : behaviour.lists;
    // The last behaviour stays.
    const [next] = queue.length > 1 ? queue.splice(0, 1) : queue;
    if (next === undefined) response.writeHead(200).flushHeaders();
    else next(response, url);
  });
  cluster = new KubernetesCluster({
    client: new RestClient(server.connection()),
    pause: async (milliseconds, signal) => {
      pauses.push(milliseconds);
      await setImmediate(undefined, signal === undefined ? {} : { signal });
    },
    onTrouble: (_, message) => troubles.push(message),
  });
  cluster.watch(({ type, object }: ClusterEvent) =>
    told.push(`${type} ${object.metadata.name} ${object.metadata.resourceVersion}`),
  );
});
afterEach(async () => {
  await cluster.close();
  await server.close();
});

const open = (response: ServerResponse): ServerResponse => {
  response.writeHead(200).flushHeaders();
  return response;
};
const watches = (): readonly URL[] =>
  server.requests.map(({ url }) => url).filter((url) => url.searchParams.has('watch'));
const lists = (): readonly URL[] =>
  server.requests.map(({ url }) => url).filter((url) => PATH.test(url.pathname) && !url.searchParams.has('watch'));
const versions = (): readonly (string | null)[] => watches().map((url) => url.searchParams.get('resourceVersion'));
const names = async (): Promise<readonly string[]> =>
  (await cluster.list(CONFIG_MAP)).map(({ metadata }) => metadata.name);

async function follow(): Promise<void> {
  cluster.follow(CONFIG_MAP);
  await cluster.synced();
  assert.equal(await cluster.availability(CONFIG_MAP), 'ready');
}

test('a list comes page by page, then a watch with bookmarks from its version on', async () => {
  behaviour.lists = [
    (response) => json(response, 200, list([item('a', '1')], '5', 'next')),
    (response, url) =>
      json(response, 200, list([item('b', '2')], url.searchParams.get('continue') === 'next' ? '5' : '0')),
  ];
  behaviour.watches = [(response) => void open(response).write(event('ADDED', item('c', '6')))];
  await follow();
  await until(() => told.length === 3);
  assert.deepEqual(told, ['Added a 1', 'Added b 2', 'Added c 6']);
  assert.equal(lists()[0]?.searchParams.get('limit'), '500');
  const [watch] = watches();
  assert.equal(watch?.searchParams.get('resourceVersion'), '5');
  assert.equal(watch?.searchParams.get('allowWatchBookmarks'), 'true');
  const seconds = Number(watch?.searchParams.get('timeoutSeconds'));
  assert.ok(seconds >= 300 && seconds < 600);
  assert.deepEqual(await names(), ['a', 'b', 'c']);
  assert.equal((await cluster.get({ ...CONFIG_MAP, namespace: 'default', name: 'a' }))?.kind, 'ConfigMap');
});

test('a watch that breaks off in the middle of an event goes on where it was', async () => {
  behaviour.lists = [(response) => json(response, 200, list([item('z', '1')], '5'))];
  const line = event('ADDED', item('ä', '7', { data: { text: 'ü'.repeat(9) } }));
  behaviour.watches = [
    (response) => {
      open(response).write(event('ADDED', item('a', '6')));
      response.write(Buffer.from(line).subarray(0, 60));
      setTimeout(() => response.destroy(), 20);
    },
    (response) => {
      open(response);
      // Its bytes come one by one, so that characters are torn apart.
      for (const byte of Buffer.from(line)) response.write(Buffer.from([byte]));
    },
  ];
  await follow();
  await until(() => told.length === 3);
  assert.deepEqual(told, ['Added z 1', 'Added a 6', 'Added ä 7']);
  assert.deepEqual(versions().slice(0, 2), ['5', '6']);
  assert.equal(lists().length, 1);
});

test('a watch that ends well goes on from the last bookmark', async () => {
  behaviour.lists = [(response) => json(response, 200, list([], '5'))];
  behaviour.watches = [
    (response) => void open(response).end(event('BOOKMARK', { metadata: { resourceVersion: '90' } })),
    (response) => void open(response),
  ];
  await follow();
  await until(() => watches().length === 2);
  assert.deepEqual(versions(), ['5', '90']);
});

test('a version that is gone leads to a new list, and what it lacks is told as deleted', async () => {
  behaviour.lists = [
    (response) => json(response, 200, list([item('a', '1'), item('b', '2'), item('c', '3')], '5')),
    (response) => json(response, 200, list([item('a', '1'), item('b', '8')], '9')),
  ];
  const status = { kind: 'Status', code: 410, reason: 'Expired', metadata: {} };
  behaviour.watches = [
    (response) => void open(response).write(event('ERROR', status)),
    (response) => void open(response),
  ];
  await follow();
  await until(() => told.length === 5);
  assert.deepEqual(told.slice(3), ['Modified b 8', 'Deleted c 3']);
});

test('a watch that is answered with 410 leads to a new list too', async () => {
  behaviour.lists = [(response) => json(response, 200, list([item('a', '1')], '5'))];
  behaviour.watches = [(response) => refuse(response, 410, 'Expired', 'too old'), (response) => void open(response)];
  await follow();
  assert.equal(lists().length, 2);
});

test('pages that compaction overtook are asked for at once', async () => {
  behaviour.lists = [
    (response) => json(response, 200, list([item('a', '1')], '5', 'next')),
    (response) => refuse(response, 410, 'Expired', 'continue is too old'),
    (response) => json(response, 200, list([item('a', '1'), item('b', '2')], '7')),
  ];
  await follow();
  assert.deepEqual(await names(), ['a', 'b']);
  assert.equal(lists()[2]?.searchParams.get('limit'), null);
});

test('garbage is overcome: first where the watch was, in the end by a new list', async () => {
  behaviour.lists = [(response) => json(response, 200, list([item('a', '1')], '5'))];
  const garbage = (text: string) => (response: ServerResponse) => void open(response).write(text);
  behaviour.watches = [
    garbage('<html>\n'),
    garbage('{"type": "ADDED"}\n'),
    garbage('{"type": "STRANGE", "object": {"metadata": {}}}\n'),
    (response) => void open(response).write(event('ADDED', item('b', '6'))),
  ];
  await follow();
  await until(() => told.length === 2);
  assert.deepEqual(told, ['Added a 1', 'Added b 6']);
  assert.equal(lists().length, 2);
});

test('a kind whose list or watch is refused is forbidden, until it is permitted', async () => {
  const seen: string[] = [];
  cluster.watchAvailability((_, availability) => seen.push(availability));
  behaviour.lists = [
    (response) => refuse(response, 403, 'Forbidden', 'no'),
    (response) => json(response, 200, list([item('a', '1')], '5')),
  ];
  behaviour.watches = [
    (response) => refuse(response, 403, 'Forbidden', 'no'),
    (response) => refuse(response, 403, 'Forbidden', 'no'),
    (response) => void open(response),
  ];
  cluster.follow(CONFIG_MAP);
  await until(async () => (await cluster.availability(CONFIG_MAP)) === 'ready');
  assert.deepEqual(seen, ['forbidden', 'ready']);
});

test('a kind that the server no longer knows is absent, and nothing of it counts as gone', async () => {
  behaviour.lists = [
    (response) => json(response, 200, list([item('a', '1')], '5')),
    (response) => refuse(response, 404, 'NotFound', 'the server could not find the requested resource'),
  ];
  behaviour.watches = [(response) => refuse(response, 410, 'Expired', 'too old')];
  cluster.follow(CONFIG_MAP);
  await until(async () => (await cluster.availability(CONFIG_MAP)) === 'absent');
  assert.deepEqual(told, ['Added a 1']);
});

test('failures of the server do not end it, and what is known stays', async () => {
  behaviour.lists = [
    (response) => refuse(response, 500, 'InternalError', 'no'),
    (response) => void response.destroy(),
    (response) => json(response, 200, list([item('a', '1')], '5')),
  ];
  behaviour.watches = [
    (response) => refuse(response, 500, 'InternalError', 'no'),
    (response) => void response.destroy(),
    (response) => void open(response).write(event('MODIFIED', item('a', '6'))),
  ];
  await follow();
  await until(() => told.length === 2);
  assert.deepEqual(told, ['Added a 1', 'Modified a 6']);
  assert.ok(troubles.length >= 3);
});

test('a streamed list counts when its end is marked', async () => {
  server.version = 'v1.36.1';
  let stream: ServerResponse | undefined;
  behaviour.watches = [
    (response, url) => {
      assert.equal(url.searchParams.get('sendInitialEvents'), 'true');
      assert.equal(url.searchParams.get('resourceVersionMatch'), 'NotOlderThan');
      open(response).write(event('ADDED', item('a', '1')));
      response.write(event('ADDED', item('b', '2')));
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      setTimeout(() => response.write(event('BOOKMARK', { metadata: { resourceVersion: '5', annotations } })), 20);
      stream = response;
    },
  ];
  await follow();
  assert.deepEqual(told, ['Added a 1', 'Added b 2']);
  stream?.write(event('DELETED', item('b', '6')));
  await until(() => told.length === 3);
  assert.equal(lists().length, 0);
});

test('a streamed list without objects is followed by an ordinary one and a watch at once', async () => {
  server.version = 'v1.36.1';
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  behaviour.lists = [(response) => json(response, 200, list([item('a', '1')], '5'))];
  behaviour.watches = [
    (response) => void open(response).write(event('BOOKMARK', { metadata: { resourceVersion: '5', annotations } })),
    (response) => void open(response),
  ];
  await follow();
  assert.deepEqual(await names(), ['a']);
  assert.deepEqual(versions(), [null, '5']);
  assert.deepEqual(pauses, []);
});

test('a streamed list without objects is not asked for again without a pause where lists have no version', async () => {
  server.version = 'v1.36.1';
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  behaviour.lists = [(response) => json(response, 200, list([], ''))];
  behaviour.watches = [
    (response) => void open(response).write(event('BOOKMARK', { metadata: { resourceVersion: '5', annotations } })),
  ];
  cluster.follow(CONFIG_MAP);
  await until(() => watches().length > 3);
  assert.ok(pauses.length >= watches().length - 1);
});

test('a server that does not stream lists is asked for pages', async () => {
  server.version = 'v1.30.0';
  behaviour.lists = [(response) => json(response, 200, list([item('a', '1')], '5'))];
  behaviour.watches = [
    (response) => refuse(response, 422, 'Invalid', 'sendInitialEvents'),
    (response) => void open(response),
  ];
  await follow();
  assert.deepEqual(await names(), ['a']);
  assert.deepEqual(troubles, []);
});
