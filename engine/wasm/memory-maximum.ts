const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;
const HEADER_BYTES = 8;
const PAGES_PER_MEBIBYTE = 16;

/**
 * A copy of a WebAssembly binary whose one memory cannot grow beyond `mebibytes`. Nothing outside bounds it: the heap
 * limits of a worker do not count WebAssembly memory.
 * @throws RangeError when the binary has no memory of its own, more than one, or one that starts out larger.
 * @see https://webassembly.github.io/spec/core/binary/modules.html#memory-section
 */
export function withMemoryMaximum(binary: Uint8Array, mebibytes: number): Uint8Array<ArrayBuffer> {
  const section = findMemorySection(binary);
  const [count, afterCount] = readUnsigned(binary, section.body);
  const [flags, afterFlags] = readUnsigned(binary, afterCount);
  const [minimum, afterMinimum] = readUnsigned(binary, afterFlags);
  const maximum = mebibytes * PAGES_PER_MEBIBYTE;
  if (count !== 1) throw new RangeError(`expected one memory, found ${count}`);
  if (minimum > maximum) throw new RangeError(`the memory starts with ${minimum} pages, more than ${maximum}`);
  const afterLimits = (flags & HAS_MAXIMUM) === 0 ? afterMinimum : readUnsigned(binary, afterMinimum)[1];
  if (afterLimits !== section.end) throw new RangeError('the memory section has bytes left over');
  const limits = [1, flags | HAS_MAXIMUM, ...unsigned(minimum), ...unsigned(maximum)];
  const replacement = [MEMORY_SECTION, ...unsigned(limits.length), ...limits];
  const patched = new Uint8Array(section.start + replacement.length + binary.length - section.end);
  patched.set(binary.subarray(0, section.start));
  patched.set(replacement, section.start);
  patched.set(binary.subarray(section.end), section.start + replacement.length);
  return patched;
}

function findMemorySection(binary: Uint8Array): { start: number; body: number; end: number } {
  let start = HEADER_BYTES;
  while (start < binary.length) {
    const [length, body] = readUnsigned(binary, start + 1);
    if (binary[start] === MEMORY_SECTION) return { start, body, end: body + length };
    start = body + length;
  }
  throw new RangeError('the binary has no memory section');
}

/** Reads an unsigned LEB128 number: the number and the offset behind it. */
function readUnsigned(binary: Uint8Array, offset: number): readonly [value: number, next: number] {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = binary[offset + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return [value, offset + index + 1];
  }
  throw new RangeError(`no LEB128 number at byte ${offset}`);
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
