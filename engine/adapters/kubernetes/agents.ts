import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Connection, Credentials } from './connection.js';

/** Connections for ordinary requests. */
const REQUEST_SOCKETS = 16;
/** Milliseconds between signs of life on an idle connection: load balancers forget quiet ones after a minute. */
const KEEP_ALIVE = 30_000;

/** The connections of one set of credentials. */
export interface Agents {
  /** For requests that end. */
  readonly requests: HttpAgent;
  /** For watches, which each hold a connection for minutes. */
  readonly watches: HttpAgent;
  readonly headers: Credentials['headers'];
}

/** Keeps connections open, and opens new ones when certificates change. */
export class AgentPool {
  readonly #connection: Connection;
  #current: { readonly print: string; readonly agents: Agents } | undefined;
  #credentials: Credentials | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Agents with present credentials; `renew` where the server refused those that were given before. */
  async agents(renew = false): Promise<Agents> {
    const credentials = await this.#connection.credentials(renew);
    if (this.#current !== undefined && this.#credentials === credentials) return this.#current.agents;
    this.#credentials = credentials;
    const print = fingerprint(credentials);
    if (this.#current?.print !== print) {
      const before = this.#current?.agents;
      this.#current = { print, agents: this.#open(credentials) };
      if (before !== undefined && before.requests !== credentials.agent) retire(before);
    }
    const agents = { ...this.#current.agents, headers: credentials.headers };
    this.#current = { print, agents };
    return agents;
  }

  /** Ends all connections. */
  close(): void {
    this.#current?.agents.requests.destroy();
    this.#current?.agents.watches.destroy();
    this.#current = undefined;
  }

  #open({ tls, agent, headers }: Credentials): Agents {
    if (agent !== undefined) return { requests: agent, watches: agent, headers };
    const open = (maxSockets: number): HttpAgent => {
      const options = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE, maxSockets, noDelay: true } as const;
      return this.#connection.server.protocol === 'http:'
        ? new HttpAgent(options)
        : new HttpsAgent({ ...options, ...tls });
    };
    return { requests: open(REQUEST_SOCKETS), watches: open(Number.POSITIVE_INFINITY), headers };
  }
}

/** Requests under way end on their connection, and a watch ends by itself within minutes; nothing else is kept open. */
function retire({ requests, watches }: Agents): void {
  for (const agent of [requests, watches]) {
    agent.maxFreeSockets = 0;
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
  }
}

/** Equal for equal credentials, as far as a connection depends on them. */
function fingerprint({ tls }: Credentials): string {
  return JSON.stringify(Object.entries(tls).map(([name, value]) => [name, String(value)]));
}
