import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import type { Random } from '../jsonnet/random.js';
import type { ControlPlane } from '../testbed/control-plane.js';
import { drawFault, type Fault, type FaultTable, type Sort, type StreamFault } from './fault-table.js';
import { FaultyWatch } from './faulty-watch.js';

/** Between whom a proxy stands, and what it does to them. */
export interface FaultProxyOptions {
  readonly plane: ControlPlane;
  /** Of who the engine is: a kubeconfig with a token. */
  readonly kubeconfig: string;
  /** Existing folder for a kubeconfig and tokens. */
  readonly folder: string;
  readonly table: FaultTable;
  readonly random: Random;
}

interface Incoming {
  readonly sort: Sort;
  readonly isStreamedList: boolean;
  readonly fault: Fault | undefined;
}

/** What an answer is, whole. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers that are refusals, with their reasons. */
const REASONS = {
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  '401': 'Unauthorized',
} as const;
type Code = keyof typeof REASONS;

/** Stands between the engine and the API server, TLS on both sides, and spoils what passes. */
export class FaultProxy {
  readonly counts = new Map<string, number>();
  readonly requests = new Map<string, number>();
  readonly #options: FaultProxyOptions;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #token: string;
  readonly #watches = new Set<FaultyWatch>();
  /** Lists of a path that are still to come back empty. */
  readonly #empty = new Map<string, number>();
  /** Paths of which a list was emptied, and of which one was given whole. */
  readonly #emptied = new Set<string>();
  readonly #whole = new Set<string>();
  #rotation: NodeJS.Timeout | undefined;
  #generation = 0;
  #isFaulty = false;

