import type { SecureContextOptions } from 'node:tls';
import type { Dispatcher } from 'undici';

/** What a client shows an API server, and what it trusts. */
export interface Credentials {
  readonly tls: Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'passphrase'> & {
    readonly servername?: string;
    readonly rejectUnauthorized?: boolean;
  };
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** Reaches the server by a proxy. */
  readonly proxy?: Dispatcher;
}

/** One API server and how to be let in. */
export interface Connection {
  readonly server: URL;
  /** The namespace of the context, or of the pod. */
  readonly namespace: string | undefined;
  /** Present credentials; `renew` where the server refused those that were given before. Throws ClusterUnavailable. */
  credentials(renew?: boolean): Promise<Credentials>;
}
