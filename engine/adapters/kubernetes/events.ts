import { setMaxListeners } from 'node:events';
import type { Clock } from '#model/clock.js';
import type { JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { ApiError } from './api-error.js';
import type { Pause } from './pause.js';
import { pause as realPause } from './pause.js';
import type { RestClient } from './rest-client.js';
import { TokenBucket } from './token-bucket.js';

/** Something to be told about an object. */
export interface EventNotice {
  readonly object: KubernetesObject;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, for machines. */
  readonly reason: string;
  /** What was done or tried, CamelCase. */
  readonly action: string;
  /** For people; holds no secret. */
  readonly message: string;
}

/** Who tells events, and by what. */
export interface EventRecorderOptions {
  readonly client: RestClient;
  /** As `edict.dev/engine`. */
  readonly controller: string;
  /** This process. */
  readonly instance: string;
  readonly clock: Clock;
  readonly pause?: Pause;
  /** Told what could not be written, for logs. */
  readonly onTrouble?: (message: string) => void;
}

/** What is known of one event and its repetitions. */
interface Series {
  readonly notice: EventNotice;
  readonly namespace: string;
  readonly name: string;
  count: number;
  first: number;
  last: number;
  isWritten: boolean;
  isQueued: boolean;
}

/** Milliseconds within which an equal event counts as a repetition. */
const SERIES = 600_000;
/** Milliseconds for which repetitions are gathered before they are written. */
const GATHER = 2_000;
/** Events that wait to be written at most: more are dropped, oldest first. */
const QUEUE = 1_000;
/** Of one object: so many at once, and one more every so many milliseconds. */
const [BURST, REFILL] = [25, 60_000];
/** Of all objects together, and of those that are no warnings: a burst of changes is not to become a burst of events. */
const [NORMAL_BURST, NORMAL_REFILL] = [50, 200];
const [NOTE_LENGTH, REASON_LENGTH] = [1024, 128];

/**
 * Records events (events.k8s.io/v1, KEP-383). Equal ones within ten minutes become one with a count. Recording returns at
 * once and never fails; what cannot be written, or is too much, is dropped: events tell, nothing depends on them.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #pause: Pause;
  readonly #series = new Map<string, Series>();
  readonly #queue: Series[] = [];
  readonly #limits = new Map<string, TokenBucket>();
  readonly #normal: TokenBucket;
  readonly #abort = new AbortController();
  #draining: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#pause = options.pause ?? realPause;
    this.#normal = new TokenBucket({ size: NORMAL_BURST, refill: NORMAL_REFILL, now: options.clock.now() });
    // Every series that is gathered listens to it.
    setMaxListeners(0, this.#abort.signal);
  }

  /** Tells `notice` soon. */
  record(notice: EventNotice): void {
    const now = this.#options.clock.now();
    this.#forgetOld(now);
    const key = JSON.stringify([identityIn(notice.object), notice.type, notice.reason, notice.action, notice.message]);
    const known = this.#series.get(key);
    if (known === undefined && !this.#isAllowed(notice, now)) return;
    const series = known ?? newSeries(notice, now);
    series.count++;
    series.last = now;
    // The last that was told stands last, so that those to be forgotten stand first.
    this.#series.delete(key);
    this.#series.set(key, series);
    if (series.isQueued) return;
    series.isQueued = true;
    // Of repetitions only their number is news: they are gathered for a while.
    if (!series.isWritten) this.#enqueue(series);
    else
      this.#pause(GATHER, this.#abort.signal).then(
        () => this.#enqueue(series),
        () => undefined,
      );
  }

  /** Writes what is still to be written, for as long as that takes a moment, and ends. */
  async close(milliseconds = 2_000): Promise<void> {
    const patience = this.#pause(milliseconds, this.#abort.signal).catch(() => undefined);
    await Promise.race([this.#draining, patience]);
    this.#abort.abort();
    await this.#draining;
  }

  #enqueue(series: Series): void {
    this.#queue.push(series);
    if (this.#queue.length > QUEUE) {
      const dropped = this.#queue.shift();
      if (dropped !== undefined) dropped.isQueued = false;
    }
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
    });
  }

  async #drain(): Promise<void> {
    const { signal } = this.#abort;
    for (let series = this.#queue.shift(); series !== undefined && !signal.aborted; series = this.#queue.shift()) {
      series.isQueued = false;
      try {
        await this.#write(series);
      } catch (error) {
        if (!signal.aborted) this.#options.onTrouble?.(`an event was not written: ${describe(error)}`);
      }
    }
  }

  async #write(series: Series): Promise<void> {
    if (!series.isWritten) return this.#create(series);
    const last = microTime(series.last);
    const body = { series: { count: series.count, lastObservedTime: last } };
    const path = `${pathOf(series.namespace)}/${encodeURIComponent(series.name)}`;
    try {
      await this.#send('PATCH', path, body);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      // It outlived its time on the server.
      await this.#create(series);
    }
  }

  async #create(series: Series): Promise<void> {
    const { controller, instance } = this.#options;
    try {
      await this.#send('POST', pathOf(series.namespace), eventOf(series, controller, instance));
    } catch (error) {
      // It is there already where the answer to an earlier attempt was lost.
      if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    }
    series.isWritten = true;
  }

  async #send(method: 'POST' | 'PATCH', path: string, body: JsonObject): Promise<void> {
    await this.#options.client.request({
      method,
      path,
      body,
      ...(method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {}),
      verb: method === 'POST' ? 'create' : 'patch',
      resource: 'events.events.k8s.io',
      repeatable: false,
      timeout: 10_000,
      signal: this.#abort.signal,
    });
  }

  #isAllowed({ object, type }: EventNotice, now: number): boolean {
    if (type === 'Normal' && !this.#normal.take(now)) return false;
    const key = identityIn(object);
    const bucket = this.#limits.get(key) ?? new TokenBucket({ size: BURST, refill: REFILL, now });
    this.#limits.delete(key);
    this.#limits.set(key, bucket);
    return bucket.take(now);
  }

  #forgetOld(now: number): void {
    for (const [key, series] of this.#series) {
      if (now - series.last < SERIES) break;
      this.#series.delete(key);
    }
    for (const [key, bucket] of this.#limits) {
      if (!bucket.isFull(now)) break;
      this.#limits.delete(key);
    }
  }
}

