import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, test } from 'node:test';
import { type Answer, PageServer, type Pages, plain } from '#adapters/http/page-server.js';
import { metricsPages, probePages, unsynced } from '#adapters/http/pages.js';
import { EdictError } from '#errors/edict-error.js';
import type { KindReference } from '#model/object.js';
import type { Availability } from '#observe/cluster-reader.js';
import { ENTRY } from '../../controller/notice.js';

const LOCAL = { host: '127.0.0.1', port: 0 };
const servers: PageServer[] = [];
const defects: unknown[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
  defects.length = 0;
});

/** Asks a server of these pages. */
async function serve(pages: Pages): Promise<(path: string, method?: string) => Promise<Response>> {
  const server = await PageServer.open({ address: LOCAL, pages, defect: (error) => defects.push(error) });
  servers.push(server);
  return (path, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });
}

test('metrics are served under their path only', async () => {
  const ask = await serve(metricsPages({ contentType: 'text/plain; version=0.0.4', text: async () => 'up 1\n' }));
  const answer = await ask('/metrics?x=1');
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4');
  assert.deepEqual([answer.status, await answer.text()], [200, 'up 1\n']);
  for (const path of ['/', '/metrics/', '/healthz', '/metrics/../x']) assert.equal((await ask(path)).status, 404, path);
});

test('a process is healthy at once, and ready when nothing is missing any more', async () => {
  const missing = ['rule a/b waits', 'rule c/d waits'];
  const ask = await serve(probePages(async () => missing));
  assert.equal((await ask('/healthz')).status, 200);
  const before = await ask('/readyz');
  assert.deepEqual([before.status, await before.text()], [503, 'rule a/b waits\nrule c/d waits\n']);
  missing.length = 0;
  const after = await ask('/readyz');
  assert.deepEqual([after.status, await after.text()], [200, 'ok\n']);
});

test('pages can only be read', async () => {
  const ask = await serve(probePages(async () => []));
  const answer = await ask('/healthz', 'POST');
  assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD']);
  const head = await ask('/healthz', 'HEAD');
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '3', '']);
});

test('why a page cannot be made is told to the log, not to the client', async () => {
  const ask = await serve(new Map([['/metrics', () => Promise.reject(new Error('a secret'))]]));
  const answer = await ask('/metrics');
  assert.deepEqual([answer.status, await answer.text()], [500, 'internal error\n']);
  assert.equal(defects.length, 1);
});

test('an address that is taken is a fault that names it', async () => {
  await serve(new Map());
  const address = { ...LOCAL, port: servers[0]?.port ?? 0 };
  await assert.rejects(PageServer.open({ address, pages: new Map(), defect: () => undefined }), (error) => {
    assert.ok(error instanceof EdictError);
    assert.equal(error.code, 'AddressUnavailable');
    assert.match(error.message, new RegExp(`127.0.0.1:${address.port}: EADDRINUSE`));
    return true;
  });
});

test('closing ends connections that idle at once, and answers under way after a moment', async () => {
  const never = new Promise<Answer>(() => undefined);
  const ask = await serve(
    new Map([
      ['/slow', () => never],
      ['/quick', async () => plain(200, 'ok')],
    ]),
  );
  const [server] = servers.splice(0);
  assert.ok(server !== undefined);
  await (await ask('/quick')).text();
  const idle = connect(server.port, '127.0.0.1');
  await once(idle, 'connect');
  const slow = ask('/slow').catch(() => 'ended');
  await ask('/quick');
  const begun = performance.now();
  await server.close(50);
  assert.ok(performance.now() - begun < 2000);
  assert.equal(await slow, 'ended');
  idle.destroy();
});

test('what a rule waits for is named', async () => {
  const availability = async ({ kind }: KindReference): Promise<Availability> => (kind === 'Pod' ? 'ready' : 'syncing');
  const cluster = { availability, get: async () => null, list: async () => [], server: async () => SERVER };
  assert.deepEqual(await unsynced([ENTRY], cluster), [
    'rule test/thing waits until example.org/v1/Thing, v1/ConfigMap, v1/Secret are read',
  ]);
  const read = { ...cluster, availability: async () => 'ready' as const };
  assert.deepEqual(await unsynced([ENTRY], read), ['rule test/thing waits until its kinds are read']);
  assert.deepEqual(await unsynced([], cluster), []);
});

const SERVER = { version: 'v1.36.1', capabilities: [] };
