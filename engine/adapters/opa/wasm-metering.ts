import { firstHostedNative, hostedNatives, nativeBuiltins, undefinedForEmpty } from './native-builtins.js';
import { valueType } from './value-reader.js';
import { isIntegerArithmetic, numberOfText, withDigits, withIntegers } from './wasm-arithmetic.js';
import { BinaryReader, BinaryWriter, functionNames, moduleOf, type Section, sectionsOf } from './wasm-binary.js';
import { emptyBlock, i32, opcode, skipOperands } from './wasm-instructions.js';

/** Changes with what the rewriting does, so that modules of another version are not taken from a cache. */
export const METER_VERSION = '4';

/** Names of the globals that a metered module exports. */
export const meterExports = { steps: 'edict_steps', failed: 'edict_failed' } as const;

const sectionId = { custom: 0, global: 6, export: 7, code: 10 } as const;
/** The functions that OPA makes of policies. */
const POLICY_FUNCTION = /^(g\d+\.|eval$)/;
/** Reading JSON takes as long as its text: counting that would cost every evaluation and bound none. */
const UNMETERED = /^opa_json_(lex|parse)/;

interface Meter {
  /** Indexes of the globals: steps that are left; the failed built-in; room for a result and for two operands. */
  readonly steps: number;
  readonly failed: number;
  readonly result: number;
  readonly operand: number;
  readonly second: number;
  readonly functions: ReadonlyMap<number, string>;
  readonly imported: number;
}

/**
 * Rewrites a module that OPA compiled so that it can be trusted with untrusted input in the calling thread:
 * - each turn of a loop and each call of a policy function takes one from the global `edict_steps` and traps below
 *   zero, so that every evaluation ends, and after the same number of steps on every machine;
 * - a built-in of the runtime that fails stores its function index in `edict_failed` and traps, where OPA would go on
 *   with "undefined" and a `deny` would silently not hold;
 * - a few built-ins of the runtime become calls of the host, and sums of small integers a few instructions.
 * Throws RangeError for a module that OPA 1.x does not make.
 */
export function meterModule(module: Uint8Array): Uint8Array {
  const sections = sectionsOf(module);
  const globals = sections.find((section) => section.id === sectionId.global);
  const first = globals === undefined ? 0 : new BinaryReader(globals.body).number();
  if (globals === undefined || first === 0) throw new RangeError('the module has no globals');
  const meter: Meter = {
    steps: first,
    failed: first + 1,
    result: first + 2,
    operand: first + 3,
    second: first + 4,
    functions: namesOf(sections),
    imported: importedFunctions(sections),
  };
  return moduleOf(
    module,
    sections.map((section) => rewrite(section, meter)),
  );
}

function rewrite(section: Section, meter: Meter): Section {
  if (section.id === sectionId.global) return { id: section.id, body: appended(section.body, newGlobals(), 5) };
  if (section.id === sectionId.export) return { id: section.id, body: appended(section.body, newExports(meter), 2) };
  if (section.id === sectionId.code) return { id: section.id, body: meteredCode(section.body, meter) };
  return section;
}

/** The functions that policies were compiled to, and those of the runtime, by index. */
export function namesOf(sections: readonly Section[]): ReadonlyMap<number, string> {
  for (const { id, body } of sections) {
    if (id !== sectionId.custom) continue;
    const reader = new BinaryReader(body);
    if (reader.text() === 'name') return functionNames(body.subarray(reader.offset));
  }
  throw new RangeError('the module does not name its functions');
}

function importedFunctions(sections: readonly Section[]): number {
  const reader = new BinaryReader(sections.find((section) => section.id === 2)?.body ?? new Uint8Array([0]));
  let functions = 0;
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.take(reader.number());
    reader.take(reader.number());
    if (reader.byte() === 0) {
      functions += 1;
      reader.skipNumber();
    } else {
      const limited = reader.byte() === 1;
      reader.skipNumber();
      if (limited) reader.skipNumber();
    }
  }
  return functions;
}

/** A vector with `count` more items, whose bytes are `items`. */
function appended(body: Uint8Array, items: Uint8Array, count: number): Uint8Array {
  const reader = new BinaryReader(body);
  const length = reader.number();
  return new BinaryWriter(body.length + items.length + 8)
    .number(length + count)
    .bytes(body.subarray(reader.offset))
    .bytes(items)
    .finish();
}

function newGlobals(): Uint8Array {
  const mutable = 1;
  const zero = [i32, mutable, opcode.i32Const, 0, opcode.end];
  // The module parses its own constants when it starts, before anybody could give it steps.
  const largest = [i32, mutable, opcode.i32Const, 0xff, 0xff, 0xff, 0xff, 0x07, opcode.end];
  return new Uint8Array([...largest, ...zero, ...zero, ...zero, ...zero]);
}

function newExports(meter: Meter): Uint8Array {
  const global = 3;
  return new BinaryWriter()
    .text(meterExports.steps)
    .bytes([global])
    .number(meter.steps)
    .text(meterExports.failed)
    .bytes([global])
    .number(meter.failed)
    .finish();
}

