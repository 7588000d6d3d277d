import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '#adapters/kubernetes/api-error.js';
import { type ApiRequest, RestClient } from '#adapters/kubernetes/rest-client.js';
import { FakeApiServer, json, refuse } from './fake-api-server.js';

let server: FakeApiServer;
let client: RestClient;
let pauses: number[];

beforeEach(async () => {
  server = await FakeApiServer.start();
  pauses = [];
  client = new RestClient(server.connection(), {
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
    },
  });
});
afterEach(async () => {
  client.close();
  await server.close();
});

const get = (more: Partial<ApiRequest> = {}): ApiRequest => ({
  method: 'GET',
  path: '/x',
  verb: 'get',
  resource: 'x',
  ...more,
});

/** Answers the first requests by `failures`, the others well. */
function failFirst(method: string, ...failures: ((response: Parameters<typeof json>[0]) => void)[]): void {
  server.on(method, /^\/x$/, (_, response) =>
    (failures.shift() ?? ((good) => json(good, 200, { fine: true })))(response),
  );
}

const failsWith = (status: number, reason?: string) => (error: unknown) =>
  error instanceof ApiError && error.status === status && (reason === undefined || error.reason === reason);

test('a request carries credentials, identity and query, and is counted', async () => {
  server.on('PATCH', /^\/x$/, (_, response) => json(response, 200, {}));
  const identity = { user: 'bob', groups: ['one', 'two'] };
  await client.request(
    get({ method: 'PATCH', query: { a: 'b c', left: undefined }, body: {}, identity, verb: 'patch' }),
  );
  const [request] = server.requests;
  assert.equal(request?.url.search, '?a=b+c');
  assert.equal(request?.headers.authorization, 'Bearer token');
  assert.equal(request?.headers['impersonate-user'], 'bob');
  assert.equal(request?.headers['impersonate-group'], 'one, two');
  assert.deepEqual(client.counts.read(), [{ verb: 'patch', resource: 'x', code: 200, count: 1 }]);
});

test('connections are used again', async () => {
  const sockets = new Set<unknown>();
  server.on('GET', /^\/x$/, (request, response) => {
    sockets.add(request.socket);
    json(response, 200, {});
  });
  for (let count = 0; count < 5; count++) {
    await client.request(get());
    // A connection is free a moment after its answer has been read.
    await sleep(5);
  }
  assert.equal(sockets.size, 1);
});

test('no more than 16 connections are open for requests at once', async () => {
  const sockets = new Set<unknown>();
  server.on('GET', /^\/x$/, async (request, response) => {
    sockets.add(request.socket);
    await sleep(20);
    json(response, 200, {});
  });
  await Promise.all(Array.from({ length: 40 }, () => client.request(get())));
  assert.equal(sockets.size, 16);
});

test('a refusal is given with what its Status says', async () => {
  server.on('GET', /^\/x$/, (_, response) => {
    const details = { name: 'x', causes: [{ reason: 'R', message: 'm', field: 'spec.x' }] };
    json(response, 409, { kind: 'Status', code: 409, reason: 'Conflict', message: 'changed', details });
  });
  await assert.rejects(client.request(get()), (error) => {
    assert.ok(error instanceof ApiError);
    const { status, reason, message, details } = error;
    assert.deepEqual([status, reason, message], [409, 'Conflict', 'changed']);
    assert.deepEqual(details, { name: 'x', causes: [{ reason: 'R', message: 'm', field: 'spec.x' }] });
    return true;
  });
  assert.equal(server.requests.length, 1);
});

test('429 is waited out as long as the server asks, also by what must not be repeated', async () => {
  failFirst('POST', (response) => json(response, 429, { kind: 'Status', code: 429 }, { 'retry-after': '2' }));
  await client.request(get({ method: 'POST', body: {}, repeatable: false }));
  assert.equal(pauses.length, 1);
  assert.ok((pauses[0] ?? 0) >= 2000 && (pauses[0] ?? 0) <= 3000);
});

test('a lost connection is a reason to repeat only what may be repeated', async () => {
  failFirst('GET', (response) => response.destroy());
  assert.deepEqual((await client.request(get())).body, { fine: true });
  failFirst('POST', (response) => response.destroy());
  await assert.rejects(client.request(get({ method: 'POST', repeatable: false })), failsWith(0, 'Unreachable'));
});

test('half an answer and an answer that is no JSON are none', async () => {
  failFirst(
    'GET',
    (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"half":');
      setTimeout(() => response.destroy(), 10);
    },
    (response) => void response.writeHead(200).end('<html>'),
  );
  assert.deepEqual((await client.request(get())).body, { fine: true });
  assert.equal(server.requests.length, 3);
});

test('it gives up after five attempts', async () => {
  server.on('GET', /^\/x$/, (_, response) => refuse(response, 503, 'ServiceUnavailable', 'later'));
  await assert.rejects(client.request(get()), failsWith(503));
  assert.equal(server.requests.length, 5);
});

test('an answer that does not come is given up, and so is a request that is aborted', async () => {
  server.on('GET', /^\/x$/, () => undefined);
  await assert.rejects(client.request(get({ timeout: 20 })), failsWith(0));
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error('enough')), 20);
  const before = server.requests.length;
  await assert.rejects(client.request(get({ signal: abort.signal })), /enough/);
  assert.equal(server.requests.length, before + 1);
});

test('credentials that are refused are read anew, once', async () => {
  const renewals: boolean[] = [];
  client = new RestClient(
    server.connection((renew) => {
      renewals.push(renew);
      return renew ? 'new' : 'old';
    }),
  );
  server.on('GET', /^\/x$/, (request, response) =>
    request.headers.authorization === 'Bearer new'
      ? json(response, 200, {})
      : refuse(response, 401, 'Unauthorized', 'Unauthorized'),
  );
  await client.request(get());
  assert.deepEqual(renewals, [false, true]);
  server.on('GET', /^\/x$/, (_, response) => refuse(response, 401, 'Unauthorized', 'Unauthorized'));
  await assert.rejects(client.request(get()), failsWith(401));
  assert.deepEqual(renewals, [false, true, false, true]);
});

test('a guard is asked before every attempt', async () => {
  let asked = 0;
  const guard = (): void => {
    if (++asked > 1) throw new Error('no longer leading');
  };
  failFirst('PATCH', (response) => json(response, 429, {}, { 'retry-after': '0' }));
  await assert.rejects(client.request(get({ method: 'PATCH', guard })), /no longer leading/);
  assert.equal(server.requests.length, 1);
});
