import { isJsonObject, type JsonObject } from '#model/json.js';
import type { KindReference, KubernetesObject } from '#model/object.js';
import type { Availability } from '#observe/cluster-reader.js';
import { ApiError } from './api-error.js';
import { type ApiResource, type Discovery, pathOf, resourceName } from './discovery.js';
import type { FollowedScope } from './followed-scope.js';
import { listedObject, listPages, type ObjectList } from './list-pages.js';
import type { ObjectCache } from './object-cache.js';
import { Backoff, type Pause } from './pause.js';
import type { RestClient } from './rest-client.js';
import { readWatch, type WatchEvent } from './watch-stream.js';

/** Whether the server streams lists: found out by the first that asks it, for all. */
export interface StreamingSupport {
  isSupported: boolean;
}

/** What a reflector works with. */
export interface ReflectorPorts {
  readonly client: RestClient;
  readonly discovery: Discovery;
  readonly streaming: StreamingSupport;
  readonly pause: Pause;
  /** Told what went wrong, for logs. */
  readonly onTrouble: (kind: KindReference, message: string) => void;
}

/** What a reflector keeps up to date. */
export interface ReflectorTarget {
  readonly kind: KindReference;
  readonly scope: FollowedScope;
  readonly cache: ObjectCache;
  readonly onAvailability: (availability: Availability) => void;
}

/** Milliseconds without a byte after which a watch counts as dead. */
const SILENCE = 150_000;
/** Milliseconds before a kind that is absent or forbidden is tried again. */
const [RETRY_ABSENT, RETRY_FORBIDDEN] = [5_000, 15_000];
/** Streams that say nothing sensible, one after the other, before the place where the watch stopped is given up. */
const GARBAGE_BEFORE_LIST = 3;
/** The first minor version of Kubernetes 1 that refuses to stream a list instead of overlooking that it was asked to. */
const STREAMING_SINCE = 27;
/** Objects of which more than half may be missing from a list without arousing suspicion. */
const FEW = 10;
/** Missing objects that are asked for by name before it is believed that most are gone: enough that some really went matters not. */
const WITNESSES = 20;
const INITIAL_END = 'k8s.io/initial-events-end';

/**
 * Keeps a cache equal to what the API server has of one kind: a list, then a watch from its version on, again and again.
 * It never ends by itself. A list that lacks most of what was there is made a second time before anything counts as gone,
 * and so is a first one without objects, as for all that is known there may be some.
 */
export class Reflector {
  readonly #ports: ReflectorPorts;
  readonly #target: ReflectorTarget;
  readonly #abort = new AbortController();
  readonly #backoff = new Backoff(800, 30_000);
  #version: string | undefined;
  #garbage = 0;
  #running: Promise<void> | undefined;

