import { numberOf } from './rego-number.js';
import { type RegoEntry, RegoObject, RegoSet, type RegoValue } from './rego-value.js';

/** The memory of a module, in the two ways that reading a value needs. Both end when the memory grows. */
export interface MemoryView {
  readonly bytes: Buffer;
  readonly words: DataView;
}

/** The first byte of a value. @see wasm/src/value.h of OPA 1.22 */
export const valueType = {
  null: 1,
  boolean: 2,
  number: 3,
  text: 4,
  array: 5,
  object: 6,
  set: 7,
  internedText: 8,
  internedBoolean: 9,
} as const;

const MAXIMAL_DEPTH = 2000;
const BYTES_PER_STEP = 16;
/** How the memory holds a number that is small and whole; the others are texts. */
const NUMBER_IS_INTEGER = 1;
const [WORD, TWO_WORDS] = [4, 8];

/** What stands in the memory is no value, or nests too deep. */
export class RegoValueError extends Error {}

/**
 * Reads values where OPA's runtime keeps them, without having it write them out first. `spend` gets the steps that a
 * value is worth before it is read: one, and one more for every sixteen bytes of text.
 * Throws RegoValueError for what nests too deep or is no value.
 */
export class ValueReader {
  /** Constants of the policies by address. */
  readonly #constants = new Map<number, string>();
  view: MemoryView;
  readonly spend: (steps: number) => void;

  constructor(view: MemoryView, spend: (steps: number) => void) {
    this.view = view;
    this.spend = spend;
  }

  /** The value at an address. */
  value(address: number, depth = 0): RegoValue {
    if (depth > MAXIMAL_DEPTH) throw new RegoValueError('the value nests too deep');
    const type = this.view.bytes[address];
    switch (type) {
      case valueType.internedText:
        return this.#constant(address);
      case valueType.text:
        return this.#text(this.#word(address + TWO_WORDS), this.#word(address + WORD));
      case valueType.boolean:
      case valueType.internedBoolean:
        this.spend(1);
        return this.view.bytes[address + 1] !== 0;
      case valueType.number:
        return this.#number(address);
      case valueType.array:
        return this.#array(address, depth);
      case valueType.object:
        return RegoObject.of(this.#entries(address, depth));
      case valueType.set:
        return RegoSet.of(this.#elements(address).map((item) => this.value(this.#word(item), depth + 1)));
      case valueType.null:
        this.spend(1);
        return null;
      default:
        throw new RegoValueError(`there is no value of type ${type}`);
    }
  }

  #word(address: number): number {
    return this.view.words.getUint32(address, true);
  }

  #constant(address: number): string {
    const known = this.#constants.get(address);
    if (known === undefined) {
      const text = this.#text(this.#word(address + TWO_WORDS), this.#word(address + WORD));
      this.#constants.set(address, text);
      return text;
    }
    this.spend(stepsOf(this.#word(address + WORD)));
    return known;
  }

  #text(address: number, length: number): string {
    this.spend(stepsOf(length));
    return this.view.bytes.toString('utf8', address, address + length);
  }

  #number(address: number): RegoValue {
    const content = address + TWO_WORDS;
    if (this.view.bytes[address + 1] === NUMBER_IS_INTEGER) {
      this.spend(1);
      return numberOf(this.view.words.getBigInt64(content, true).toString());
    }
    return numberOf(this.#text(this.#word(content), this.#word(content + WORD)));
  }

  #array(address: number, depth: number): readonly RegoValue[] {
    const [items, length] = [this.#word(address + WORD), this.#word(address + TWO_WORDS)];
    this.spend(1 + length);
    const values: RegoValue[] = [];
    for (let index = 0; index < length; index += 1)
      values.push(this.value(this.#word(items + index * TWO_WORDS + WORD), depth + 1));
    return values;
  }

  #entries(address: number, depth: number): readonly RegoEntry[] {
    return this.#elements(address, TWO_WORDS).map((item) => [
      this.value(this.#word(item), depth + 1),
      this.value(this.#word(item + WORD), depth + 1),
    ]);
  }

  /** Addresses of the elements of a set or, with `link` behind key and value, of an object. */
  #elements(address: number, link: number = WORD): readonly number[] {
    const [buckets, count] = [this.#word(address + WORD), this.#word(address + TWO_WORDS)];
    this.spend(1 + count);
    const elements: number[] = [];
    for (let index = 0; index < count; index += 1) {
      for (let element = this.#word(buckets + index * WORD); element !== 0; element = this.#word(element + link))
        elements.push(element);
    }
    return elements;
  }
}

function stepsOf(length: number): number {
  return 1 + Math.floor(length / BYTES_PER_STEP);
}
