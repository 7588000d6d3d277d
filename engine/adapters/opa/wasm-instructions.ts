import type { BinaryReader } from './wasm-binary.js';

/** Opcodes that the rewriting looks for or writes. @see https://webassembly.github.io/spec/core/binary/instructions.html */
export const opcode = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  call: 0x10,
  globalGet: 0x23,
  globalSet: 0x24,
  i64Load: 0x29,
  load8Unsigned: 0x2d,
  i32Load16Unsigned: 0x2f,
  i32Const: 0x41,
  i64Const: 0x42,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtSigned: 0x48,
  i64LtUnsigned: 0x54,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64ExtendUnsigned: 0xad,
} as const;

/** The block type of a block without parameters and results, and the value type of a 32-bit integer. */
export const emptyBlock = 0x40;
export const i32 = 0x7f;

const NO_OPERAND = new Set([0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1]);
const ONE_NUMBER = new Set([
  0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2,
]);
/** Numbers that follow the second opcode of the 0xfc group. */
const EXTENDED_NUMBERS = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

/** Passes over the operands of the instruction whose opcode was just read. Throws RangeError for one it does not know. */
export function skipOperands(reader: BinaryReader, code: number): void {
  if (NO_OPERAND.has(code) || (code >= 0x45 && code <= 0xc4)) return;
  if (code === 0x43) reader.take(4);
  else if (code === 0x44) reader.take(8);
  else for (let left = numbersAfter(reader, code); left > 0; left -= 1) reader.skipNumber();
}

/** How many LEB128 numbers the operands are; counts that precede them are read. */
function numbersAfter(reader: BinaryReader, code: number): number {
  if (ONE_NUMBER.has(code)) return 1;
  if (code === 0x11 || (code >= 0x28 && code <= 0x3e)) return 2;
  if (code === 0x0e) return reader.number() + 1;
  if (code === 0x1c) return reader.number();
  const numbers = code === 0xfc ? EXTENDED_NUMBERS[reader.number()] : undefined;
  if (numbers !== undefined) return numbers;
  throw new RangeError(`a WebAssembly instruction that OPA does not use: 0x${code.toString(16)}`);
}
