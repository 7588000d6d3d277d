import type { Json } from '#model/json.js';
import { BuiltinError, type Builtins } from './builtins/builtin.js';
import { firstHostedNative, hostedNatives, nativeBuiltins } from './native-builtins.js';
import { parseValue, printValue, RegoTextError } from './rego-text.js';
import { RegoObject, RegoSet, toJson } from './rego-value.js';
import { meterExports } from './wasm-metering.js';

/** Bounds of one evaluation. */
export interface PolicyLimits {
  /** Turns of loops and calls of functions, for each entrypoint. */
  readonly steps: number;
  /** Bytes of memory, for the policies, the data and the input together. */
  readonly memory: number;
}

/** How an evaluation can end without an answer. */
export type FailureKind = 'Builtin' | 'Abort' | 'Steps' | 'Memory' | 'Depth' | 'Defect';

/** An evaluation that ended without an answer. The instance must not be used again. */
export class EvaluationFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A compiled, metered module and what loading it needs. */
export interface PolicyModule {
  readonly module: WebAssembly.Module;
  /** With how many pages of memory it starts. */
  readonly memoryPages: number;
  /** Names of functions by index, for messages. */
  readonly functionNames: () => ReadonlyMap<number, string>;
}

interface Exports {
  readonly opa_malloc: (size: number) => number;
  readonly opa_json_parse: (address: number, length: number) => number;
  readonly opa_json_dump: (value: number) => number;
  readonly opa_value_parse: (address: number, length: number) => number;
  readonly opa_value_dump: (value: number) => number;
  readonly opa_heap_ptr_get: () => number;
  readonly opa_heap_ptr_set: (address: number) => void;
  readonly opa_eval_ctx_new: () => number;
  readonly opa_eval_ctx_set_input: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_data: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_entrypoint: (context: number, entrypoint: number) => void;
  readonly opa_eval_ctx_get_result: (context: number) => number;
  readonly eval: (context: number) => number;
  readonly builtins: () => number;
  readonly entrypoints: () => number;
  readonly [meterExports.steps]: { value: number };
  readonly [meterExports.failed]: { value: number };
}

const PAGE = 65536;
const UNLIMITED_STEPS = 0x7fffffff;
const NONE = 0;
/** What a call of a built-in costs: about as long as so many turns of a loop. */
const STEPS_PER_CALL = 20;
const CHARACTERS_PER_STEP = 16;
/** Shorter text is not measured before it is written: that would cost more than the room it saves. */
const SHORT_TEXT = 65536;
const BYTES_PER_UNIT = 3;

const encoder = new TextEncoder();
/** The result set of most evaluations: it is not worth decoding. */
const NOTHING_DENIED = encoder.encode('{{"result": set()}}\0');

const decoder = new TextDecoder();

class AbortSignalOfPolicy extends Error {}

/**
 * One instance of OPA's WebAssembly, ABI 1.x. Inputs are parsed once and evaluated by any number of entrypoints.
 * After an `EvaluationFailure` it must be thrown away.
 * @see https://www.openpolicyagent.org/docs/wasm
 */
export class PolicyInstance {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports;
  readonly #module: PolicyModule;
  readonly #limits: PolicyLimits;
  readonly #builtins: Builtins;
  readonly #builtinNames: ReadonlyMap<number, string>;
  readonly #data: number;
  readonly #heapOfData: number;
  readonly #context: { now: bigint | undefined; spend: (steps: number) => void };
  readonly entrypoints: ReadonlyMap<string, number>;
  #bytes: Uint8Array;
  #heapOfInput = 0;
  /** Address of OPA's evaluation context, with the input in it. */
  #evaluation = 0;

