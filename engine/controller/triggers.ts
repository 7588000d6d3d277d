import { type Catalog, type CatalogEntry, deletionCatalog } from '#catalog/catalog.js';
import { equalJson, isJsonObject, type Json } from '#model/json.js';
import {
  asJson,
  identityOf,
  isSameKind,
  type KindReference,
  type KubernetesObject,
  keyOf,
  kindIdentity,
  type ObjectKey,
} from '#model/object.js';
import { kindsOf } from '#model/rule.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import type { ObjectEvent } from '#observe/dependency-index.js';
import { PatchTargets } from '#observe/patch-targets.js';
import { Waker } from '#observe/waker.js';
import type { Pass } from '#reconcile/engine.js';
import type { Breaker } from './breaker.js';
import { notePatches } from './note-patches.js';
import { OwnWrites } from './own-writes.js';
import type { Provenance } from './provenance.js';
import type { Timer } from './timer.js';
import type { Trail } from './trail.js';

/** Takes the keys that are woken. */
interface Woken {
  add(key: ObjectKey, isUrgent?: boolean): void;
  addAfter(key: ObjectKey, milliseconds: number): void;
}

/** What triggers need. */
export interface TriggerPorts {
  readonly queue: Woken;
  readonly breaker: Breaker;
  readonly provenance: Provenance;
  readonly timer: Timer;
}

/** A catalog to go by. */
export interface Prepared {
  readonly entries: readonly CatalogEntry[];
  readonly apply: () => void;
}

/** What was read for a catalog to go by. */
interface Loaded {
  readonly entries: readonly CatalogEntry[];
  readonly waker: Waker;
  /** Identities of the objects for which somebody waits. */
  readonly unanswered: ReadonlySet<string>;
  readonly meanwhile: readonly ObjectEvent[];
}

/** Everything that leads to a pass, but time: changes of objects, of kinds, of charts and of rules. */
export class Triggers {
  readonly #ports: TriggerPorts;
  #entries: ReadonlyMap<string, CatalogEntry> = new Map();
  readonly #targets = new PatchTargets();
  #waker = new Waker([], this.#targets);
  /** Events that came while a catalog was being loaded. */
  #meanwhile: ObjectEvent[] | undefined;
  readonly #ownWrites = new OwnWrites();
  /** When the last pass over objects of rules with a throttle began. */
  readonly #begun = new Map<string, number>();

  constructor(ports: TriggerPorts) {
    this.#ports = ports;
  }

  /** The rule for a kind: also one whose files have faults, by which objects can still be deleted. */
  entryFor(kind: KindReference): CatalogEntry | undefined {
    return this.#entries.get(kindIdentity(kind));
  }

  /** How many objects of a kind may be at work at once, by its identity. Those of a kind that no rule is for are dropped, one by one. */
  concurrencyOf(kind: string): number {
    return this.#entries.get(kind)?.rule.concurrency ?? 1;
  }

