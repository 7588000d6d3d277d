import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type RequestOptions, request as send } from 'node:https';
import { connect } from 'node:net';
import { afterEach, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { renewed } from '#adapters/certificates/renew.js';
import { AdmissionServer, type AdmissionServerOptions } from '#adapters/http/admission-server.js';
import type { JsonObject } from '#model/json.js';
import type { AdmissionRequest } from '#reconcile/admission-request.js';
import type { Remark } from '#reconcile/remark.js';
import type { Review } from '#reconcile/review.js';

const KEPT = await renewed(undefined, ['127.0.0.1'], Date.now());
const OTHER = await renewed(undefined, ['127.0.0.1'], Date.now());
const OBJECT = { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'a', namespace: 'shop' } };
const ALLOWED: Review = { isAllowed: true, result: 'allowed', rule: 'test/thing', objections: [], warnings: [] };

const servers: AdmissionServer[] = [];
const defects: unknown[] = [];
const told: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
  defects.length = 0;
  told.length = 0;
});

async function serve(options: Partial<AdmissionServerOptions> = {}): Promise<AdmissionServer> {
  const server = await AdmissionServer.open({
    address: { host: '127.0.0.1', port: 0 },
    review: async () => ALLOWED,
    tooSlow: () => assert.fail('it was in time'),
    told: (_request, review) => told.push(review.result),
    defect: (error) => defects.push(error),
    ...options,
  });
  servers.push(server);
  server.secure(KEPT.serving);
  return server;
}

interface Given extends RequestOptions {
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: JsonObject;
  readonly serial: string;
}

/** Asks a server, which is known by the certificate that it had first. */
function ask({ port }: AdmissionServer, { body = question(), headers = {}, ...options }: Given = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const given = { 'content-type': 'application/json', ...(headers as object) };
    const trusted = KEPT.authorities + OTHER.authorities;
    const place = { host: '127.0.0.1', port, path: '/validate?timeout=10s', method: 'POST', ca: trusted, agent: false };
    const sent = send({ ...place, ...options, headers: given } as RequestOptions, (response) => {
      const serial = (response.socket as TLSSocket).getPeerCertificate().serialNumber;
      response
        .setEncoding('utf8')
        .toArray()
        .then((chunks) => {
          const text = chunks.join('');
          resolve({ status: response.statusCode ?? 0, text, body: JSON.parse(text) as JsonObject, serial });
        }, reject);
    });
    sent.on('error', reject).end(body);
  });
}

function question(more: object = {}, outer: object = {}): string {
  const asked = {
    uid: 'u1',
    operation: 'CREATE',
    object: OBJECT,
    oldObject: null,
    userInfo: { username: 'jane' },
    ...more,
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked, ...outer });
}

const remark = (message: string, more: Partial<Remark> = {}): Remark => ({
  code: '',
  path: '',
  policy: 'p',
  message,
  ...more,
});

test('a question is understood, and its answer is tied to it', async () => {
  let asked: AdmissionRequest | undefined;
  const server = await serve({
    review: async (request) => {
      asked = request;
      return ALLOWED;
    },
  });
  const { status, body } = await ask(server, { body: question({ dryRun: true }) });
  assert.equal(status, 200);
  assert.deepEqual(body, {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'u1', allowed: true },
  });
  assert.deepEqual(asked, {
    operation: 'CREATE',
    object: OBJECT,
    oldObject: undefined,
    userInfo: { username: 'jane' },
    dryRun: true,
  });
  await ask(server, { body: question({ operation: 'DELETE', object: null, oldObject: OBJECT }) });
  assert.deepEqual([asked?.operation, asked?.object, asked?.oldObject], ['DELETE', OBJECT, OBJECT]);
});

const verdicts: readonly (readonly [result: Review['result'], code: number, reason: string])[] = [
  ['denied', 403, 'Forbidden'],
  ['invalid', 422, 'Invalid'],
  ['failed', 500, 'InternalError'],
];

for (const [result, code, reason] of verdicts) {
  test(`what is ${result} is refused with ${code}, a line for each objection, and warnings besides`, async () => {
    const objections = [remark('first', { code: 'One', path: 'spec.a' }), remark('second'), remark('second')];
    const review = { ...ALLOWED, isAllowed: false, result, objections, warnings: [remark('mind')] };
    const { response } = (await ask(await serve({ review: async () => review }))).body as { response: JsonObject };
    assert.equal(response.allowed, false);
    assert.deepEqual(response.warnings, ['mind [p]']);
    const { message, details, ...status } = response.status as JsonObject;
    assert.deepEqual(status, { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason });
    assert.equal(message, 'Thing/shop/a is refused by Edict:\nfirst [p One spec.a]\nsecond [p]');
    assert.deepEqual((details as { causes: readonly object[] }).causes[0], {
      reason: 'One',
      message: 'first',
      field: 'spec.a',
    });
  });
}

test('what is said is bounded', async () => {
  const objections = Array.from({ length: 200 }, (_, index) => remark(`${index} ${'x'.repeat(1500)}`));
  const review: Review = { ...ALLOWED, isAllowed: false, result: 'denied', objections };
  const { text } = await ask(await serve({ review: async () => review }));
  assert.ok(text.length < 120_000, String(text.length));
  assert.match(text, /and 150 more/);
});

