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

/** A key in a line. It stays behind, as nobody's, where the key has moved to a faster one. */
interface Place extends Due {
  readonly isUrgent: boolean;
  isLeft: boolean;
}

/** Of so many keys of a namespace that are handed out, one is not urgent, however many are. */
const SHARE = 4;

/** What is due of one namespace. */
class Lines {
  readonly #urgent = new Line<Place>();
  readonly #others = new Line<Place>();
  #taken = 0;

  /** Those that come next, of each line. */
  get heads(): readonly Place[] {
    return [this.#urgent, this.#others].flatMap((line) => headOf(line) ?? []);
  }

  push(place: Place): void {
    (place.isUrgent ? this.#urgent : this.#others).push(place);
  }

  take(): Place | undefined {
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
  /** By identity. */
  readonly #places = new Map<string, Place>();

  get size(): number {
    return this.#places.size;
  }

  /** When the key became due that waits for the longest; undefined where none does. */
  get oldest(): number | undefined {
    const times = [...this.#namespaces.values()].flatMap(({ heads }) => heads.map(({ since }) => since));
    return times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time));
  }

  /** Makes a key due, or one that is due urgent. */
  push({ key, since }: Due, isUrgent = false): void {
    const identity = identityOf(key);
    const known = this.#places.get(identity);
    if (known !== undefined && (known.isUrgent || !isUrgent)) return;
    if (known !== undefined) known.isLeft = true;
    const place = { key, since: known?.since ?? since, isUrgent, isLeft: false };
    this.#places.set(identity, place);
    const namespace = key.namespace ?? '';
    let lines = this.#namespaces.get(namespace);
    if (lines === undefined) {
      lines = new Lines();
      this.#namespaces.set(namespace, lines);
      this.#turns.push(namespace);
    }
    lines.push(place);
  }

  /** Takes the next of the namespace whose turn it is. */
  take(): Due | undefined {
    const namespace = this.#turns.take();
    const lines = namespace === undefined ? undefined : this.#namespaces.get(namespace);
    const place = lines?.take();
    if (namespace === undefined || lines === undefined || place === undefined) return undefined;
    if (lines.heads.length === 0) this.#namespaces.delete(namespace);
    else this.#turns.push(namespace);
    this.#places.delete(identityOf(place.key));
    return place;
  }
}

function headOf(line: Line<Place>): Place | undefined {
  while (line.first?.isLeft === true) line.take();
  return line.first;
}
