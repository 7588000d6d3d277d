import { printValue } from './rego-text.js';
import type { RegoValue } from './rego-value.js';
import { type MemoryView, ValueReader, valueType } from './value-reader.js';

/** What OPA's runtime does with its memory. Addresses and sizes are in bytes. */
export interface MemoryExports {
  readonly opa_malloc: (size: number) => number;
  readonly opa_json_parse: (address: number, length: number) => number;
  readonly opa_value_parse: (address: number, length: number) => number;
}

/** A value on its way into the memory more than once: null is "no result". */
export type PreparedValue = { readonly text: string } | { readonly printed: string } | { readonly yes: boolean } | null;

/** Bytes of a text, without its characters, and of a boolean. */
const [TEXT_SIZE, BOOLEAN_SIZE] = [12, 2];
const [LENGTH_OFFSET, CHARACTERS_OFFSET] = [4, 8];
/** Shorter text is not measured before it is written: that would cost more than the room it saves. */
const SHORT_TEXT = 65536;
const BYTES_PER_UNIT = 3;
const NO_RESULT = 0;

/** Prepares the result of a built-in to be written. */
export function prepareValue(value: RegoValue | undefined): PreparedValue {
  if (value === undefined) return null;
  if (typeof value === 'string') return { text: value };
  return typeof value === 'boolean' ? { yes: value } : { printed: printValue(value) };
}

/** Values in the memory of an instance of OPA's WebAssembly. */
export class PolicyMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: () => MemoryExports;
  readonly #reader: ValueReader;

  /** `spend` gets the steps that reading a value is worth. */
  constructor(memory: WebAssembly.Memory, exports: () => MemoryExports, spend: (steps: number) => void) {
    this.#memory = memory;
    this.#exports = exports;
    this.#reader = new ValueReader(viewOf(memory), spend);
  }

  /** The value at an address. Throws RegoValueError. */
  read(address: number): RegoValue {
    return this.#view().value(address);
  }

  /** The text at an address that ends with a zero. */
  terminatedText(address: number): string {
    const { bytes } = this.#view().view;
    return bytes.toString('utf8', address, bytes.indexOf(0, address));
  }

  /** Writes the result of a built-in and gives its address; 0 where there is none. */
  write(value: PreparedValue): number {
    if (value === null) return NO_RESULT;
    if ('printed' in value) return this.parse(value.printed, 'opa_value_parse');
    return 'text' in value ? this.#writeText(value.text) : this.#writeBoolean(value.yes);
  }

  /** Has the runtime parse a text and gives the address of the value. Throws where it does not understand the text. */
  parse(text: string, parser: 'opa_json_parse' | 'opa_value_parse'): number {
    const exports = this.#exports();
    const address = exports.opa_malloc(sizeOf(text));
    const value = exports[parser](address, this.#put(text, address));
    if (value === 0) throw new Error('a value was not understood by the policy runtime');
    return value;
  }

  // The characters have a block of their own: the runtime may free a text while a copy still points to them.
  #writeText(text: string): number {
    const { opa_malloc: allocate } = this.#exports();
    const [characters, address] = [allocate(sizeOf(text)), allocate(TEXT_SIZE)];
    const length = this.#put(text, characters);
    const { bytes, words } = this.#view().view;
    bytes[address] = valueType.text;
    bytes[address + 1] = 0;
    words.setUint32(address + LENGTH_OFFSET, length, true);
    words.setUint32(address + CHARACTERS_OFFSET, characters, true);
    return address;
  }

  #writeBoolean(yes: boolean): number {
    const address = this.#exports().opa_malloc(BOOLEAN_SIZE);
    const { bytes } = this.#view().view;
    bytes[address] = valueType.boolean;
    bytes[address + 1] = Number(yes);
    return address;
  }

  #put(text: string, address: number): number {
    return this.#view().view.bytes.write(text, address, 'utf8');
  }

  /** When the memory grows it gets another buffer, and the one before becomes empty. */
  #view(): ValueReader {
    if (this.#reader.view.bytes.length === 0) this.#reader.view = viewOf(this.#memory);
    return this.#reader;
  }
}

function viewOf({ buffer }: WebAssembly.Memory): MemoryView {
  return { bytes: Buffer.from(buffer), words: new DataView(buffer) };
}

function sizeOf(text: string): number {
  return text.length <= SHORT_TEXT ? text.length * BYTES_PER_UNIT : Buffer.byteLength(text);
}
