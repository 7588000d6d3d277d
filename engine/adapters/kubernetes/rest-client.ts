import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Dispatcher } from 'undici';
import { isJsonObject, type JsonObject } from '#model/json.js';
import { ApiError, answerError, unreachable } from './api-error.js';
import type { Connection } from './connection.js';
import { DispatcherPool, type Dispatchers } from './dispatchers.js';
import { type ExchangeLimits, exchange, openExchange } from './exchange.js';
import { parseJson } from './parse-json.js';
import { isTransient, type Pause, pause, pauseBefore } from './pause.js';
import { RequestCounts } from './request-counts.js';

/** As whom a request acts (Kubernetes: user impersonation). */
interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[];
}

type RequestHeaders = Record<string, string | string[]>;

/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: { readonly [name: string]: string | undefined };
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly headers?: RequestHeaders;
  readonly identity?: Impersonation | undefined;
  /** Milliseconds for one attempt; 30 seconds unless given. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Whether doing it twice does no harm, so that a lost answer is no reason to give up; true unless given. */
  readonly repeatable?: boolean;
  /** Asked before every attempt; throws where it must not be made any more. */
  readonly guard?: (() => void) | undefined;
  /** What it is counted as. */
  readonly verb: string;
  readonly resource: string;
}

/** A successful answer. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
}

/** What a client may be given instead of the usual. */
export interface RestClientOptions {
  readonly pause?: Pause;
  readonly userAgent?: string;
}

const REQUEST_TIMEOUT = 30_000;
const ATTEMPTS = 5;

/**
 * A client of one API server: JSON over connections that stay open. Errors are ApiError. A request is made again after
 * 429, or 503 that says when; after a lost connection or a gateway's failure only where repeating it does no harm; and
 * once after 401, with credentials that were read anew.
 */
export class RestClient {
  readonly counts = new RequestCounts();
  readonly #connection: Connection;
  readonly #pool: DispatcherPool;
  readonly #pause: Pause;
  readonly #userAgent: string;

  constructor(connection: Connection, options: RestClientOptions = {}) {
    this.#connection = connection;
    this.#pool = new DispatcherPool(connection);
    this.#pause = options.pause ?? pause;
    this.#userAgent = options.userAgent ?? 'edict';
  }

  /** The answer to `request`. Throws ApiError. */
  async request(request: ApiRequest): Promise<ApiAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(request);
      } catch (error) {
        const wait = attempt < ATTEMPTS ? waitAfter(error, attempt, request) : undefined;
        if (wait === undefined) throw error;
        await this.#pause(wait, request.signal);
      }
    }
  }

  /** The beginning of a successful answer, whose body is yet to come: of a watch. Throws ApiError. */
  async open(request: ApiRequest): Promise<Readable> {
    const { status, headers, body } = await this.#authorized(request, async ({ watches }, sent, limits) => {
      const answer = await openExchange(watches, sent, limits);
      return isSuccess(answer.status) ? answer : { ...answer, body: await refusalOf(answer.body) };
    });
    if (typeof body !== 'string') return body;
    throw answerError(status, body, headers['retry-after']);
  }

  /** Ends all connections. */
  close(): void {
    this.#pool.close();
  }

  async #attempt(request: ApiRequest): Promise<ApiAnswer> {
    const answer = await this.#authorized(request, ({ requests }, sent, limits) => exchange(requests, sent, limits));
    const { status, headers } = answer;
    if (!isSuccess(status) && status !== 304) throw answerError(status, answer.text, headers['retry-after']);
    const body = answer.text === '' ? {} : parseJson(answer.text);
    if (!isJsonObject(body)) throw unreachable(new Error('the answer is not JSON'));
    return { status, headers, body };
  }

  async #authorized<Answer extends { readonly status: number }>(
    request: ApiRequest,
    send: Send<Answer>,
  ): Promise<Answer> {
    const answer = await this.#send(request, send, false);
    // A token or certificate may have been replaced since it was read.
    return answer.status === 401 ? this.#send(request, send, true) : answer;
  }

  async #send<Answer extends { readonly status: number }>(
    request: ApiRequest,
    send: Send<Answer>,
    renew: boolean,
  ): Promise<Answer> {
    const dispatchers = await this.#pool.dispatchers(renew);
    request.signal?.throwIfAborted();
    request.guard?.();
    const { server } = this.#connection;
    const sent = {
      origin: server.origin,
      method: request.method,
      path: pathOf(server, request),
      headers: { ...this.#headers(request), ...dispatchers.headers, ...impersonationOf(request) },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    };
    try {
      const limits = { timeout: request.timeout ?? REQUEST_TIMEOUT, signal: request.signal };
      const answer = await send(dispatchers, sent, limits);
      this.counts.add(request.verb, request.resource, answer.status);
      return answer;
    } catch (error) {
      this.counts.add(request.verb, request.resource, 0);
      throw request.signal?.aborted === true ? request.signal.reason : unreachable(error);
    }
  }

  #headers({ accept, contentType, headers, body }: ApiRequest): RequestHeaders {
    return {
      accept: accept ?? 'application/json',
      'user-agent': this.#userAgent,
      ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      ...headers,
    };
  }
}

/** Sends a request by one of the dispatchers, and reads of the answer what is wanted. */
type Send<Answer> = (
  dispatchers: Dispatchers,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
) => Promise<Answer>;

function pathOf(server: URL, { path, query = {} }: ApiRequest): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `${server.pathname.replace(/\/$/, '')}${path}${search}`;
}

function impersonationOf({ identity }: ApiRequest): RequestHeaders {
  if (identity === undefined) return {};
  const groups = identity.groups === undefined ? {} : { 'impersonate-group': [...identity.groups] };
  return { 'impersonate-user': identity.user, ...groups };
}

/** What a refusal says: it is short, and one that does not end must not hold up for ever what asked. */
async function refusalOf(body: Readable): Promise<string> {
  const timer = setTimeout(() => body.destroy(new Error('the refusal does not end')), REQUEST_TIMEOUT);
  try {
    return await text(body);
  } finally {
    clearTimeout(timer);
  }
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Milliseconds to wait before `request` is made again; undefined: it is not. */
function waitAfter(error: unknown, attempt: number, { repeatable = true, signal }: ApiRequest): number | undefined {
  if (!(error instanceof ApiError) || signal?.aborted === true) return undefined;
  const wasRefused = error.status === 429 || (error.status === 503 && error.retryAfter !== undefined);
  if (!wasRefused && !(repeatable && isTransient(error))) return undefined;
  return pauseBefore(attempt, error.retryAfter);
}
