import { EdictError } from '#errors/edict-error.js';
import type { Clock } from '#model/clock.js';
import { isJsonObject, type JsonObject } from '#model/json.js';
import { ApiError } from './api-error.js';
import type { Pause } from './pause.js';
import { pause as realPause } from './pause.js';
import type { RestClient } from './rest-client.js';

/** Who wants to lead, by which Lease, and how long that holds. */
export interface LeaseOptions {
  readonly client: RestClient;
  readonly namespace: string;
  readonly name: string;
  /** Of this process, unique among its replicas. */
  readonly identity: string;
  readonly clock: Clock;
  /** Milliseconds that others wait for a leader that says nothing; 15 s unless given. */
  readonly duration?: number;
  /** Milliseconds after which a leader that cannot renew gives up; 10 s unless given. Shorter than `duration`. */
  readonly renewDeadline?: number;
  /** Milliseconds between attempts; 2 s unless given. */
  readonly retryPeriod?: number;
  readonly onNewLeader?: (identity: string) => void;
  /** Told why the lease cannot be had, for logs. */
  readonly onTrouble?: (message: string) => void;
  readonly pause?: Pause;
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic?: () => number;
}

interface LeaseRecord {
  readonly holder: string;
  readonly durationSeconds: number;
  readonly transitions: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly version: string | undefined;
}

/** As client-go has them. */
const DEFAULTS = {
  duration: 15_000,
  renewDeadline: 10_000,
  retryPeriod: 2_000,
  pause: realPause,
  monotonic: (): number => performance.now(),
};

/**
 * Leader election by a coordination.k8s.io Lease, as client-go does it (k8s.io/client-go/tools/leaderelection): whoever
 * holds it renews it; the others take it when it was not renewed for its duration by their own clock. The time in the
 * record is never compared with a clock. A process that was frozen knows at once that it no longer leads: see `assertLeading`.
 */
export class LeaderElection {
  readonly #options: LeaseOptions & Required<Pick<LeaseOptions, keyof typeof DEFAULTS>>;
  #observed: LeaseRecord | undefined;
  #observedAt = 0;
  /** When the renewal that was last granted was asked for; undefined: this process does not lead. */
  #renewedAt: number | undefined;
  #told: string | undefined;