  /**
   * Gets ready to go by another catalog. `apply` then does it, at once, and wakes the objects of the rules that differ.
   * Throws what listing throws, and goes on as before then.
   */
  async prepare(catalog: Catalog, cluster: ClusterReader): Promise<Prepared> {
    const { entries } = deletionCatalog(catalog);
    const meanwhile: ObjectEvent[] = [];
    this.#meanwhile = meanwhile;
    try {
      const objects = (await Promise.all(entries.map(({ rule }) => listReady(rule.for, cluster)))).flat();
      const waker = new Waker(entries, this.#targets);
      for (const object of objects) waker.put(object);
      const unanswered = new Set(objects.filter(isUnanswered).map((object) => identityOf(keyOf(object))));
      return { entries, apply: () => this.#apply({ entries, waker, unanswered, meanwhile }) };
    } catch (error) {
      this.#meanwhile = undefined;
      throw error;
    }
  }

  #apply({ entries, waker, unanswered, meanwhile }: Loaded): void {
    for (const event of meanwhile) waker.note(event);
    this.#meanwhile = undefined;
    this.#waker = waker;
    const changed = entries.filter((entry) => differs(this.entryFor(entry.rule.for), entry));
    this.#entries = new Map(entries.map((entry) => [kindIdentity(entry.rule.for), entry]));
    for (const { rule } of changed)
      for (const key of waker.ownersOfKind(rule.for)) this.#release(key, unanswered.has(identityOf(key)));
  }

  /** Wakes the objects of a kind of which no event told. */
  async find(kind: KindReference, cluster: ClusterReader): Promise<void> {
    for (const object of await listReady(kind, cluster)) {
      if (this.#waker.knows(keyOf(object))) continue;
      this.#waker.put(object);
      this.#ports.queue.add(keyOf(object), isUnanswered(object));
    }
  }

  /** Wakes whom a change of an object concerns. */
  changed(event: ObjectEvent): void {
    this.#meanwhile?.push(event);
    const { provenance, breaker, queue } = this.#ports;
    const from = provenance.causeOf(event);
    for (const { key, by } of this.#waker.note(event)) {
      if (by === 'child' && this.#ownWrites.take(key, from)) continue;
      if (by !== 'self') {
        this.#wake(key, from);
        continue;
      }
      breaker.woken(key, from);
      if (from === undefined) this.#release(key, event.after !== undefined && isUnanswered(event.after));
      else queue.add(key);
    }
  }

  /** Wakes the objects of every rule that reads or writes a kind: whether its objects can be read has changed. */
  kindChanged(kind: KindReference): void {
    for (const { rule } of this.#entries.values()) {
      if (!kindsOf(rule).some((needed) => isSameKind(needed, kind))) continue;
      for (const key of this.#waker.ownersOfKind(rule.for)) this.#ports.queue.add(key);
    }
  }

  /** Wakes an object by something else that it looks at. */
  concern(key: ObjectKey): void {
    this.#wake(key, undefined);
  }

  /** Notes what a pass found out about what is to be looked at, and whether what it wrote itself is news to its object. */
  concluded(pass: Pass, isNews: boolean): void {
    notePatches(this.#targets, pass);
    const key = keyOf(pass.object);
    const from = this.#ownWrites.end(key);
    if (from !== undefined && isNews) this.#wake(key, from);
  }

  /** Notes that a pass begins. */
  begun(key: ObjectKey, trail: Trail): void {
    this.#ownWrites.begin(key, trail);
    if ((this.entryFor(key)?.rule.triggers.throttle ?? 0) > 0)
      this.#begun.set(identityOf(key), this.#ports.timer.now());
  }

  /** Forgets an object that is gone. */
  forget(key: ObjectKey): void {
    this.#begun.delete(identityOf(key));
    this.#ownWrites.end(key);
    for (const released of this.#ports.breaker.forget(key)) this.#ports.queue.add(released);
  }

  /** Wakes an object whose world has changed, by the pass `from` or by somebody else. */
  #wake(key: ObjectKey, from: Trail | undefined): void {
    this.#ports.breaker.woken(key, from);
    this.#ports.queue.addAfter(key, this.#throttled(key));
  }

  /** Wakes an object that somebody changed, and all that it kept from settling. */
  #release(key: ObjectKey, isUrgent: boolean): void {
    const { breaker, queue } = this.#ports;
    for (const released of breaker.release(key)) queue.add(released);
    queue.add(key, isUrgent);
  }

  /** Milliseconds for which the others' changes of an object's world have to wait. */
  #throttled(key: ObjectKey): number {
    const throttle = this.entryFor(key)?.rule.triggers.throttle ?? 0;
    const begun = this.#begun.get(identityOf(key));
    return begun === undefined ? 0 : Math.max(0, begun + throttle - this.#ports.timer.now());
  }
}

async function listReady(kind: KindReference, cluster: ClusterReader): Promise<readonly KubernetesObject[]> {
  return (await cluster.availability(kind)) === 'ready' ? cluster.list(kind) : [];
}

/** Whether somebody waits for what becomes of an object: it is new, changed or to go, and its status does not tell of that. */
function isUnanswered(object: KubernetesObject): boolean {
  const { generation, deletionTimestamp } = object.metadata;
  const { status } = asJson(object);
  const observed = isJsonObject(status) ? status.observedGeneration : undefined;
  return deletionTimestamp !== undefined || observed !== generation;
}

function differs(before: CatalogEntry | undefined, after: CatalogEntry): boolean {
  if (before === undefined || before.revision !== after.revision) return true;
  return !equalJson(before.rule.triggers as unknown as Json, after.rule.triggers as unknown as Json);
}
