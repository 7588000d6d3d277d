import { type Dispatcher, Pool } from 'undici';
import type { Connection, Credentials } from './connection.js';

/** Connections for ordinary requests. */
const REQUEST_CONNECTIONS = 16;
/** Milliseconds between signs of life on a quiet connection: load balancers forget those after a minute. */
const SIGN_OF_LIFE = 30_000;
/** Milliseconds after which an idle connection is closed, before the API server does so in the midst of a request. */
const IDLE = 60_000;

/** The connections of one set of credentials. */
export interface Dispatchers {
  /** For requests that end. */
  readonly requests: Dispatcher;
  /** For watches, which each hold a connection for minutes. */
  readonly watches: Dispatcher;
  readonly headers: Credentials['headers'];
}

/** Keeps connections open, and opens new ones when certificates change. */
export class DispatcherPool {
  readonly #connection: Connection;
  #current: { readonly print: string; readonly dispatchers: Dispatchers } | undefined;
  #credentials: Credentials | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Dispatchers with present credentials; `renew` where the server refused those that were given before. */
  async dispatchers(renew = false): Promise<Dispatchers> {
    const credentials = await this.#connection.credentials(renew);
    if (this.#current !== undefined && this.#credentials === credentials) return this.#current.dispatchers;
    this.#credentials = credentials;
    const print = fingerprint(credentials);
    const before = this.#current;
    const { headers } = credentials;
    const dispatchers = before?.print === print ? { ...before.dispatchers, headers } : this.#open(credentials);
    this.#current = { print, dispatchers };
    if (before !== undefined && before.print !== print) retire(before.dispatchers);
    return dispatchers;
  }

  /** Ends all connections. */
  close(): void {
    for (const dispatcher of distinct(this.#current?.dispatchers)) void dispatcher.destroy();
    this.#current = undefined;
  }

  #open({ tls, proxy, headers }: Credentials): Dispatchers {
    if (proxy !== undefined) return { requests: proxy, watches: proxy, headers };
    const open = (connections: number | null): Dispatcher =>
      new Pool(this.#connection.server.origin, {
        connections,
        keepAliveTimeout: IDLE,
        connect: { ...tls, keepAlive: true, keepAliveInitialDelay: SIGN_OF_LIFE },
      });
    return { requests: open(REQUEST_CONNECTIONS), watches: open(null), headers };
  }
}

/** Requests under way end on their connection, and a watch ends by itself within minutes; nothing else is kept open. */
function retire(dispatchers: Dispatchers): void {
  for (const dispatcher of distinct(dispatchers)) void dispatcher.close();
}

const distinct = (dispatchers: Dispatchers | undefined): ReadonlySet<Dispatcher> =>
  new Set(dispatchers === undefined ? [] : [dispatchers.requests, dispatchers.watches]);

/** Equal for equal credentials, as far as a connection depends on them. */
function fingerprint({ tls }: Credentials): string {
  return JSON.stringify(Object.entries(tls).map(([name, value]) => [name, String(value)]));
}
