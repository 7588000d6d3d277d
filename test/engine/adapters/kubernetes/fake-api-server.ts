import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '#adapters/kubernetes/connection.js';

/** Answers one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>;

const VERBS = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const CONFIG_MAPS = {
  resource: 'configmaps',
  responseKind: { version: 'v1', kind: 'ConfigMap' },
  scope: 'Namespaced',
  verbs: VERBS,
};
const CORE = { versions: [{ version: 'v1', resources: [CONFIG_MAPS] }] };

/** An HTTP server that misbehaves as a test wants it to. What the test does not answer, is answered as an API server would. */
export class FakeApiServer {
  readonly requests: { readonly method: string; readonly url: URL; readonly headers: IncomingMessage['headers'] }[] =
    [];
  readonly #server: Server;
  readonly #handlers: { readonly method: string; readonly path: RegExp; readonly handler: Handler }[] = [];
  version = 'v1.36.1';

  private constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://server');
      this.requests.push({ method: request.method ?? '', url, headers: request.headers });
      Promise.resolve(this.#answer(request, response, url)).catch((error) => response.destroy(error));
    });
  }

  static async start(): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  /** How to reach it; `token` is asked for with every request, `renew` counts. */
  connection(token: (renew: boolean) => string = () => 'token'): Connection {
    const { port } = this.#server.address() as AddressInfo;
    return {
      server: new URL(`http://127.0.0.1:${port}`),
      namespace: undefined,
      credentials: async (renew = false) => ({ tls: {}, headers: { authorization: `Bearer ${token(renew)}` } }),
    };
  }

  /** Requests of this method to these paths are answered by `handler`; the last that was given counts. */
  on(method: string, path: RegExp, handler: Handler): void {
    this.#handlers.unshift({ method, path, handler });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse, url: URL): void | Promise<void> {
    const { handler } =
      this.#handlers.find(({ method, path }) => method === request.method && path.test(url.pathname)) ?? {};
    if (handler !== undefined) return handler(request, response, url);
    if (url.pathname === '/version') return json(response, 200, { gitVersion: this.version });
    if (url.pathname === '/api') return json(response, 200, { kind: 'APIGroupDiscoveryList', items: [CORE] });
    if (url.pathname === '/apis') return json(response, 200, { kind: 'APIGroupDiscoveryList', items: [] });
    return refuse(response, 404, 'NotFound', 'the server could not find the requested resource');
  }
}

/** A whole JSON answer. */
export function json(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A Status. */
export function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  json(response, code, { kind: 'Status', status: 'Failure', code, reason, message });
}

/** A ConfigMap as lists hold it. */
export function item(name: string, resourceVersion: string, more: object = {}) {
  return { metadata: { name, namespace: 'default', uid: `uid-${name}`, resourceVersion }, ...more };
}

/** A list. */
export function list(items: readonly object[], resourceVersion: string, next?: string) {
  return {
    kind: 'ConfigMapList',
    apiVersion: 'v1',
    metadata: { resourceVersion, ...(next === undefined ? {} : { continue: next }) },
    items,
  };
}

/** A line of a watch. */
export const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

/** Waits until something holds; the time limit of the test ends a wait in vain. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5);
}
