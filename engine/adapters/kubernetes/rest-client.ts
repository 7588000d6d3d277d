import { type ClientRequest, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isJsonObject, type JsonObject } from '#model/json.js';
import { AgentPool } from './agents.js';
import { ApiError, answerError, unreachable } from './api-error.js';
import type { Connection } from './connection.js';
import { parseJson } from './parse-json.js';
import { isTransient, type Pause, pause, pauseBefore } from './pause.js';
import { RequestCounts } from './request-counts.js';

/** As whom a request acts (Kubernetes: user impersonation). */
interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[];
}

/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: { readonly [name: string]: string | undefined };
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly headers?: OutgoingHttpHeaders;
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
  readonly headers: IncomingMessage['headers'];
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
  readonly #pool: AgentPool;
  readonly #pause: Pause;
  readonly #userAgent: string;

  constructor(connection: Connection, options: RestClientOptions = {}) {
    this.#connection = connection;
    this.#pool = new AgentPool(connection);
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
  async open(request: ApiRequest): Promise<IncomingMessage> {
    const response = await this.#authorized(request, true);
    if (isSuccess(response)) return response;
    // A refusal is short; one that does not end must not hold up for ever what asked.
    response.setTimeout(REQUEST_TIMEOUT, () => response.destroy());
    throw answerError(statusOf(response), await textOf(response), response.headers['retry-after']);
  }

  /** Ends all connections. */
  close(): void {
    this.#pool.close();
  }

  async #attempt(request: ApiRequest): Promise<ApiAnswer> {
    const response = await this.#authorized(request, false);
    const status = statusOf(response);
    const text = await textOf(response);
    if (!isSuccess(response) && status !== 304) throw answerError(status, text, response.headers['retry-after']);
    const body = text === '' ? {} : parseJson(text);
    if (!isJsonObject(body)) throw unreachable(new Error('the answer is not JSON'));
    return { status, headers: response.headers, body };
  }

  async #authorized(request: ApiRequest, isWatch: boolean): Promise<IncomingMessage> {
    const response = await this.#send(request, isWatch, false);
    if (statusOf(response) !== 401) return response;
    // A token or certificate may have been replaced since it was read.
    response.resume();
    return this.#send(request, isWatch, true);
  }

  async #send(request: ApiRequest, isWatch: boolean, renew: boolean): Promise<IncomingMessage> {
    const { requests, watches, headers } = await this.#pool.agents(renew);
    request.signal?.throwIfAborted();
    request.guard?.();
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const { server } = this.#connection;
    const send = server.protocol === 'http:' ? httpRequest : httpsRequest;
    const sent = send({
      method: request.method,
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port === '' ? undefined : Number(server.port),
      path: pathOf(server, request),
      agent: isWatch ? watches : requests,
      headers: { ...this.#headers(request, body), ...headers, ...impersonationOf(request) },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    try {
      const response = await answerTo(sent, body, { timeout: request.timeout ?? REQUEST_TIMEOUT, isWatch });
      this.counts.add(request.verb, request.resource, statusOf(response));
      return response;
    } catch (error) {
      this.counts.add(request.verb, request.resource, 0);
      throw request.signal?.aborted === true ? request.signal.reason : unreachable(error);
    }
  }

  #headers({ accept, contentType, headers }: ApiRequest, body: Buffer | undefined): OutgoingHttpHeaders {
    return {
      accept: accept ?? 'application/json',
      'user-agent': this.#userAgent,
      ...(body === undefined
        ? {}
        : { 'content-type': contentType ?? 'application/json', 'content-length': body.length }),
      ...headers,
    };
  }
}

function pathOf(server: URL, { path, query = {} }: ApiRequest): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `${server.pathname.replace(/\/$/, '')}${path}${search}`;
}

function impersonationOf({ identity }: ApiRequest): OutgoingHttpHeaders {
  if (identity === undefined) return {};
  const groups = identity.groups === undefined ? {} : { 'impersonate-group': [...identity.groups] };
  return { 'impersonate-user': identity.user, ...groups };
}

/** The head of the answer. The time limit covers all of the answer, but only the head of a watch. */
function answerTo(
  sent: ClientRequest,
  body: Buffer | undefined,
  { timeout, isWatch }: { readonly timeout: number; readonly isWatch: boolean },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeout} ms`)), timeout);
    sent.on('response', (response) => {
      if (isWatch) clearTimeout(timer);
      resolve(response);
    });
    sent.on('error', reject);
    sent.on('close', () => clearTimeout(timer));
    sent.end(body);
  });
}

function textOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', (error) => reject(unreachable(error)));
    response.on('close', () => {
      // Half an answer is none.
      if (response.complete) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(unreachable(new Error('the answer broke off')));
    });
  });
}

const statusOf = (response: IncomingMessage): number => response.statusCode ?? 0;
const isSuccess = (response: IncomingMessage): boolean => statusOf(response) >= 200 && statusOf(response) < 300;

/** Milliseconds to wait before `request` is made again; undefined: it is not. */
function waitAfter(error: unknown, attempt: number, { repeatable = true, signal }: ApiRequest): number | undefined {
  if (!(error instanceof ApiError) || signal?.aborted === true) return undefined;
  const wasRefused = error.status === 429 || (error.status === 503 && error.retryAfter !== undefined);
  if (!wasRefused && !(repeatable && isTransient(error))) return undefined;
  return pauseBefore(attempt, error.retryAfter);
}
