import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '#model/json.js';
import type { AdmissionRequest } from '#reconcile/admission-request.js';
import type { Review } from '#reconcile/review.js';
import type { Address } from './address.js';
import { ADMISSION_PATH, decodeReview, encodeReview, refusal } from './admission-review.js';
import { listen } from './listen.js';

/** What a server of admission reviews is made of. */
export interface AdmissionServerOptions {
  readonly address: Address;
  readonly review: (request: AdmissionRequest) => Promise<Review>;
  /** What is answered where `review` takes longer than whoever asks will wait. */
  readonly tooSlow: (request: AdmissionRequest, milliseconds: number) => Review;
  /** Told of every answer, and how many milliseconds it took. */
  readonly told: (request: AdmissionRequest, review: Review, milliseconds: number) => void;
  /** The part of the time of who asks that an answer may take: it has to come in time; 0.8 unless given. */
  readonly used?: number;
  /** Told what must never happen; the client is not. */
  readonly defect: (error: unknown) => void;
}

/** What a server shows that it is. PEM. */
export interface ServingCertificate {
  /** With whatever lies between it and what clients trust. */
  readonly certificate: string;
  readonly key: string;
}

/** Bytes: a request carries an object twice, and the API server takes objects of up to 3 MiB. */
const BODY_LIMIT = 7 * 1024 * 1024;
/** Milliseconds. The API server keeps connections for 90 seconds: one that is closed under its hands fails a request. */
const [HANDSHAKE, REQUEST, IDLE] = [10_000, 30_000, 120_000];
/** Every write to the cluster that is under way may be one. */
const CONNECTIONS = 2000;
/** Milliseconds that who asks waits, where it does not say. */
const PATIENCE = 10_000;
const USED = 0.8;

/** Answers the API server over HTTPS, as long as it has a certificate. */
export class AdmissionServer {
  readonly #server: Server;
  #isSecured = false;
  #isClosing = false;

  private constructor(options: AdmissionServerOptions) {
    this.#server = createServer(
      {
        minVersion: 'TLSv1.2',
        handshakeTimeout: HANDSHAKE,
        headersTimeout: HANDSHAKE,
        requestTimeout: REQUEST,
        keepAliveTimeout: IDLE,
      },
      (request, response) => void this.#serve(request, response, options).catch(options.defect),
    );
    this.#server.maxConnections = CONNECTIONS;
    this.#server.on('error', options.defect);
  }

  /** Listens; nobody is answered before there is a certificate. Throws AddressUnavailable where it cannot. */
  static async open(options: AdmissionServerOptions): Promise<AdmissionServer> {
    const server = new AdmissionServer(options);
    await listen(server.#server, options.address);
    return server;
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Whether it has a certificate. */
  get isSecured(): boolean {
    return this.#isSecured;
  }

  /** Shows this certificate to whoever connects from now on; open connections stay. Throws where the key is of another one. */
  secure({ certificate, key }: ServingCertificate): void {
    this.#server.setSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' });
    this.#isSecured = true;
  }

  async #serve(request: IncomingMessage, response: ServerResponse, options: AdmissionServerOptions): Promise<void> {
    const answer = await answerTo(request, options);
    if (answer === undefined) return;
    // What was not read of a request would be taken for the next one.
    const isLast = this.#isClosing || answer[0] !== 200;
    send(response, answer, isLast);
  }

  /** Takes no more connections, and ends with the answers that are under way, or after so many milliseconds. */
  async close(milliseconds = PATIENCE): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), milliseconds);
    await closed;
    clearTimeout(timer);
  }
}

type Answer = readonly [status: number, body: JsonObject];

/** Undefined where nobody waits for it any more. */
async function answerTo(request: IncomingMessage, options: AdmissionServerOptions): Promise<Answer | undefined> {
  const refused = refuse(request);
  if (refused !== undefined) return refused;
  const text = await bodyOf(request);
  if (text === undefined) return request.destroyed ? undefined : TOO_LARGE;
  const question = decodeReview(parsed(text));
  if (typeof question === 'string') return [400, refusal(400, 'BadRequest', question)];
  const begun = performance.now();
  try {
    const review = await inTime(question.request, patienceOf(request) * (options.used ?? USED), options);
    options.told(question.request, review, performance.now() - begun);
    return [200, encodeReview(question, review)];
  } catch (error) {
    options.defect(error);
    return [500, refusal(500, 'InternalError', 'Edict failed: its log says more')];
  }
}

const TOO_LARGE: Answer = [
  413,
  refusal(413, 'RequestEntityTooLarge', `a body of more than ${BODY_LIMIT} bytes is not read`),
];

function refuse({ method, url = '/', headers }: IncomingMessage): Answer | undefined {
  if (url.replace(/\?.*$/s, '') !== ADMISSION_PATH)
    return [404, refusal(404, 'NotFound', `reviews are answered at ${ADMISSION_PATH}`)];
  if (method !== 'POST') return [405, refusal(405, 'MethodNotAllowed', 'only POST')];
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return [415, refusal(415, 'UnsupportedMediaType', 'only application/json')];
  return undefined;
}

/** Undefined where it is larger than is read, or ends before it is whole. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > BODY_LIMIT) return undefined;
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** Milliseconds that who asks waits: the API server says in its URL how many seconds. */
function patienceOf({ url = '/' }: IncomingMessage): number {
  const [, seconds] = /[?&]timeout=(\d{1,2})s(?:&|$)/.exec(url) ?? [];
  return seconds === undefined || Number(seconds) === 0 ? PATIENCE : Number(seconds) * 1000;
}

async function inTime(
  request: AdmissionRequest,
  milliseconds: number,
  { review, tooSlow }: AdmissionServerOptions,
): Promise<Review> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Review>((resolve) => {
    timer = setTimeout(() => resolve(tooSlow(request, milliseconds)), milliseconds);
  });
  try {
    return await Promise.race([review(request), late]);
  } finally {
    clearTimeout(timer);
  }
}

function send(response: ServerResponse, [status, body]: Answer, isLast: boolean): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
    ...(isLast ? { connection: 'close' } : {}),
  });
  response.end(text);
}