  private constructor(options: FaultProxyOptions) {
    const { plane, kubeconfig } = options;
    this.#options = options;
    const { certificates } = plane.places.credentials;
    const [cert, key] = ['crt', 'key'].map((ending) => readFileSync(join(certificates, `apiserver.${ending}`)));
    this.#agent = new Agent({ keepAlive: true, ca: plane.authority });
    const config = load(readFileSync(kubeconfig, 'utf8')) as { users: { user: { token: string } }[] };
    this.#token = config.users[0]?.user.token ?? '';
    this.#server = createServer({ cert, key }, (incoming, response) => {
      this.#serve(incoming, response).catch(() => response.destroy());
    });
    this.#rotate();
    this.spoil();
  }

  /** Opens one on a free port. */
  static async open(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** A kubeconfig that leads here, whose token is in a file and changes. */
  kubeconfig(): string {
    const { plane, folder } = this.#options;
    const { port } = this.#server.address() as AddressInfo;
    const authority = Buffer.from(plane.authority).toString('base64');
    const file = join(folder, 'kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'proxy', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': authority } },
      ],
      users: [{ name: 'engine', user: { tokenFile: this.#tokenFile } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'engine' } }],
      'current-context': 'proxy',
    };
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    return file;
  }

  /** Spoils what is asked from now on, as it does from the start. */
  spoil(): void {
    this.#isFaulty = true;
    this.#rotation ??= setInterval(() => this.#rotate(), this.#options.table.tokenLife);
  }

  /** Spoils nothing any more. Watches that fell silent stay so. */
  heal(): void {
    this.#isFaulty = false;
    clearInterval(this.#rotation);
    this.#rotation = undefined;
    for (const watch of this.#watches) watch.heal();
  }

  /** Breaks off all that is under way, watches that fell silent too. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  close(): void {
    this.heal();
    this.cut();
    this.#server.close();
    this.#agent.destroy();
  }

  get #tokenFile(): string {
    return join(this.#options.folder, 'token');
  }

  /** Another token is good from now on, and only that one. */
  #rotate(): void {
    writeFileSync(this.#tokenFile, `token-${++this.#generation}\n`, { mode: 0o600 });
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = this.#sort(incoming);
    count(this.requests, request.sort);
    const body = await buffer(incoming);
    if (incoming.headers.authorization !== `Bearer token-${this.#generation}`) {
      count(this.counts, '401, the token has expired');
      return refuse(response, '401');
    }
    if (request.fault !== undefined) count(this.counts, request.fault);
    if (request.fault === 'connection reset') return void response.destroy();
    if (isCode(request.fault)) return refuse(response, request.fault);
    if (request.fault === 'slow answer') await sleep(this.#options.random.below(this.#options.table.slowness));
    if (request.fault === 'no answer at all') {
      // Every other time it is done all the same. The client hangs up.
      if (this.#options.random.chance(0.5)) await this.#ask(incoming, body);
      return;
    }
    if (request.sort === 'watch') this.#watch(incoming, response, request);
    else await this.#answer(incoming, { response, body, request });
  }

  #sort(incoming: IncomingMessage): Incoming {
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'https://proxy');
    const isStreamedList = searchParams.get('sendInitialEvents') === 'true';
    const sort = sortOf(incoming.method, pathname, searchParams);
    if (!this.#isFaulty) return { sort, isStreamedList, fault: undefined };
    const fault = drawFault(this.#options.table, sort, this.#options.random);
    if (sort === 'list' || isStreamedList) return { sort, isStreamedList, fault: this.#listFault(pathname, fault) };
    return { sort, isStreamedList, fault: fault === 'list comes back empty' ? undefined : fault };
  }

  /** Lists come back empty several times in a row, but the first of a path only once: twice empty, there is nothing to doubt it by. */
  #listFault(path: string, drawn: Fault | undefined): Fault | undefined {
    const left = this.#empty.get(path) ?? 0;
    const mayBeEmpty = this.#whole.has(path) || !this.#emptied.has(path);
    const fault = left > 0 ? 'list comes back empty' : drawn;
    if (fault !== 'list comes back empty') {
      if (fault === undefined || fault === 'slow answer') this.#whole.add(path);
      return fault;
    }
    if (!mayBeEmpty) {
      this.#whole.add(path);
      return undefined;
    }
    this.#emptied.add(path);
    const more = this.#whole.has(path) ? this.#options.random.below(this.#options.table.emptyInARow) : 0;
    this.#empty.set(path, left > 0 ? left - 1 : more);
    return fault;
  }

  async #answer(
    incoming: IncomingMessage,
    { response, body, request }: { response: ServerResponse; body: Buffer; request: Incoming },
  ): Promise<void> {
    const answer = await this.#ask(incoming, body);
    if (request.fault === 'answer lost after the deed') return void response.destroy();
    const text = request.fault === 'list comes back empty' ? emptied(answer.body) : answer.body;
    const { 'content-type': type = 'application/json', etag, 'retry-after': retry } = answer.headers;
    response.writeHead(answer.status, {
      'content-type': type,
      'content-length': text.length,
      ...(etag === undefined ? {} : { etag }),
      ...(retry === undefined ? {} : { 'retry-after': retry }),
    });
    if (request.fault !== 'answer broken off') return void response.end(text);
    response.write(text.subarray(0, text.length / 2), () => response.destroy());
  }

  #watch(incoming: IncomingMessage, response: ServerResponse, { fault }: Incoming): void {
    const sent = request(this.#target(incoming), (answer) => {
      response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] });
      response.flushHeaders();
      const { table, random } = this.#options;
      if (!this.#isFaulty) return void answer.pipe(response);
      const isEmpty = fault === 'list comes back empty';
      const tell = (name: StreamFault): void => count(this.counts, name);
      const watch = new FaultyWatch({ response, table, random, isEmpty, count: tell });
      this.#watches.add(watch);
      response.on('close', () => this.#watches.delete(watch));
      answer.on('data', (chunk: Buffer) => watch.push(chunk));
      answer.on('end', () => watch.finish());
      answer.on('error', () => response.destroy());
    });
    sent.on('error', () => response.destroy());
    response.on('close', () => sent.destroy());
    sent.end();
  }

  async #ask(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    const sent = request(this.#target(incoming));
    sent.end(body.length === 0 ? undefined : body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
  }

  #target({ method, url, headers }: IncomingMessage) {
    const { host: _host, connection: _connection, ...others } = headers;
    const { hostname, port } = new URL(this.#options.plane.url);
    return {
      hostname,
      port,
      path: url,
      method,
      agent: this.#agent,
      headers: { ...others, authorization: `Bearer ${this.#token}` },
    };
  }
}

function sortOf(method: string | undefined, path: string, query: URLSearchParams): Sort {
  if (method !== 'GET') return 'write';
  if (query.has('watch')) return 'watch';
  // Below the version: `plural`, or `namespaces/<name>/plural`, and no name of an object.
  const [, below = ''] = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(.+)$/.exec(path) ?? [];
  return below.split('/').length % 2 === 1 && below !== '' ? 'list' : 'read';
}

/** A list without its objects, at the same version. */
function emptied(body: Buffer): Buffer {
  const list = JSON.parse(body.toString()) as { items?: unknown; metadata?: { resourceVersion?: string } };
  if (!Array.isArray(list.items)) return body;
  const { resourceVersion } = list.metadata ?? {};
  return Buffer.from(JSON.stringify({ ...list, metadata: { resourceVersion }, items: [] }));
}

const isCode = (fault: Fault | undefined): fault is Fault & Code => fault !== undefined && fault in REASONS;

function refuse(response: ServerResponse, name: Code): void {
  const code = Number(name);
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code,
    reason: REASONS[name],
    message: 'by the fault proxy',
  };
  const again = code === 429 ? { 'retry-after': '1' } : {};
  response.writeHead(code, { 'content-type': 'application/json', ...again }).end(JSON.stringify(status));
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
