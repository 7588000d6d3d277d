import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type EventNotice, EventRecorder } from '#adapters/kubernetes/events.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import { FakeApiServer, type Handler, json, refuse, until } from './fake-api-server.js';

const EVENTS = /^\/apis\/events\.k8s\.io\/v1\/namespaces\/[a-z]+\/events/;

interface Written {
  readonly method: string;
  readonly path: string;
  readonly body: {
    readonly metadata?: { readonly name: string; readonly namespace: string };
    readonly note?: string;
    readonly series?: { readonly count: number };
  };
}

let server: FakeApiServer;
let client: RestClient;
let recorder: EventRecorder;
let written: Written[];
let troubles: string[];
let now: number;
/** Instead of success. */
let answer: Handler | undefined;

beforeEach(async () => {
  server = await FakeApiServer.start();
  const quick = async (_: number, signal?: AbortSignal): Promise<void> =>
    setImmediate(undefined, signal === undefined ? {} : { signal });
  client = new RestClient(server.connection(), { pause: quick });
  [written, troubles, now, answer] = [[], [], 1_700_000_000_000, undefined];
  for (const method of ['POST', 'PATCH']) {
    server.on(method, EVENTS, async (request, response, url) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (answer !== undefined) return answer(request, response, url);
      written.push({ method, path: url.pathname, body: JSON.parse(Buffer.concat(chunks).toString()) });
      json(response, 200, {});
    });
  }
  recorder = new EventRecorder({
    client,
    controller: 'edict.dev/engine',
    instance: 'edict-0',
    clock: { now: () => now },
    pause: quick,
    onTrouble: (message) => troubles.push(message),
  });
});
afterEach(async () => {
  await recorder.close();
  client.close();
  await server.close();
});

function notice(more: Partial<EventNotice> = {}): EventNotice {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default', uid: 'u' } };
  return { object, type: 'Warning', reason: 'Denied', action: 'Reconcile', message: 'no', ...more };
}

test('an event tells of its object', async () => {
  recorder.record(notice());
  await until(() => written.length === 1);
  const { metadata, ...body } = written[0]?.body ?? {};
  assert.match(metadata?.name ?? '', /^a\.[0-9a-f]+$/);
  assert.equal(metadata?.namespace, 'default');
  assert.deepEqual(body, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    eventTime: '2023-11-14T22:13:20.000000Z',
    type: 'Warning',
    reason: 'Denied',
    action: 'Reconcile',
    note: 'no',
    reportingController: 'edict.dev/engine',
    reportingInstance: 'edict-0',
    regarding: { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'default', uid: 'u' },
  });
});

test('repetitions are counted, for ten minutes', async () => {
  recorder.record(notice());
  await until(() => written.length === 1);
  for (let count = 0; count < 9; count++) recorder.record(notice());
  await until(() => written.length === 2);
  assert.equal(written[1]?.method, 'PATCH');
  assert.ok(written[1]?.path.endsWith(`/${written[0]?.body.metadata?.name}`));
  assert.equal(written[1]?.body.series?.count, 10);
  now += 600_000;
  recorder.record(notice());
  await until(() => written.length === 3);
  assert.equal(written[2]?.method, 'POST');
});

test('one that the server has forgotten is written again', async () => {
  recorder.record(notice());
  await until(() => written.length === 1);
  answer = (request, response) => {
    answer = undefined;
    assert.equal(request.method, 'PATCH');
    refuse(response, 404, 'NotFound', 'gone');
  };
  recorder.record(notice());
  await until(() => written.length === 2);
  assert.equal(written[1]?.method, 'POST');
  assert.equal(written[1]?.body.series?.count, 2);
});

test('one object does not fill the cluster with events', async () => {
  for (let count = 0; count < 100; count++) recorder.record(notice({ message: `number ${count}` }));
  const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } };
  recorder.record(notice({ object: other }));
  await until(() => written.length === 26);
  await setImmediate();
  assert.equal(written.length, 26);
  assert.equal(written.at(-1)?.body.metadata?.namespace, 'default');
});

test('a burst of changes becomes no burst of events, and warnings are among them', async () => {
  const of = (name: string, type: EventNotice['type']): EventNotice => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', uid: name } };
    return notice({ object, type });
  };
  for (let index = 0; index < 300; index++) recorder.record(of(`normal-${index}`, 'Normal'));
  recorder.record(of('warning', 'Warning'));
  await until(() => written.length === 51);
  assert.equal(written.at(-1)?.body.metadata?.name.startsWith('warning.'), true);
  now += 1_000;
  for (let index = 0; index < 300; index++) recorder.record(of(`later-${index}`, 'Normal'));
  await until(() => written.length === 56);
});

test('what cannot be written is said, and hinders nothing', async () => {
  answer = (_, response) => refuse(response, 403, 'Forbidden', 'no');
  recorder.record(notice());
  await until(() => troubles.length === 1);
  assert.match(troubles[0] ?? '', /403 Forbidden/);
  answer = undefined;
  recorder.record(notice({ message: 'é'.repeat(2000) }));
  await until(() => written.length === 1);
  const { note = '' } = written[0]?.body ?? {};
  assert.ok(Buffer.byteLength(note) <= 1024 && /^é+…$/.test(note));
});

test('an event of which the answer was lost is known to be there, and goes on as a series', async () => {
  answer = (_, response) => {
    answer = undefined;
    refuse(response, 409, 'AlreadyExists', 'it is there');
  };
  recorder.record(notice());
  await until(() => answer === undefined);
  recorder.record(notice());
  await until(() => written.length === 1);
  assert.deepEqual([written[0]?.method, written[0]?.body.series?.count], ['PATCH', 2]);
  assert.deepEqual(troubles, []);
});
