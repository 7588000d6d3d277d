import { identityOf, type ObjectKey } from '#model/object.js';

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

/** A key in a line. It stays there, and counts for nothing, where the key has moved to a faster one. */
interface Entry extends Due {
  readonly isUrgent: boolean;
  hasMoved: boolean;
}

/** Of so many keys of a namespace that are handed out, one is not urgent, however many are. */
const SHARE = 4;

/** What is due of one namespace. */
class Lines {
  readonly #urgent = new Line<Entry>();
  readonly #others = new Line<Entry>();
  #taken = 0;

  get isEmpty(): boolean {
    return headOf(this.#urgent) === undefined && headOf(this.#others) === undefined;
  }

  push(entry: Entry): void {
    (entry.isUrgent ? this.#urgent : this.#others).push(entry);
  }

  take(): Entry | undefined {
    const isOthers = ++this.#taken % SHARE === 0;
    const lines = isOthers ? [this.#others, this.#urgent] : [this.#urgent, this.#others];
    return lines.find((line) => headOf(line) !== undefined)?.take();
  }
}

/**
 * Due keys, each once, fair by namespace: one of each in turn, so that nobody's many objects keep another's few waiting.
 * Of a namespace the urgent ones come first, but not alone.
 */
export class FairQueue {
  readonly #namespaces = new Map<string, Lines>();
  /** Namespaces with something due, in their turn. */
  readonly #turns = new Line<string>();
  /** By identity, in the order in which they came, moved or not. */
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** When the key became due that waits for the longest; undefined where none does. */
  get oldest(): number | undefined {
    const [first] = this.#entries.values();
    return first?.since;
  }

  /** Makes a key due, or one that is due urgent. */
  push({ key, since }: Due, isUrgent = false): void {
    const identity = identityOf(key);
    const known = this.#entries.get(identity);
    if (known !== undefined && (known.isUrgent || !isUrgent)) return;
    if (known !== undefined) known.hasMoved = true;
    const entry = { key, since: known?.since ?? since, isUrgent, hasMoved: false };
    this.#entries.set(identity, entry);
    const namespace = key.namespace ?? '';
    let lines = this.#namespaces.get(namespace);
    if (lines === undefined) {
      lines = new Lines();
      this.#namespaces.set(namespace, lines);
      this.#turns.push(namespace);
    }
    lines.push(entry);
  }

  /** Takes the next of the namespace whose turn it is. */
  take(): Due | undefined {
    const namespace = this.#turns.take();
    const lines = namespace === undefined ? undefined : this.#namespaces.get(namespace);
    const entry = lines?.take();
    if (namespace === undefined || lines === undefined || entry === undefined) return undefined;
    if (lines.isEmpty) this.#namespaces.delete(namespace);
    else this.#turns.push(namespace);
    this.#entries.delete(identityOf(entry.key));
    return entry;
  }
}

function headOf(line: Line<Entry>): Entry | undefined {
  while (line.first?.hasMoved === true) line.take();
  return line.first;
}