  constructor(target: ReflectorTarget, ports: ReflectorPorts) {
    this.#target = target;
    this.#ports = ports;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends it; nothing is told afterwards. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.#round();
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error).catch(() => undefined);
      }
    }
  }

  /** One list, where none stands, and one watch, to its end. */
  async #round(): Promise<void> {
    const { discovery } = this.#ports;
    const resource = await discovery.find(this.#target.kind);
    if (resource === undefined) throw new ApiError({ status: 404, message: 'the kind is not served' });
    if (this.#version === undefined && !(await this.#mayStream())) await this.#list(resource);
    const begun = performance.now();
    await this.#watch(resource);
    this.#garbage = 0;
    // A watch that ends at once, time after time, must not be asked for without a pause.
    if (performance.now() - begun > 5_000) this.#backoff.reset();
    else await this.#ports.pause(this.#backoff.next(), this.#abort.signal);
  }

  async #mayStream(): Promise<boolean> {
    const { streaming, discovery } = this.#ports;
    const [, minor = '0'] = /^v1\.(\d+)/.exec((await discovery.server()).version) ?? [];
    if (Number(minor) < STREAMING_SINCE) streaming.isSupported = false;
    return streaming.isSupported;
  }

  async #list(resource: ApiResource): Promise<void> {
    const first = await this.#listOnce(resource);
    this.#take(this.#isSuspicious(first.objects) ? await this.#secondOpinion(resource) : first);
  }

  async #secondOpinion(resource: ApiResource): Promise<ObjectList> {
    const { kind, cache } = this.#target;
    if (cache.size === 0) return this.#listOnce(resource);
    this.#ports.onTrouble(kind, 'a list lacks most of what was there; it is made again before anything counts as gone');
    await this.#ports.pause(1_000, this.#abort.signal);
    const list = await this.#listOnce(resource);
    const missing = cache.missingFrom(list.objects);
    if (this.#isSuspicious(list.objects) && (await this.#isThere(spread(missing, WITNESSES), resource)))
      throw new ApiError({ reason: 'Garbage', message: 'a list lacks objects that are there' });
    return list;
  }

  /** Whether one of these objects can be read by its name. */
  async #isThere(objects: readonly KubernetesObject[], resource: ApiResource): Promise<boolean> {
    for (const { metadata } of objects) {
      const { namespace, name, uid } = metadata;
      const request = {
        method: 'GET',
        verb: 'get',
        resource: resourceName(resource),
        signal: this.#abort.signal,
      } as const;
      try {
        const { body } = await this.#ports.client.request({ ...request, path: pathOf(resource, { namespace, name }) });
        if ((body as unknown as KubernetesObject).metadata.uid === uid) return true;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
      }
    }
    return false;
  }

  #listOnce(resource: ApiResource): Promise<ObjectList> {
    const { kind, scope } = this.#target;
    const path = pathOf(resource, { namespace: scope.namespace });
    return listPages(this.#ports.client, {
      ...kind,
      path,
      fields: selectorOf(scope),
      resource: resourceName(resource),
      signal: this.#abort.signal,
    });
  }

  #isSuspicious(objects: readonly KubernetesObject[]): boolean {
    const { cache } = this.#target;
    if (cache.size === 0) return objects.length === 0;
    const missing = cache.missingFrom(objects).length;
    return missing > 0 && (objects.length === 0 || (missing > FEW && missing > cache.size / 2));
  }

  #take({ objects, version }: ObjectList): void {
    this.#target.cache.replace(objects, version);
    this.#version = version;
  }

  async #watch(resource: ApiResource): Promise<void> {
    const { kind, scope, onAvailability } = this.#target;
    const { signal } = this.#abort;
    const initial = this.#version === undefined ? new InitialEvents(kind) : undefined;
    const response = await this.#ports.client.open({
      method: 'GET',
      path: pathOf(resource, { namespace: scope.namespace }),
      query: {
        watch: '1',
        fieldSelector: selectorOf(scope),
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(300 + Math.floor(Math.random() * 300)),
        ...(initial === undefined
          ? { resourceVersion: this.#version }
          : { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }),
      },
      signal,
      verb: 'watch',
      resource: resourceName(resource),
    });
    if (initial === undefined) onAvailability('ready');
    const onEvent = (event: WatchEvent): void => this.#note(event, initial);
    try {
      await readWatch(response, { onEvent, silence: SILENCE, signal });
    } catch (error) {
      if (!(error instanceof SuspiciousList)) throw error;
      // The stream said that most is gone, or that there is nothing: an ordinary list decides.
      this.#take(await this.#secondOpinion(resource));
      // A list without a version leads to another stream: not without a pause.
      if (this.#version !== undefined) await this.#watch(resource);
    }
  }

  #note({ type, object }: WatchEvent, initial: InitialEvents | undefined): void {
    const { cache, kind, onAvailability } = this.#target;
    const version = versionOf(object);
    if (initial !== undefined && this.#version === undefined) {
      if (!initial.add(type, object)) return;
      if (this.#isSuspicious(initial.objects)) throw new SuspiciousList();
      this.#take({ objects: initial.objects, version });
      onAvailability('ready');
      return;
    }
    if (type !== 'BOOKMARK') cache.note(type, listedObject(object, kind));
    // Only where all of it was taken in: after a failure the watch goes on from here.
    if (version !== undefined) this.#version = version;
    this.#garbage = 0;
    this.#backoff.reset();
  }

  /** Decides what becomes of a failure, and waits as long as it takes. */
  async #recover(error: unknown): Promise<void> {
    const { onAvailability, kind } = this.#target;
    const { signal } = this.#abort;
    const { streaming, discovery, onTrouble, pause } = this.#ports;
    const { status, reason, retryAfter = 0 } = error instanceof ApiError ? error : { reason: 'Unreachable' };
    const isStreaming = this.#version === undefined && streaming.isSupported;
    if (isStreaming && (status === 400 || status === 422)) {
      streaming.isSupported = false;
      return;
    }
    if (reason !== 'Unreachable') this.#garbage++;
    if (status === 410 || this.#garbage >= GARBAGE_BEFORE_LIST) this.#version = undefined;
    if (status !== 404 && status !== 403) {
      onTrouble(kind, describe(error));
      return pause(Math.max(this.#backoff.next(), retryAfter), signal);
    }
    this.#version = undefined;
    if (status === 404) discovery.forget(kind);
    onAvailability(status === 404 ? 'absent' : 'forbidden');
    await pause((status === 404 ? RETRY_ABSENT : RETRY_FORBIDDEN) * (0.5 + Math.random()), signal);
  }
}

/** What a streamed list has told so far (KEP-3157). */
class InitialEvents {
  readonly #kind: KindReference;
  readonly #objects = new Map<string, KubernetesObject>();

  constructor(kind: KindReference) {
    this.#kind = kind;
  }

  get objects(): readonly KubernetesObject[] {
    return [...this.#objects.values()];
  }

  /** Takes in one event; true: it was the last. */
  add(type: WatchEvent['type'], json: JsonObject): boolean {
    const object = listedObject(json, this.#kind);
    const { namespace = '', name, annotations } = object.metadata;
    if (type === 'BOOKMARK') return annotations?.[INITIAL_END] === 'true';
    if (type === 'DELETED') this.#objects.delete(`${namespace}/${name}`);
    else this.#objects.set(`${namespace}/${name}`, object);
    return false;
  }
}

/** One object is asked for as RBAC allows it by its name. */
function selectorOf({ name }: FollowedScope): string | undefined {
  return name === undefined ? undefined : `metadata.name=${name}`;
}

class SuspiciousList extends Error {}

/** Some of these, evenly spread: what goes together was mostly made together, and lies side by side. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  const step = Math.max(1, items.length / count);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

function versionOf({ metadata }: JsonObject): string | undefined {
  const version = isJsonObject(metadata) ? metadata.resourceVersion : undefined;
  return typeof version === 'string' && version !== '' ? version : undefined;
}

function describe(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  return error.status === 0 ? error.message : `${error.status} ${error.reason}`;
}
