import type { ObjectKey } from '#model/object.js';

/** A key that is due. */
export interface Due {
  readonly key: ObjectKey;
  /** When it became due, in milliseconds. */
  readonly since: number;
}

/** Items in the order in which they came. `Array.shift` would move all others each time. */
class Line<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  take(): Item | undefined {
    if (this.size === 0) return undefined;
    const item = this.first;
    this.#items[this.#head++] = undefined;
    if (this.#head > 32 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

/** Due keys, fair by namespace: one of each in turn, so that nobody's many objects keep another's few waiting. */
export class FairQueue {
  readonly #namespaces = new Map<string, Line<Due>>();
  /** Namespaces with something due, in their turn. */
  readonly #turns = new Line<string>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** When the key became due that waits for the longest; undefined where none does. */
  get oldest(): number | undefined {
    const times = [...this.#namespaces.values()].flatMap(({ first }) => first?.since ?? []);
    return times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time));
  }

  push(due: Due): void {
    const namespace = due.key.namespace ?? '';
    let line = this.#namespaces.get(namespace);
    if (line === undefined) {
      line = new Line();
      this.#namespaces.set(namespace, line);
      this.#turns.push(namespace);
    }
    line.push(due);
    this.#size++;
  }

  /** Takes the next of the namespace whose turn it is. */
  take(): Due | undefined {
    const namespace = this.#turns.take();
    const line = namespace === undefined ? undefined : this.#namespaces.get(namespace);
    const due = line?.take();
    if (namespace === undefined || line === undefined || due === undefined) return undefined;
    if (line.size === 0) this.#namespaces.delete(namespace);
    else this.#turns.push(namespace);
    this.#size--;
    return due;
  }
}