function meteredCode(body: Uint8Array, meter: Meter): Uint8Array {
  const reader = new BinaryReader(body);
  const count = reader.number();
  const writer = new BinaryWriter(body.length + body.length / 3).number(count);
  for (let index = 0; index < count; index += 1) {
    const code = reader.take(reader.number());
    const name = meter.functions.get(meter.imported + index) ?? '';
    writer.vector(UNMETERED.test(name) ? code : meteredFunction(code, meter, POLICY_FUNCTION.test(name)));
  }
  return writer.finish();
}

function meteredFunction(code: Uint8Array, meter: Meter, isPolicy: boolean): Uint8Array {
  const reader = new BinaryReader(code);
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.skipNumber();
    reader.byte();
  }
  const writer = new BinaryWriter(code.length + code.length / 2).bytes(code.subarray(0, reader.offset));
  const takeStep = stepOf(meter);
  if (isPolicy) writer.bytes(takeStep);
  let copied = reader.offset;
  while (!reader.atEnd) {
    const start = reader.offset;
    const instruction = reader.byte();
    const callee = isPolicy && instruction === opcode.call ? reader.number() : undefined;
    if (callee === undefined) skipOperands(reader, instruction);
    const native = callee === undefined ? undefined : meter.functions.get(callee);
    if (instruction === opcode.loop) {
      writer.bytes(code.subarray(copied, reader.offset)).bytes(takeStep);
      copied = reader.offset;
    } else if (native !== undefined && (native === numberOfText || Object.hasOwn(nativeBuiltins, native))) {
      writer.bytes(code.subarray(copied, start)).bytes(nativeCall(callee!, native, meter));
      copied = reader.offset;
    }
  }
  return writer.bytes(code.subarray(copied)).finish();
}

/** `steps -= 1; if (steps < 0) trap` */
function stepOf({ steps }: Meter): Uint8Array {
  return new BinaryWriter()
    .bytes([opcode.globalGet])
    .number(steps)
    .bytes([opcode.i32Const, 1, opcode.i32Sub, opcode.globalSet])
    .number(steps)
    .bytes([opcode.globalGet])
    .number(steps)
    .bytes([opcode.i32Const, 0, opcode.i32LtSigned, opcode.if, emptyBlock, opcode.unreachable, opcode.end])
    .finish();
}

function nativeCall(callee: number, native: string, meter: Meter): Uint8Array {
  const hosted = hostedNatives.findIndex(({ runtime }) => runtime === native);
  if (hosted !== -1) return hostedCall(hosted, meter);
  const otherwise = checkedCall(callee, undefinedForEmpty.has(native), meter);
  const makeNumber = () => indexOf('opa_number_int', meter);
  const operands = [meter.operand, meter.second] as const;
  if (native === numberOfText) return withDigits({ operands, makeNumber: makeNumber(), otherwise });
  return isIntegerArithmetic(native)
    ? withIntegers({ native, operands, makeNumber: makeNumber(), otherwise })
    : otherwise;
}

function indexOf(name: string, { functions }: Meter): number {
  for (const [index, other] of functions) if (other === name) return index;
  throw new RangeError(`the module has no function ${name}`);
}

/** `host(number, 0, operands…)`: the operands, which are on the stack already, come last. */
function hostedCall(hosted: number, meter: Meter): Uint8Array {
  const { operands } = hostedNatives[hosted]!;
  const dispatcher = indexOf(`opa_builtin${operands}`, meter);
  const globals = [meter.operand, meter.second].slice(0, operands);
  const writer = new BinaryWriter();
  for (const global of globals.toReversed()) writer.bytes([opcode.globalSet]).number(global);
  writer
    .bytes([opcode.i32Const])
    .signedNumber(firstHostedNative + hosted)
    .bytes([opcode.i32Const, 0]);
  for (const global of globals) writer.bytes([opcode.globalGet]).number(global);
  return writer.bytes([opcode.call]).number(dispatcher).finish();
}

/** `result = callee(…); if (result is undefined) { failed = callee; trap }`, unless the operand is a collection where that is no failure. */
function checkedCall(callee: number, mayBeUndefined: boolean, meter: Meter): Uint8Array {
  const writer = new BinaryWriter();
  const get = (global: number) => writer.bytes([opcode.globalGet]).number(global);
  const set = (global: number) => writer.bytes([opcode.globalSet]).number(global);
  if (mayBeUndefined) {
    set(meter.operand);
    get(meter.operand);
  }
  writer.bytes([opcode.call]).number(callee);
  set(meter.result);
  get(meter.result).bytes([opcode.i32Eqz]);
  if (mayBeUndefined) {
    for (const type of [valueType.array, valueType.set]) {
      get(meter.operand).bytes([opcode.load8Unsigned, 0, 0, opcode.i32Const, type, opcode.i32Ne, opcode.i32And]);
    }
  }
  writer.bytes([opcode.if, emptyBlock, opcode.i32Const]).signedNumber(callee);
  set(meter.failed).bytes([opcode.unreachable, opcode.end]);
  return get(meter.result).finish();
}
