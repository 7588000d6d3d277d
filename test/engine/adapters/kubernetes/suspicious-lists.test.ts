import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import { event, FakeApiServer, item, json, list, refuse, until } from './fake-api-server.js';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const PATH = /^\/api\/v1\/configmaps$/;

let server: FakeApiServer;
let cluster: KubernetesCluster;
/** How the lists and watches that come are answered, the last one for ever. */
let behaviour: Record<'lists' | 'watches', ((response: ServerResponse) => void)[]>;
let told: string[];
let troubles: string[];

beforeEach(async () => {
  server = await FakeApiServer.start();
  server.version = 'v1.20.0';
  behaviour = { lists: [], watches: [(response) => void open(response)] };
  [told, troubles] = [[], []];
  server.on('GET', PATH, (_, response, url) => {
    const queue = url.searchParams.has('watch') ? behaviour.watches : behaviour.lists;
    const [next] = queue.length > 1 ? queue.splice(0, 1) : queue;
    next?.(response);
  });
  cluster = new KubernetesCluster({
    client: new RestClient(server.connection()),
    pause: async (_, signal) => {
      await setImmediate(undefined, signal === undefined ? {} : { signal });
    },
    onTrouble: (_, message) => troubles.push(message),
  });
  cluster.watch(({ type, object: { metadata } }) => told.push(`${type} ${metadata.name} ${metadata.resourceVersion}`));
});
afterEach(async () => {
  await cluster.close();
  await server.close();
});

const open = (response: ServerResponse): ServerResponse => {
  response.writeHead(200).flushHeaders();
  return response;
};
const lists = (): readonly URL[] =>
  server.requests.map(({ url }) => url).filter((url) => PATH.test(url.pathname) && !url.searchParams.has('watch'));
const names = async (): Promise<readonly string[]> =>
  (await cluster.list(CONFIG_MAP)).map(({ metadata }) => metadata.name);

async function follow(): Promise<void> {
  cluster.follow(CONFIG_MAP);
  await cluster.synced();
}

test('a list that comes back empty is made again before anything counts as gone', async () => {
  behaviour.lists = [
    (response) => json(response, 200, list([item('a', '1'), item('b', '2')], '5')),
    (response) => json(response, 200, list([], '6')),
    (response) => json(response, 200, list([item('a', '1')], '7')),
  ];
  behaviour.watches = [(response) => refuse(response, 410, 'Expired', 'too old'), (response) => void open(response)];
  await follow();
  await until(() => told.length === 3);
  assert.deepEqual(told, ['Added a 1', 'Added b 2', 'Deleted b 2']);
  assert.equal(lists().length, 3);
});

test('a list that is empty again is not believed while an object that it lacks can be read', async () => {
  const empty = (response: ServerResponse): void => json(response, 200, list([], '6'));
  const full = (response: ServerResponse): void => json(response, 200, list([item('a', '1')], '5'));
  behaviour.lists = [full, empty, empty];
  behaviour.watches = [
    (response) => void open(response).end(event('ERROR', { kind: 'Status', code: 410, metadata: {} })),
    (response) => void open(response),
  ];
  let asked = 0;
  server.on('GET', /\/configmaps\/a$/, (_, response) => {
    if (asked++ === 0) behaviour.lists = [full];
    json(response, 200, item('a', '1'));
  });
  await follow();
  await until(() => lists().length === 4);
  assert.equal(asked, 1);
  assert.deepEqual(told, ['Added a 1']);
});

test('some of what an empty list lacks may be gone indeed: the rest still counts against it', async () => {
  const empty = (response: ServerResponse): void => json(response, 200, list([], '60'));
  const items = Array.from({ length: 40 }, (_, index) => item(`o${index}`, String(index + 1)));
  behaviour.lists = [(response) => json(response, 200, list(items, '50')), empty, empty];
  behaviour.watches = [(response) => refuse(response, 410, 'Expired', 'too old'), (response) => void open(response)];
  server.on('GET', /\/configmaps\/o\d+$/, (_, response, url) => {
    const [, name = ''] = /\/(o\d+)$/.exec(url.pathname) ?? [];
    // The first half went while nobody watched.
    if (Number(name.slice(1)) < 20) refuse(response, 404, 'NotFound', 'gone');
    else behaviour.lists = [(then) => json(then, 200, list(items.slice(20), '70'))];
    if (Number(name.slice(1)) >= 20) json(response, 200, item(name, '1'));
  });
  await follow();
  await until(() => told.length === 60);
  assert.deepEqual(
    told.slice(40),
    items.slice(0, 20).map(({ metadata }) => `Deleted ${metadata.name} ${metadata.resourceVersion}`),
  );
});

test('a first list without objects is made again before it is believed that there are none', async () => {
  behaviour.lists = [
    (response) => json(response, 200, list([], '5')),
    (response) => json(response, 200, list([item('a', '1')], '5')),
  ];
  await follow();
  assert.deepEqual(await names(), ['a']);
  assert.deepEqual(troubles, []);
});

test('a page without objects, of a list that has some, is no list', async () => {
  const emptied = {
    ...list([], '5', 'next'),
    metadata: { resourceVersion: '5', continue: 'next', remainingItemCount: 7 },
  };
  behaviour.lists = [
    (response) => json(response, 200, emptied),
    (response) => json(response, 200, list([item('a', '1')], '5')),
  ];
  await follow();
  assert.deepEqual(await names(), ['a']);
  assert.equal(
    lists().some((url) => url.searchParams.has('continue')),
    false,
  );
});
