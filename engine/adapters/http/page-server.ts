import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from './address.js';
import { listen } from './listen.js';

/** What is answered. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Pages by path. */
export type Pages = ReadonlyMap<string, () => Promise<Answer>>;

/** What a server of pages is made of. */
export interface PageServerOptions {
  readonly address: Address;
  readonly pages: Pages;
  /** Told why a page could not be made; the client is not. */
  readonly defect: (error: unknown) => void;
}

/** Milliseconds. Whoever asks is near and asks little: who is slower takes up a connection for nothing. */
const [REQUEST, IDLE] = [10_000, 30_000];
const CONNECTIONS = 100;

/** Plain text that is answered. */
export function plain(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${body}\n` };
}

/** Serves a few pages that can only be read. */
export class PageServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens. Throws AddressUnavailable where it cannot. */
  static async open({ address, pages, defect }: PageServerOptions): Promise<PageServer> {
    const options = { requestTimeout: REQUEST, headersTimeout: REQUEST, keepAliveTimeout: IDLE, maxHeaderSize: 8192 };
    const server = createServer(options, (request, response) => void respond(request, response, { pages, defect }));
    server.maxConnections = CONNECTIONS;
    server.setTimeout(IDLE);
    await listen(server, address);
    server.on('error', defect);
    return new PageServer(server);
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends, with answers under way given a moment. */
  async close(milliseconds = 1000): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), milliseconds);
    await closed;
    clearTimeout(timer);
  }
}

async function respond(
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  { pages, defect }: Pick<PageServerOptions, 'pages' | 'defect'>,
): Promise<void> {
  const page = pages.get(url.replace(/\?.*$/s, ''));
  const { status, contentType, body } = await answerOf(method, page, defect);
  const headers = {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  response.writeHead(status, status === 405 ? { ...headers, allow: 'GET, HEAD' } : headers);
  response.end(method === 'HEAD' ? undefined : body);
}

async function answerOf(
  method: string | undefined,
  page: (() => Promise<Answer>) | undefined,
  defect: (error: unknown) => void,
): Promise<Answer> {
  if (page === undefined) return plain(404, 'not found');
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD');
  try {
    return await page();
  } catch (error) {
    defect(error);
    return plain(500, 'internal error');
  }
}
