import { compareText } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { ObjectIndex } from './object-index.js';
import { isLater } from './resource-version.js';
import { ObjectSlimmer } from './slim-object.js';
import { Supersession } from './supersession.js';

/** One change, told in the order in which it became known. */
export interface ClusterEvent {
  readonly type: 'Added' | 'Modified' | 'Deleted';
  readonly object: KubernetesObject;
  readonly oldObject: KubernetesObject | undefined;
  /** Whether a write of this process made it, and was answered. */
  readonly own: boolean;
}

/** Objects of a namespace, with labels, patched by somebody, or all. */
export interface CacheQuery {
  readonly namespace?: string;
  readonly labels?: { readonly [label: string]: string };
  readonly patchedBy?: string;
}

/** What a watch tells of one object. */
export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** What the answer to a write says: the object as it is now, or the uid of the one that is no more. */
export type WriteResult = { readonly object: KubernetesObject } | { readonly gone: string };

type Tell = (event: ClusterEvent) => void;

/**
 * The objects of one kind as list and watch give them. What this process writes is laid over them at once, and stays
 * until the watch has caught up: a read never gives less than the last answer.
 */
export class ObjectCache {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #index = new ObjectIndex();
  readonly #slim: (object: KubernetesObject) => KubernetesObject;
  readonly #superseded = new Supersession();
  /** What the watch tells of objects that are being written: it waits for the answer, so that it is known whose change it is. */
  readonly #held = new Map<string, { writes: number; events: (() => void)[] }>();
  readonly #tell: Tell;

  /** `slim` gives of an object what is kept of it. */
  constructor(tell: Tell, slim?: (object: KubernetesObject) => KubernetesObject) {
    this.#tell = tell;
    const slimmer = new ObjectSlimmer();
    this.#slim = slim ?? ((object) => slimmer.slim(object));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.#objects.get(nameOf(namespace, name));
  }

  /** Sorted by namespace, then name. */
  list({ namespace, labels = {}, patchedBy }: CacheQuery): readonly KubernetesObject[] {
    const found = this.#index.find(namespace, labels, patchedBy);
    const objects =
      found === undefined ? [...this.#objects.values()] : [...found].flatMap((name) => this.#objects.get(name) ?? []);
    return objects.sort(comparePlaces);
  }

  /** The objects that would be gone if these were all that there are. */
  missingFrom(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
    const there = new Set(objects.map(nameIn));
    return [...this.#objects].flatMap(([name, object]) => (there.has(name) ? [] : [object]));
  }

  /** Takes a whole list, as it was at `version`, for what there is: tells what is new, different and gone. */
  replace(objects: readonly KubernetesObject[], version: string | undefined): void {
    const gone = new Set(this.#objects.keys());
    for (const object of objects) {
      const name = nameIn(object);
      gone.delete(name);
      const isStale = this.#isNewer(name, object.metadata.resourceVersion) || this.#superseded.isGone(object);
      if (!isStale) this.#set(name, object, false);
    }
    for (const name of gone) {
      const known = this.#objects.get(name);
      if (known !== undefined && !this.#isNewer(name, version)) this.#remove(name, known, { own: false });
    }
  }

  /** Whether an answer gave what is known of an object, and gave it later than this. */
  #isNewer(name: string, version: string | undefined): boolean {
    const known = this.#objects.get(name);
    return (
      known !== undefined && this.#superseded.covers(name, known) && !isLater(version, known.metadata.resourceVersion)
    );
  }

  /** Takes in what the watch tells. */
  note(type: WatchType, object: KubernetesObject): void {
    const held = this.#held.get(nameIn(object));
    if (held === undefined) this.#note(type, object);
    else held.events.push(() => this.#note(type, object));
  }

  /**
   * Announces a write of an object. The function that it gives ends that: with what the answer says, or with nothing
   * where the write failed.
   */
  beginWrite(namespace: string | undefined, name: string): (result?: WriteResult) => void {
    const key = nameOf(namespace, name);
    const held = this.#held.get(key) ?? { writes: 0, events: [] };
    held.writes++;
    this.#held.set(key, held);
    return (result) => {
      if (result !== undefined) this.#noteResult(key, result);
      held.writes--;
      if (held.writes > 0) return;
      this.#held.delete(key);
      for (const event of held.events) event();
    };
  }

  /** Takes in what the server says of one object when it is asked for it by name: null where it is not there. */
  learn(namespace: string | undefined, name: string, object: KubernetesObject | null): void {
    const key = nameOf(namespace, name);
    const uid = this.#objects.get(key)?.metadata.uid;
    if (object !== null) this.#noteResult(key, { object }, false);
    else if (uid !== undefined) this.#noteResult(key, { gone: uid }, false);
  }

  #noteResult(name: string, result: WriteResult, own = true): void {
    const known = this.#objects.get(name);
    if ('gone' in result) {
      this.#superseded.noteGone(result.gone);
      if (known?.metadata.uid === result.gone) this.#remove(name, known, { own });
      return;
    }
    const { object } = result;
    if (known !== undefined && !isLater(object.metadata.resourceVersion, known.metadata.resourceVersion)) return;
    this.#superseded.noteWrite(name, object);
    this.#set(name, object, own);
  }

  #note(type: WatchType, object: KubernetesObject): void {
    const name = nameIn(object);
    const known = this.#objects.get(name);
    if (this.#superseded.isStale(name, object, known)) return;
    if (type !== 'DELETED') {
      if (!this.#superseded.isGone(object)) this.#set(name, object, false);
      return;
    }
    this.#superseded.forgetGone(object);
    if (known !== undefined && known.metadata.uid === object.metadata.uid)
      this.#remove(name, known, { own: false, last: object });
  }

  #set(name: string, given: KubernetesObject, own: boolean): void {
    const oldObject = this.#objects.get(name);
    if (oldObject !== undefined && isSameVersion(oldObject, given)) return;
    const object = this.#slim(given);
    // Another object of that name: the one before is gone, whether or not anybody saw it go.
    const isSame = oldObject?.metadata.uid === object.metadata.uid;
    if (oldObject !== undefined && !isSame) this.#remove(name, oldObject, { own });
    const before = isSame ? oldObject : undefined;
    this.#objects.set(name, object);
    this.#index.set(name, object, before);
    this.#tell({ type: before === undefined ? 'Added' : 'Modified', object, oldObject: before, own });
  }

  #remove(
    name: string,
    oldObject: KubernetesObject,
    { own, last }: { readonly own: boolean; readonly last?: KubernetesObject },
  ): void {
    this.#objects.delete(name);
    this.#index.set(name, undefined, oldObject);
    this.#superseded.forget(name);
    this.#tell({ type: 'Deleted', object: last === undefined ? oldObject : this.#slim(last), oldObject, own });
  }
}

const nameOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;
const nameIn = ({ metadata }: KubernetesObject): string => nameOf(metadata.namespace, metadata.name);

function isSameVersion(left: KubernetesObject, right: KubernetesObject): boolean {
  return left.metadata.uid === right.metadata.uid && left.metadata.resourceVersion === right.metadata.resourceVersion;
}

/** Orders objects by namespace, then name. */
export function comparePlaces(left: KubernetesObject, right: KubernetesObject): number {
  const order = compareText(left.metadata.namespace ?? '', right.metadata.namespace ?? '');
  return order === 0 ? compareText(left.metadata.name, right.metadata.name) : order;
}
