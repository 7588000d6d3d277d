import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Credentials } from '#adapters/kubernetes/connection.js';
import { Discovery, pathOf, resourceName } from '#adapters/kubernetes/discovery.js';
import { DispatcherPool } from '#adapters/kubernetes/dispatchers.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import { FakeApiServer, json, refuse } from './fake-api-server.js';

const WIDGET = { apiVersion: 'example.org/v1', kind: 'Widget' };
let server: FakeApiServer;
let client: RestClient;
let discovery: Discovery;
let now: number;

beforeEach(async () => {
  server = await FakeApiServer.start();
  client = new RestClient(server.connection(), { pause: async () => undefined });
  now = 0;
  discovery = new Discovery(client, () => now);
});
afterEach(async () => {
  client.close();
  await server.close();
});

const looks = (): number => server.requests.filter(({ url }) => url.pathname === '/apis').length;

function serveWidgets(version: object): void {
  const resource = {
    resource: 'widgets',
    responseKind: { group: 'example.org', version: 'v1', kind: 'Widget' },
    scope: 'Cluster',
    verbs: ['get'],
    subresources: [{ subresource: 'status' }],
  };
  const group = { metadata: { name: 'example.org' }, versions: [{ version: 'v1', resources: [resource], ...version }] };
  server.on('GET', /^\/apis$/, (_, response) => json(response, 200, { kind: 'APIGroupDiscoveryList', items: [group] }));
}

test('version and capabilities come from aggregated discovery, asked for once by all', async () => {
  const [first] = await Promise.all([discovery.server(), discovery.server(), discovery.find(WIDGET)]);
  assert.deepEqual(first, { version: 'v1.36.1', capabilities: ['v1', 'v1/ConfigMap'] });
  assert.equal(looks(), 1);
});

test('what is unknown is looked for again, but not at once', async () => {
  assert.equal(await discovery.find(WIDGET), undefined);
  serveWidgets({});
  assert.equal(await discovery.find(WIDGET), undefined);
  now += 3_000;
  const widget = await discovery.find(WIDGET);
  assert.ok(widget !== undefined);
  assert.equal(widget.hasStatus, true);
  assert.equal(pathOf(widget, { name: 'a b', subresource: 'status' }), '/apis/example.org/v1/widgets/a%20b/status');
  assert.equal(resourceName(widget), 'widgets.example.org');
  discovery.forget(WIDGET);
  assert.equal(await discovery.find(WIDGET), undefined);
  assert.equal(looks(), 2);
});

test('a group whose server is down is still served', async () => {
  serveWidgets({});
  await discovery.server();
  serveWidgets({ resources: [], freshness: 'Stale' });
  now += 10_000;
  await discovery.find({ ...WIDGET, kind: 'Unknown' });
  assert.ok((await discovery.find(WIDGET)) !== undefined);
});

test('an unchanged answer is not sent again', async () => {
  server.on('GET', /^\/apis$/, (request, response) => {
    if (request.headers['if-none-match'] === '"1"') return void response.writeHead(304).end();
    json(response, 200, { kind: 'APIGroupDiscoveryList', items: [] }, { etag: '"1"' });
  });
  await discovery.find(WIDGET);
  now += 5_000;
  await discovery.find(WIDGET);
  assert.equal(looks(), 2);
  assert.deepEqual((await discovery.server()).capabilities, ['v1', 'v1/ConfigMap']);
});

test('an older server is asked version by version, and a broken group is left out', async () => {
  const groups = [
    { versions: [{ groupVersion: 'example.org/v1' }] },
    { versions: [{ groupVersion: 'broken.org/v1' }] },
  ];
  const resources = [
    { name: 'widgets', kind: 'Widget', namespaced: false, verbs: ['get'] },
    { name: 'widgets/status', kind: 'Widget', namespaced: false, verbs: ['get'] },
  ];
  server.on('GET', /^\/api$/, (_, response) => json(response, 200, { kind: 'APIVersions', versions: ['v1'] }));
  server.on('GET', /^\/apis$/, (_, response) => json(response, 200, { kind: 'APIGroupList', groups }));
  server.on('GET', /^\/api\/v1$/, (_, response) => json(response, 200, { groupVersion: 'v1', resources: [] }));
  server.on('GET', /example.org/, (_, response) => json(response, 200, { groupVersion: 'example.org/v1', resources }));
  server.on('GET', /broken.org/, (_, response) => refuse(response, 503, 'ServiceUnavailable', 'down'));
  const { capabilities } = await discovery.server();
  assert.deepEqual(capabilities, ['example.org/v1', 'example.org/v1/Widget']);
  assert.equal((await discovery.find(WIDGET))?.hasStatus, true);
});

test('connections are opened anew when certificates change, not when tokens do', async () => {
  let credentials: Credentials = { tls: { ca: 'one' }, headers: { authorization: 'a' } };
  const pool = new DispatcherPool({
    server: new URL('https://example.org'),
    namespace: undefined,
    credentials: async () => credentials,
  });
  const first = await pool.dispatchers();
  credentials = { ...credentials, headers: { authorization: 'b' } };
  const second = await pool.dispatchers();
  assert.equal(second.requests, first.requests);
  assert.equal(second.headers.authorization, 'b');
  credentials = { ...credentials, tls: { ca: 'two' } };
  const third = await pool.dispatchers();
  assert.notEqual(third.requests, first.requests);
  pool.close();
});
