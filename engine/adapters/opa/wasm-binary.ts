/** One section of a WebAssembly module: its id and its body. */
export interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

/** Reads a WebAssembly binary front to back. @see https://webassembly.github.io/spec/core/binary/ */
export class BinaryReader {
  offset: number;

  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  get atEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.offset++];
    if (value === undefined) throw new RangeError('the WebAssembly module ends too early');
    return value;
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const next = this.byte();
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value >>> 0;
    }
  }

  /** Passes over a LEB128 number of any size and sign. */
  skipNumber(): void {
    while (this.byte() >= 0x80);
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    const start = this.offset;
    this.offset += length;
    return this.bytes.subarray(start, this.offset);
  }

  text(): string {
    return new TextDecoder().decode(this.take(this.number()));
  }
}

/** Writes a WebAssembly binary. */
export class BinaryWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  bytes(bytes: ArrayLike<number>): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** An unsigned LEB128 number. */
  number(value: number): this {
    let rest = value >>> 0;
    const encoded: number[] = [];
    do {
      const low = rest & 0x7f;
      rest >>>= 7;
      encoded.push(rest === 0 ? low : low | 0x80);
    } while (rest !== 0);
    return this.bytes(encoded);
  }

  /** A signed LEB128 number, of a value that is not negative. */
  signedNumber(value: number): this {
    const encoded = new BinaryWriter(5).number(value).finish();
    const last = encoded.length - 1;
    if ((encoded[last]! & 0x40) === 0) return this.bytes(encoded);
    return this.bytes([...encoded.subarray(0, last), encoded[last]! | 0x80, 0]);
  }

  /** A byte vector: its length, then its bytes. */
  vector(bytes: ArrayLike<number>): this {
    return this.number(bytes.length).bytes(bytes);
  }

  text(text: string): this {
    return this.vector(new TextEncoder().encode(text));
  }

  /** What was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

const HEADER_LENGTH = 8;

/** The sections of a module in order. */
export function sectionsOf(module: Uint8Array): Section[] {
  const reader = new BinaryReader(module, HEADER_LENGTH);
  const sections: Section[] = [];
  while (!reader.atEnd) {
    const id = reader.byte();
    sections.push({ id, body: reader.take(reader.number()) });
  }
  return sections;
}

/** A module of `sections`, with the header of `module`. */
export function moduleOf(module: Uint8Array, sections: readonly Section[]): Uint8Array {
  const writer = new BinaryWriter(module.length + module.length / 4).bytes(module.subarray(0, HEADER_LENGTH));
  for (const section of sections) writer.bytes([section.id]).vector(section.body);
  return writer.finish();
}

/** Function names by index, from the body of the custom section `name` (without the section's own name). */
export function functionNames(body: Uint8Array): ReadonlyMap<number, string> {
  const FUNCTIONS = 1;
  const names = new Map<number, string>();
  const reader = new BinaryReader(body);
  while (!reader.atEnd) {
    const kind = reader.byte();
    const part = new BinaryReader(reader.take(reader.number()));
    if (kind !== FUNCTIONS) continue;
    for (let left = part.number(); left > 0; left -= 1) names.set(part.number(), part.text());
  }
  return names;
}

/** The least number of memory pages with which a module that imports its memory can start. */
export function importedMemoryPages(sections: readonly Section[]): number {
  const body = sections.find((section) => section.id === 2)?.body;
  if (body === undefined) return 0;
  const reader = new BinaryReader(body);
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.take(reader.number());
    reader.take(reader.number());
    const kind = reader.byte();
    if (kind === 0) reader.skipNumber();
    else if (kind === 2) {
      reader.byte();
      return reader.number();
    } else throw new RangeError('an import that OPA does not make');
  }
  return 0;
}