function newSeries(notice: EventNotice, now: number): Series {
  const { name, namespace = 'default' } = notice.object.metadata;
  // As client-go names events: by their object and the time, in nanoseconds and hexadecimal.
  const stamp = (BigInt(now) * 1_000_000n + BigInt(counter++ % 1_000_000)).toString(16);
  const base = { notice, namespace, name: `${name.slice(0, 230).replace(/[-.]+$/, '')}.${stamp}` };
  return { ...base, count: 0, first: now, last: now, isWritten: false, isQueued: false };
}

/** Events of one millisecond have names of their own. */
let counter = 0;

function eventOf(
  { notice, namespace, name, count, first, last }: Series,
  controller: string,
  instance: string,
): JsonObject {
  const { object, type, reason, action, message } = notice;
  const { apiVersion, kind, metadata } = object;
  const { uid, resourceVersion, namespace: place } = metadata;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace },
    eventTime: microTime(first),
    type,
    reason: reason.slice(0, REASON_LENGTH),
    action: action.slice(0, REASON_LENGTH),
    note: shortened(message),
    reportingController: controller,
    reportingInstance: instance.slice(0, REASON_LENGTH),
    regarding: {
      apiVersion,
      kind,
      name: metadata.name,
      ...(place === undefined ? {} : { namespace: place }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    ...(count > 1 ? { series: { count, lastObservedTime: microTime(last) } } : {}),
  };
}

/** At most 1024 bytes, whole characters. */
function shortened(message: string): string {
  if (Buffer.byteLength(message) <= NOTE_LENGTH) return message;
  const cut = Buffer.from(message)
    .subarray(0, NOTE_LENGTH - 3)
    .toString('utf8');
  return `${cut.replace(/\uFFFD+$/, '')}…`;
}

function identityIn({ apiVersion, kind, metadata }: KubernetesObject): string {
  return `${apiVersion}/${kind}/${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid ?? ''}`;
}

const pathOf = (namespace: string): string =>
  `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`;
const microTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/Z$/, '000Z');
const describe = (error: unknown): string =>
  error instanceof ApiError ? `${error.status} ${error.reason}` : String(error);