  constructor(options: LeaseOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Whether this process leads now. It ends before others may begin: what was sent at the last moment is done by then. */
  get isLeading(): boolean {
    const { monotonic, renewDeadline } = this.#options;
    return this.#renewedAt !== undefined && monotonic() - this.#renewedAt < renewDeadline;
  }

  /** Throws LeadershipLost where this process does not lead: asked before every write, it makes late writes of a frozen leader impossible. */
  assertLeading(): void {
    if (this.isLeading) return;
    const message = 'this replica does not lead, so that it writes nothing';
    throw new EdictError({ code: 'LeadershipLost', message, location: {} });
  }

  /** Waits until this process leads. Throws the reason of `signal` where that comes first. */
  async acquire(signal: AbortSignal): Promise<void> {
    while (!(await this.#tryAcquireOrRenew(signal))) await this.#options.pause(this.#jittered(), signal);
  }

  /** Renews the lease until it is lost, and gives how; gives it up where `signal` ends it. */
  async hold(signal: AbortSignal): Promise<'lost' | 'released'> {
    const { renewDeadline, retryPeriod, monotonic, pause } = this.#options;
    while (!signal.aborted) {
      // Somebody else may have led in between: what this process knows and does is of before.
      if (!this.isLeading) return this.#lose();
      const isRenewed = await this.#tryAcquireOrRenew(signal).catch(() => false);
      if (signal.aborted) break;
      const since = monotonic() - (this.#renewedAt ?? Number.NEGATIVE_INFINITY);
      const isTaken = !isRenewed && this.#observed !== undefined && this.#observed.holder !== this.#options.identity;
      if (isTaken || since >= renewDeadline) return this.#lose();
      await pause(Math.min(retryPeriod, renewDeadline - since), signal).catch(() => undefined);
    }
    await this.release();
    return 'released';
  }

  #lose(): 'lost' {
    this.#renewedAt = undefined;
    return 'lost';
  }

  /** Leaves the lease to whoever wants it. Nothing may be written any more before this is called. */
  async release(): Promise<void> {
    const isLeading = this.isLeading;
    this.#renewedAt = undefined;
    if (!isLeading || this.#observed === undefined) return;
    const now = microTime(this.#options.clock);
    const released = { ...this.#observed, holder: '', durationSeconds: 1, renewTime: now, acquireTime: now };
    // It runs out by itself where this fails.
    await this.#write(released).catch(() => undefined);
  }

  async #tryAcquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const { monotonic, identity } = this.#options;
    const begun = monotonic();
    try {
      const isOurs = this.isLeading && this.#observed?.holder === identity;
      // A leader knows the record; where it is wrong, the version says so, and the next attempt reads.
      if (!isOurs) this.#observe(await this.#read(signal));
      if (!isOurs && !this.#isFree()) return false;
      this.#observe(await this.#write(this.#next(), signal));
      this.#renewedAt = begun;
      this.#tell();
      return true;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // Somebody else was faster.
      if (error instanceof ApiError && error.status === 409) await this.#reread(signal);
      else this.#options.onTrouble?.(`the lease cannot be read or written: ${describe(error)}`);
      return false;
    }
  }

  async #reread(signal: AbortSignal): Promise<void> {
    const record = await this.#read(signal).catch(() => undefined);
    if (record !== undefined) this.#observe(record);
  }

  #isFree(): boolean {
    const { monotonic, identity } = this.#options;
    if (this.#observed === undefined || this.#observed.holder === '' || this.#observed.holder === identity) return true;
    return monotonic() - this.#observedAt >= this.#observed.durationSeconds * 1000;
  }

  #next(): LeaseRecord {
    const { identity, duration, clock } = this.#options;
    const now = microTime(clock);
    const before = this.#observed;
    const isOurs = before?.holder === identity;
    return {
      holder: identity,
      durationSeconds: Math.ceil(duration / 1000),
      transitions: (before?.transitions ?? 0) + (before === undefined || isOurs ? 0 : 1),
      acquireTime: isOurs ? before.acquireTime : now,
      renewTime: now,
      version: before?.version,
    };
  }

  #observe(record: LeaseRecord | undefined): void {
    if (record?.version !== this.#observed?.version) this.#observedAt = this.#options.monotonic();
    this.#observed = record;
    this.#tell();
  }

  #tell(): void {
    const holder = this.#observed?.holder ?? '';
    if (holder === '' || holder === this.#told) return;
    this.#told = holder;
    this.#options.onNewLeader?.(holder);
  }

  async #read(signal: AbortSignal): Promise<LeaseRecord | undefined> {
    try {
      const { body } = await this.#options.client.request({
        ...this.#request('get', signal),
        method: 'GET',
        path: this.#path,
      });
      return recordOf(body);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #write(record: LeaseRecord, signal?: AbortSignal): Promise<LeaseRecord> {
    const { namespace, name } = this.#options;
    const body = leaseOf(record, { namespace, name });
    const isNew = record.version === undefined;
    const { body: answer } = await this.#options.client.request({
      ...this.#request(isNew ? 'create' : 'update', signal),
      method: isNew ? 'POST' : 'PUT',
      path: isNew ? this.#path.slice(0, this.#path.lastIndexOf('/')) : this.#path,
      body,
    });
    return recordOf(answer);
  }

  get #path(): string {
    const { namespace, name } = this.#options;
    return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases/${encodeURIComponent(name)}`;
  }

  #request(verb: string, signal: AbortSignal | undefined) {
    // A try that hangs must not outlast the lease; the next one comes anyway.
    const timeout = this.#options.renewDeadline / 2;
    return {
      verb,
      resource: 'leases.coordination.k8s.io',
      timeout,
      repeatable: false,
      ...(signal === undefined ? {} : { signal }),
    };
  }

  #jittered(): number {
    return this.#options.retryPeriod * (1 + Math.random() * 0.2);
  }
}

function recordOf({ metadata, spec }: JsonObject): LeaseRecord {
  const { resourceVersion } = isJsonObject(metadata) ? metadata : {};
  const { holderIdentity, leaseDurationSeconds, leaseTransitions, acquireTime, renewTime } = isJsonObject(spec)
    ? spec
    : {};
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    durationSeconds: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds : 0,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    acquireTime: typeof acquireTime === 'string' ? acquireTime : '',
    renewTime: typeof renewTime === 'string' ? renewTime : '',
    version: typeof resourceVersion === 'string' ? resourceVersion : undefined,
  };
}

function leaseOf(record: LeaseRecord, place: { readonly namespace: string; readonly name: string }): JsonObject {
  const { holder, durationSeconds, transitions, acquireTime, renewTime, version } = record;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...place, ...(version === undefined ? {} : { resourceVersion: version }) },
    spec: {
      // The API server takes no empty name: a lease that nobody holds has none.
      ...(holder === '' ? {} : { holderIdentity: holder }),
      leaseDurationSeconds: durationSeconds,
      leaseTransitions: transitions,
      acquireTime,
      renewTime,
    },
  };
}

function describe(error: unknown): string {
  if (error instanceof ApiError && error.status !== 0) return `${error.status} ${error.reason}`;
  return error instanceof Error ? error.message : String(error);
}

/** RFC 3339 with microseconds, as Kubernetes writes MicroTime. */
function microTime(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/Z$/, '000Z');
}
