import type { Json } from '#model/json.js';
import { BuiltinCalls } from './builtin-calls.js';
import type { Builtins } from './builtins/builtin.js';
import { EvaluationFailure } from './evaluation-failure.js';
import { firstHostedNative, hostedNatives, nativeBuiltins } from './native-builtins.js';
import { type MemoryExports, PolicyMemory } from './policy-memory.js';
import { RegoObject, RegoSet, type RegoValue, toJson } from './rego-value.js';
import { StepBudget, type StepCounter, UNLIMITED_STEPS } from './step-budget.js';
import { RegoValueError } from './value-reader.js';
import { meterExports } from './wasm-metering.js';

/** Bounds of one evaluation. */
export interface PolicyLimits {
  /** Turns of loops and calls of functions, for each entrypoint. */
  readonly steps: number;
  /** Bytes of memory, for the policies, the data and the input together. */
  readonly memory: number;
}

/** A compiled, metered module and what loading it needs. */
export interface PolicyModule {
  readonly module: WebAssembly.Module;
  /** With how many pages of memory it starts. */
  readonly memoryPages: number;
  /** Names of functions by index, for messages. */
  readonly functionNames: () => ReadonlyMap<number, string>;
}

interface Exports extends MemoryExports {
  readonly opa_json_dump: (value: number) => number;
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
  readonly [meterExports.steps]: StepCounter;
  readonly [meterExports.failed]: { value: number };
}

const PAGE = 65536;
const NONE = 0;
class AbortSignalOfPolicy extends Error {}

/**
 * One instance of OPA's WebAssembly, ABI 1.x. Inputs are parsed once and evaluated by any number of entrypoints.
 * After an `EvaluationFailure` it must be thrown away.
 * @see https://www.openpolicyagent.org/docs/wasm
 */
export class PolicyInstance {
  readonly #memory: WebAssembly.Memory;
  readonly #values: PolicyMemory;
  readonly #exports: Exports;
  readonly #module: PolicyModule;
  readonly #limits: PolicyLimits;
  readonly #budget = new StepBudget();
  readonly #calls: BuiltinCalls;
  readonly #builtinNames: ReadonlyMap<number, string>;
  readonly #data: number;
  readonly #heapOfData: number;
  readonly entrypoints: ReadonlyMap<string, number>;
  #heapOfInput = 0;
  /** Address of OPA's evaluation context, with the input in it. */
  #evaluation = 0;

  constructor(module: PolicyModule, options: { builtins: Builtins; limits: PolicyLimits; data: Json }) {
    this.#module = module;
    this.#limits = options.limits;
    this.#calls = new BuiltinCalls(options.builtins, this.#budget);
    this.#memory = new WebAssembly.Memory({
      initial: module.memoryPages,
      maximum: Math.max(module.memoryPages, Math.floor(options.limits.memory / PAGE)),
    });
    this.#values = new PolicyMemory(
      this.#memory,
      () => this.#exports,
      (steps) => this.#budget.spend(steps),
    );
    this.#exports = new WebAssembly.Instance(module.module, { env: this.#imports() }).exports as unknown as Exports;
    this.#exports[meterExports.steps].value = UNLIMITED_STEPS;
    this.#builtinNames = new Map([
      ...[...this.#table(this.#exports.builtins())].map(([name, id]): [number, string] => [id, name]),
      ...hostedNatives.map(({ name }, index): [number, string] => [firstHostedNative + index, name]),
    ]);
    const missing = [...this.#builtinNames.values()].filter((name) => !Object.hasOwn(options.builtins, name));
    if (missing.length > 0) throw new EvaluationFailure('Defect', `Edict has no built-in ${missing.join(', ')}`);
    this.entrypoints = this.#table(this.#exports.entrypoints());
    this.#data = this.#guarded(() => this.#values.parse(JSON.stringify(options.data), 'opa_json_parse'));
    this.#heapOfData = this.#exports.opa_heap_ptr_get();
  }

  /** Bytes that the memory has grown to; it never shrinks. */
  get memorySize(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Parses the input of the evaluations that follow. `now` gives what `time.now_ns` gives, and is asked only for that. */
  setInput(json: string, now: () => bigint | undefined): void {
    this.#calls.beginInput(now);
    this.#exports[meterExports.steps].value = UNLIMITED_STEPS;
    this.#exports.opa_heap_ptr_set(this.#heapOfData);
    this.#guarded(() => {
      const input = this.#values.parse(json, 'opa_json_parse');
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
    this.#calls.beginEvaluation();
    try {
      exports.opa_eval_ctx_set_entrypoint(this.#evaluation, entrypoint);
      exports.eval(this.#evaluation);
      this.#budget.takeOver(exports[meterExports.steps]);
      return resultOf(this.#values.read(exports.opa_eval_ctx_get_result(this.#evaluation)));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #imports(): WebAssembly.Imports[string] {
    const call = (id: number, _context: number, ...operands: number[]) => this.#call(id, operands);
    return {
      memory: this.#memory,
      opa_abort: (address: number) => {
        throw new AbortSignalOfPolicy(this.#values.terminatedText(address));
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
    const counter = this.#exports[meterExports.steps];
    this.#budget.takeOver(counter);
    const values = operands.map((address) => this.#values.read(address));
    const result = this.#calls.answer(this.#builtinNames.get(id) ?? '', values);
    this.#budget.handBack(counter);
    return this.#values.write(result);
  }

  #table(address: number): ReadonlyMap<string, number> {
    const table = JSON.parse(this.#values.terminatedText(this.#exports.opa_json_dump(address))) as Record<
      string,
      number
    >;
    return new Map(Object.entries(table));
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
    if (error instanceof RangeError || error instanceof RegoValueError)
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
function resultOf(results: RegoValue): Json | undefined {
  const [first] = results instanceof RegoSet ? results.items : [];
  const value = first instanceof RegoObject ? first.get('result') : undefined;
  return value === undefined ? undefined : toJson(value);
}
