import { Counter, Gauge, type Registry } from 'prom-client';
import type { CatalogEntry } from '#catalog/catalog.js';
import type { QueueState } from '#controller/work-queue.js';
import { kindIdentity } from '#model/object.js';
import { CatalogGauges, type CatalogState } from './catalog-gauges.js';
import { ruleOf } from './pass-counters.js';

/** How often the API server was asked something and answered so. */
interface RequestCount {
  readonly verb: string;
  readonly resource: string;
  readonly code: number;
  readonly count: number;
}

/** What metrics are read from, whenever they are asked for. */
export interface MetricsSources {
  readonly catalog: () => CatalogState;
  /** The rules that are at work. */
  readonly entries: () => readonly CatalogEntry[];
  /** What is due, by identity of the kind. */
  readonly queue: () => ReadonlyMap<string, QueueState>;
  /** Everything since the start. */
  readonly requests: () => readonly RequestCount[];
  readonly isLeader: () => boolean;
}

/** How many objects of a rule are ready, and how many are not. */
export interface ObjectCount {
  readonly ready: number;
  readonly unready: number;
}

/** The metrics that are read at the moment in which they are asked for. */
export class CurrentGauges {
  readonly #sources: MetricsSources;
  readonly #catalog: CatalogGauges;
  readonly #depth: Gauge<'rule'>;
  readonly #oldest: Gauge<'rule'>;
  readonly #objects: Gauge<'rule' | 'ready'>;
  readonly #leader: Gauge;
  readonly #requests: Counter<'verb' | 'resource' | 'code'>;

  constructor(registry: Registry, sources: MetricsSources) {
    const registers = [registry];
    this.#sources = sources;
    this.#catalog = new CatalogGauges(registry);
    this.#depth = new Gauge({
      name: 'edict_queue_depth',
      help: 'Objects that are due and not at work.',
      labelNames: ['rule'],
      registers,
    });
    this.#oldest = new Gauge({
      name: 'edict_queue_oldest_seconds',
      help: 'How long the first of the objects that are due has waited.',
      labelNames: ['rule'],
      registers,
    });
    this.#objects = new Gauge({
      name: 'edict_objects',
      help: 'Objects that the leader has looked at, by how their last pass ended.',
      labelNames: ['rule', 'ready'],
      registers,
    });
    this.#leader = new Gauge({ name: 'edict_leader', help: '1 in the process that works, else 0.', registers });
    this.#requests = new Counter({
      name: 'edict_api_requests_total',
      help: 'Requests to the API server. Code 0: there was no answer.',
      labelNames: ['verb', 'resource', 'code'],
      registers,
    });
  }

  /** Reads everything anew. `counts` is by rule. */
  read(counts: ReadonlyMap<string, ObjectCount>): void {
    const { entries, queue, requests, isLeader, catalog } = this.#sources;
    this.#catalog.read(catalog());
    const isLeading = isLeader();
    this.#leader.set(isLeading ? 1 : 0);
    // Rules come and go: what is not set again below is not there any more.
    for (const gauge of [this.#depth, this.#oldest, this.#objects, this.#requests]) gauge.reset();
    const states = queue();
    for (const entry of entries()) {
      const rule = ruleOf(entry);
      const { due = 0, oldest = 0 } = states.get(kindIdentity(entry.rule.for)) ?? {};
      // What is due in a replica that stands by waits for nothing, and is looked at by the one that leads.
      this.#depth.set({ rule }, isLeading ? due : 0);
      this.#oldest.set({ rule }, isLeading ? oldest / 1000 : 0);
      if (!isLeading) continue;
      const { ready, unready } = counts.get(rule) ?? { ready: 0, unready: 0 };
      this.#objects.set({ rule, ready: 'true' }, ready);
      this.#objects.set({ rule, ready: 'false' }, unready);
    }
    for (const { verb, resource, code, count } of requests()) {
      this.#requests.inc({ verb, resource, code: String(code) }, count);
    }
  }
}