const misunderstood: readonly (readonly [title: string, given: Given, status: number, said: RegExp])[] = [
  ['another path', { path: '/' }, 404, /\/validate/],
  ['another method', { method: 'PUT' }, 405, /only POST/],
  ['another type', { headers: { 'content-type': 'text/plain' } }, 415, /application\/json/],
  ['what is no JSON', { body: '{' }, 400, /no AdmissionReview/],
  ['what is nothing', { body: '' }, 400, /no AdmissionReview/],
  ['another kind', { body: question({}, { kind: 'Thing' }) }, 400, /no AdmissionReview/],
  [
    'another version',
    { body: question({}, { apiVersion: 'admission.k8s.io/v1beta1' }) },
    400,
    /admission\.k8s\.io\/v1/,
  ],
  ['no request', { body: question({}, { request: null }) }, 400, /no request/],
  ['no uid', { body: question({ uid: undefined }) }, 400, /no uid/],
  ['another operation', { body: question({ operation: 'CONNECT' }) }, 400, /none of CREATE, UPDATE, DELETE/],
  ['no object', { body: question({ object: null }) }, 400, /no object/],
  ['an object without metadata', { body: question({ object: { apiVersion: 'v1', kind: 'Thing' } }) }, 400, /no object/],
  ['an update of nothing', { body: question({ operation: 'UPDATE' }) }, 400, /no oldObject/],
  ['a deletion of nothing', { body: question({ operation: 'DELETE' }) }, 400, /no oldObject/],
];

test('what is not understood is refused, so that the failure policy decides', async () => {
  const server = await serve({ review: () => assert.fail('it was asked') });
  for (const [title, given, status, said] of misunderstood) {
    const { status: answered, body } = await ask(server, given);
    assert.equal(answered, status, title);
    assert.deepEqual([body.kind, body.status, body.code], ['Status', 'Failure', status], title);
    assert.match(String(body.message), said, title);
  }
  assert.deepEqual(defects, []);
});

test('a body of any size that the API server sends is read, and no larger one', async () => {
  const server = await serve();
  const sized = (size: number) => ask(server, { body: question({ object: { ...OBJECT, data: 'x'.repeat(size) } }) });
  assert.equal((await sized(6 * 1024 * 1024)).status, 200);
  const refused = await sized(8 * 1024 * 1024).then(
    ({ status }) => status,
    // It does not have to wait until all of it was sent.
    (error: NodeJS.ErrnoException) => error.code ?? '',
  );
  assert.ok([413, 'EPIPE', 'ECONNRESET'].includes(refused), String(refused));
  assert.equal((await ask(server)).status, 200);
});

test('an answer that takes too long is given up, in time for who asks', async () => {
  const asked: number[] = [];
  const server = await serve({
    review: () => new Promise(() => undefined),
    tooSlow: (_request, milliseconds) => {
      asked.push(milliseconds);
      return { ...ALLOWED, isAllowed: false, result: 'failed' };
    },
    used: 0.01,
  });
  for (const path of ['/validate?timeout=2s', '/validate?timeout=0s', '/validate']) {
    const { response } = (await ask(server, { path })).body as { response: JsonObject };
    assert.equal(response.allowed, false);
  }
  assert.deepEqual(asked, [20, 100, 100]);
  assert.deepEqual(told, ['failed', 'failed', 'failed']);
});

test('a review that breaks is told to the log, and not to who asks', async () => {
  const server = await serve({ review: () => Promise.reject(new Error('a secret')) });
  const { status, text } = await ask(server);
  assert.equal(status, 500);
  assert.doesNotMatch(text, /a secret/);
  assert.equal(defects.length, 1);
});

test('many are answered at once, each with its own answer', async () => {
  const server = await serve({
    review: async ({ object }) => {
      await new Promise((done) => setTimeout(done, 5));
      return { ...ALLOWED, warnings: [remark(object.metadata.name)] };
    },
  });
  const agent = new Agent({ keepAlive: true });
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const object = { ...OBJECT, metadata: { name: `n${index}` } };
      const { body } = await ask(server, { body: question({ uid: `u${index}`, object }), agent });
      return body.response;
    }),
  );
  agent.destroy();
  assert.deepEqual(
    answers,
    answers.map((_, index) => ({ uid: `u${index}`, allowed: true, warnings: [`n${index} [p]`] })),
  );
});

test('another certificate is shown to who connects, and who is connected stays so', async () => {
  const server = await serve();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const first = await ask(server, { agent });
  server.secure(OTHER.serving);
  assert.equal((await ask(server, { agent })).serial, first.serial);
  assert.notEqual((await ask(server)).serial, first.serial);
  assert.throws(() => server.secure({ certificate: KEPT.serving.certificate, key: OTHER.serving.key }));
  assert.equal((await ask(server)).status, 200);
  agent.destroy();
});

test('without a certificate, and without TLS, nobody is answered, and others are', async () => {
  const bare = await AdmissionServer.open({
    address: { host: '127.0.0.1', port: 0 },
    review: () => assert.fail('it was asked'),
    tooSlow: () => assert.fail('it was asked'),
    told: () => assert.fail('it was asked'),
    defect: (error) => defects.push(error),
  });
  servers.push(bare);
  assert.equal(bare.isSecured, false);
  await assert.rejects(ask(bare));
  const server = await serve();
  assert.equal(server.isSecured, true);
  const plain = connect(server.port, '127.0.0.1');
  plain.on('error', () => undefined);
  plain.write('POST /validate HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(plain, 'close');
  assert.equal((await ask(server)).status, 200);
  assert.deepEqual(defects, []);
});

test('a server that ends takes nothing more, and finishes what it has begun', async () => {
  let finish: (review: Review) => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const review = (): Promise<Review> => {
    begin();
    return new Promise((done) => {
      finish = done;
    });
  };
  const server = await serve({ review });
  servers.length = 0;
  const { port } = server;
  const answer = ask(server, { agent: new Agent({ keepAlive: true }) });
  await begun;
  const closed = server.close();
  await assert.rejects(ask({ port } as AdmissionServer));
  finish(ALLOWED);
  assert.equal((await answer).status, 200);
  await closed;
});