  constructor(module: PolicyModule, options: { builtins: Builtins; limits: PolicyLimits; data: Json }) {
    this.#module = module;
    this.#limits = options.limits;
    this.#builtins = options.builtins;
    this.#memory = new WebAssembly.Memory({
      initial: module.memoryPages,
      maximum: Math.max(module.memoryPages, Math.floor(options.limits.memory / PAGE)),
    });
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#exports = new WebAssembly.Instance(module.module, { env: this.#imports() }).exports as unknown as Exports;
    this.#context = { now: undefined, spend: (steps) => this.#spend(steps) };
    this.#exports[meterExports.steps].value = UNLIMITED_STEPS;
    this.#builtinNames = new Map([
      ...[...this.#table(this.#exports.builtins())].map(([name, id]): [number, string] => [id, name]),
      ...hostedNatives.map(({ name }, index): [number, string] => [firstHostedNative + index, name]),
    ]);
    const missing = [...this.#builtinNames.values()].filter((name) => !Object.hasOwn(this.#builtins, name));
    if (missing.length > 0) throw new EvaluationFailure('Defect', `Edict has no built-in ${missing.join(', ')}`);
    this.entrypoints = this.#table(this.#exports.entrypoints());
    this.#data = this.#guarded(() => this.#parse(JSON.stringify(options.data), this.#exports.opa_json_parse));
    this.#heapOfData = this.#exports.opa_heap_ptr_get();
  }

  /** Bytes that the memory has grown to; it never shrinks. */
  get memorySize(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Parses the input of the evaluations that follow. `now` is what `time.now_ns` gives. */
  setInput(json: string, now: bigint | undefined): void {
    this.#context.now = now;
    this.#exports[meterExports.steps].value = UNLIMITED_STEPS;
    this.#exports.opa_heap_ptr_set(this.#heapOfData);
    this.#guarded(() => {
      const input = this.#parse(json, this.#exports.opa_json_parse);
      this.#evaluation = this.#exports.opa_eval_ctx_new();
      this.#exports.opa_eval_ctx_set_input(this.#evaluation, input);
      this.#exports.opa_eval_ctx_set_data(this.#evaluation, this.#data);
    });
    this.#heapOfInput = this.#exports.opa_heap_ptr_get();
  }

  /** What one entrypoint gives for the input; undefined where it is undefined. Sets come as sorted arrays. */
  evaluate(entrypoint: number): Json | undefined {
    const exports = this.#exports;
    exports[meterExports.steps].value = this.#limits.steps;
    exports.opa_heap_ptr_set(this.#heapOfInput);
    try {
      exports.opa_eval_ctx_set_entrypoint(this.#evaluation, entrypoint);
      exports.eval(this.#evaluation);
      const address = exports.opa_value_dump(exports.opa_eval_ctx_get_result(this.#evaluation));
      return this.#holds(address, NOTHING_DENIED) ? [] : resultOf(this.#text(address));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #imports(): WebAssembly.Imports[string] {
    const call = (id: number, _context: number, ...operands: number[]) => this.#call(id, operands);
    return {
      memory: this.#memory,
      opa_abort: (address: number) => {
        throw new AbortSignalOfPolicy(this.#text(address));
      },
      opa_println: () => undefined,
      opa_builtin0: call,
      opa_builtin1: call,
      opa_builtin2: call,
      opa_builtin3: call,
      opa_builtin4: call,
    };
  }

  #call(id: number, operands: readonly number[]): number {
    const name = this.#builtinNames.get(id) ?? '';
    try {
      const texts = operands.map((address) => this.#text(this.#exports.opa_value_dump(address)));
      this.#spend(texts.reduce((steps, text) => steps + text.length / CHARACTERS_PER_STEP, STEPS_PER_CALL));
      const values = texts.map((text) => parseValue(text));
      const result = this.#builtins[name]!(values, this.#context);
      return result === undefined ? 0 : this.#parse(printValue(result), this.#exports.opa_value_parse);
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
      const failure = new EvaluationFailure('Builtin', `${name}: ${error.message}`, { cause: error });
      throw failure;
    }
  }

  #spend(steps: number): void {
    const left = this.#exports[meterExports.steps];
    left.value -= Math.ceil(Math.min(steps, UNLIMITED_STEPS));
    if (left.value < 0) throw new EvaluationFailure('Steps', 'the steps are used up');
  }

  #table(address: number): ReadonlyMap<string, number> {
    const table = JSON.parse(this.#text(this.#exports.opa_json_dump(address))) as Record<string, number>;
    return new Map(Object.entries(table));
  }

  #view(): Uint8Array {
    if (this.#bytes.buffer !== this.#memory.buffer) this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#bytes;
  }

  #parse(text: string, parse: (address: number, length: number) => number): number {
    const size = text.length <= SHORT_TEXT ? text.length * BYTES_PER_UNIT : Buffer.byteLength(text);
    const address = this.#exports.opa_malloc(size);
    const { written } = encoder.encodeInto(text, this.#view().subarray(address));
    const value = parse(address, written);
    if (value === 0) throw new EvaluationFailure('Defect', 'a value was not understood by the policy runtime');
    return value;
  }

  /** Whether these bytes stand at `address`. */
  #holds(address: number, wanted: Uint8Array): boolean {
    const bytes = this.#view();
    for (let index = 0; index < wanted.length; index += 1) if (bytes[address + index] !== wanted[index]) return false;
    return true;
  }

  #text(address: number): string {
    const bytes = this.#view();
    return decoder.decode(bytes.subarray(address, bytes.indexOf(0, address)));
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): EvaluationFailure {
    if (error instanceof EvaluationFailure) return error;
    if (error instanceof AbortSignalOfPolicy) {
      const isMemory = error.message.startsWith('opa_malloc');
      return new EvaluationFailure(isMemory ? 'Memory' : 'Abort', error.message);
    }
    if (error instanceof RangeError || error instanceof RegoTextError)
      return new EvaluationFailure('Depth', 'the evaluation nests too deep');
    if (!(error instanceof WebAssembly.RuntimeError)) return new EvaluationFailure('Defect', String(error));
    if (this.#exports[meterExports.steps].value < 0) return new EvaluationFailure('Steps', 'the steps are used up');
    const failed = this.#exports[meterExports.failed].value;
    if (failed !== NONE) {
      return new EvaluationFailure('Builtin', `${this.#nativeName(failed)}: an operand is not one it accepts`);
    }
    const isDepth = /out of bounds/.test(error.message);
    return new EvaluationFailure(isDepth ? 'Depth' : 'Defect', error.message);
  }

  #nativeName(index: number): string {
    const name = this.#module.functionNames().get(index);
    return (name === undefined ? undefined : nativeBuiltins[name]) ?? 'a built-in';
  }
}

/** The value in a result set: `{{"result": …}}`, or an empty set where the entrypoint is undefined. */
function resultOf(text: string): Json | undefined {
  const results = parseValue(text);
  const [first] = results instanceof RegoSet ? results.items : [];
  const value = first instanceof RegoObject ? first.get('result') : undefined;
  return value === undefined ? undefined : toJson(value);
}
