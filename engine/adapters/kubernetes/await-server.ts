import { faultsOf } from '#errors/edict-error.js';
import { ApiError } from './api-error.js';
import type { ServerDescription } from './discovery.js';
import { faultOf } from './fault-of.js';
import type { Asked } from './missing-right.js';
import { Backoff, type Pause } from './pause.js';

/** What was asked when a server did not say what it is. */
export const ASKED_SERVER: Asked = {
  key: { apiVersion: '', kind: 'Cluster', name: '' },
  verb: 'get',
  resource: 'discovery',
};

/** How long to wait, and whom to tell. */
export interface Patience {
  readonly signal: AbortSignal;
  readonly pause: Pause;
  /** Told why the server is asked again, each time. */
  readonly onTrouble: (why: string) => void;
}

/** Refusals in a row that are believed: a server that has just started may know nobody's rights for some seconds. */
const REFUSALS = 6;

/**
 * What a server says it is: asked for again and again while it does not answer. Throws what no waiting mends:
 * ClusterForbidden, and ClusterUnavailable where credentials cannot be had or its certificate is not trusted; and the
 * reason of `signal` where that comes first.
 */
export async function awaitServer(
  ask: () => Promise<ServerDescription>,
  { signal, pause, onTrouble }: Patience,
): Promise<ServerDescription> {
  const backoff = new Backoff(1_000, 10_000);
  for (let refusals = 0; ; ) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      const fault = faultOf(error, ASKED_SERVER);
      refusals = isRefusal(error) ? refusals + 1 : 0;
      if (!(error instanceof ApiError) || !mayPass(error) || refusals >= REFUSALS) throw fault;
      onTrouble(faultsOf(fault)[0]?.message ?? '');
      await pause(Math.max(backoff.next(), error.retryAfter ?? 0), signal).catch(() => undefined);
    }
  }
}

/** Whether a server that is starting, overloaded or away explains an error. */
function mayPass(error: ApiError): boolean {
  const { status, cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isUntrusted = /^(CERT_|DEPTH_ZERO_|ERR_TLS_|SELF_SIGNED_|UNABLE_TO_)/.test(code);
  return !isUntrusted && (status === 0 || status === 429 || status >= 500 || isRefusal(error));
}

const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 401 || error.status === 403);
