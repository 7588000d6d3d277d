import { valueType } from './value-reader.js';
import { BinaryWriter } from './wasm-binary.js';
import { i32, opcode } from './wasm-instructions.js';

/** The functions of the runtime that add and subtract, with the instruction that does so for integers. */
const INSTRUCTIONS: Readonly<Record<string, number>> = {
  opa_arith_plus: opcode.i64Add,
  opa_arith_minus: opcode.i64Sub,
};

/** What a call for two integers is written with. */
export interface IntegerCall {
  /** The function of the runtime that is called. */
  readonly native: string;
  /** Indexes of two globals with room for the operands. */
  readonly operands: readonly [number, number];
  /** Index of the runtime's function that makes a number of an integer. */
  readonly makeNumber: number;
  /** The call for all other operands: takes them from the stack and leaves one value there. */
  readonly otherwise: Uint8Array;
}

/** The function of the runtime that makes a number of its text, which is how policies hold their constants. */
export const numberOfText = 'opa_number_ref';

/** Whether `withIntegers` knows a faster way for a function of the runtime. */
export function isIntegerArithmetic(native: string): boolean {
  return Object.hasOwn(INSTRUCTIONS, native);
}

/** An integer of the runtime begins with these two bytes, its value follows after eight. */
const INTEGER_REPRESENTATION = 1;
const INTEGER_HEADER = valueType.number | (INTEGER_REPRESENTATION << 8);
const VALUE_OFFSET = 8;
/** log2 of the bytes that are read. */
const [HALF_WORD, DOUBLE_WORD] = [1, 3];

/**
 * The call of a function that adds or subtracts, with a short way for two integers of 31 bits: the runtime takes both
 * through decimal numbers of any length, which costs a policy more than the walk through an object. The results are the
 * same, since those of 32 bits are integers of the runtime in either way.
 */
export function withIntegers({ native, operands, makeNumber, otherwise }: IntegerCall): Uint8Array {
  const [first, second] = operands;
  const writer = new BinaryWriter(192);
  const get = (global: number) => writer.bytes([opcode.globalGet]).number(global);
  const load = (global: number) => get(global).bytes([opcode.i64Load, DOUBLE_WORD, VALUE_OFFSET]);
  writer.bytes([opcode.globalSet]).number(second).bytes([opcode.globalSet]).number(first);
  for (const global of operands) {
    get(global).bytes([opcode.i32Load16Unsigned, HALF_WORD, 0, opcode.i32Const]);
    writer.signedNumber(INTEGER_HEADER).bytes([opcode.i32Eq]);
    // -2^30 <= value < 2^30
    load(global)
      .bytes([opcode.i64Const])
      .signedNumber(2 ** 30)
      .bytes([opcode.i64Add, opcode.i64Const]);
    writer.signedNumber(2 ** 31).bytes([opcode.i64LtUnsigned, opcode.i32And]);
  }
  writer.bytes([opcode.i32And, opcode.if, i32]);
  load(first);
  load(second).bytes([INSTRUCTIONS[native]!, opcode.call]).number(makeNumber).bytes([opcode.else]);
  get(first);
  return get(second).bytes(otherwise).bytes([opcode.end]).finish();
}

/** The character zero. */
const ZERO = 48;

/**
 * The call of `numberOfText`, with a short way for a single digit: as an integer it is the same number, and can be
 * compared and added to integers without decimal numbers of any length.
 */
export function withDigits({ operands, makeNumber, otherwise }: Omit<IntegerCall, 'native'>): Uint8Array {
  const [address, length] = operands;
  const writer = new BinaryWriter(64);
  const get = (global: number) => writer.bytes([opcode.globalGet]).number(global);
  writer.bytes([opcode.globalSet]).number(length).bytes([opcode.globalSet]).number(address);
  get(length).bytes([opcode.i32Const, 1, opcode.i32Eq, opcode.if, i32]);
  get(address).bytes([opcode.load8Unsigned, 0, 0, opcode.i32Const, ZERO, opcode.i32Sub, opcode.i64ExtendUnsigned]);
  writer.bytes([opcode.call]).number(makeNumber).bytes([opcode.else]);
  get(address);
  return get(length).bytes(otherwise).bytes([opcode.end]).finish();
}
