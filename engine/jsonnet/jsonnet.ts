import type { CompileOptions } from './compile/context.js';
import { exceed, Failure, type FailureCode } from './failure.js';
import { type CoveredPart, Files } from './files.js';
import type { ImportedFile, Importer } from './importer.js';
import { inspect } from './inspect.js';
import { type Frame, JsonnetError } from './jsonnet-error.js';
import { budget, DEFAULT_LIMITS, type Limits, withBudget } from './runtime/budget.js';
import { call } from './runtime/calls.js';
import { environment, type NativeFunction } from './runtime/environment.js';
import { field } from './runtime/indexing.js';
import { toPlain } from './runtime/manifest.js';
import { visitOrigins } from './runtime/origins.js';
import { fromPlain, fromWatched } from './runtime/plain-object.js';
import { fieldNamed, shapeOf } from './runtime/read-object.js';
import { FunctionValue, force, type Lazy, ObjectValue, Thunk, typeName, type Value } from './runtime/value.js';
import type { Origin, Place } from './syntax/source.js';
import { isPlainObject, type Plain } from './text/plain.js';

/** JavaScript frames that are kept of a failure: as many as calls can be nested, and what they need in between. */
const FRAMES_KEPT = 5000;

/** What an evaluation is given, besides the file. */
export interface EvaluationOptions {
  readonly limits?: Partial<Limits>;
  /** Values of std.extVar. */
  readonly external?: { readonly [name: string]: Input };
  /** Arguments of the function that the file is, if it is one. */
  readonly topLevel?: { readonly [name: string]: Input };
  readonly natives?: { readonly [name: string]: NativeFunction };
  /** Told of each std.trace, and where it stands. */
  readonly trace?: (message: string, frame: Frame | undefined) => void;
  /** Told of each field that the first argument of a call is asked for. */
  readonly onRead?: ((field: string) => void) | undefined;
}

/** Plain data, or a program that gives it: `name` is what errors call that program. */
export type Input = { readonly data: Plain } | { readonly code: string; readonly name: string };

/** Where a part of a result comes from: the expression that gave it, and the literal around that. */
export interface PartOrigin extends Place {
  readonly literal: Place;
}

/** A result, and where each part of it comes from, by JSON Pointer. */
export interface TracedResult {
  readonly value: Plain;
  readonly origins: ReadonlyMap<string, PartOrigin>;
}

/** Files of Jsonnet, compiled once and evaluated many times. Evaluations share nothing but the code. */
export class Jsonnet {
  readonly #files: Files;
  /** The values of files in the evaluation under way. */
  #values = new Map<string, Lazy>();

  constructor(importer: Importer, options: CompileOptions = {}) {
    this.#files = new Files(importer, (from, path, form) => this.#import(from, path, form), options);
  }

  /** The value of a file as plain data; of a function, what it gives for the top-level arguments. Throws JsonnetError. */
  evaluate(path: string, options: EvaluationOptions = {}): Plain {
    return this.#run(options, () => toPlain(this.#topLevel(path, options)));
  }

  /** What the function in the field `name` of a file gives for plain data. Throws JsonnetError. */
  call(path: string, name: string, args: readonly Plain[], options: EvaluationOptions = {}): Plain {
    return this.#run(options, () => toPlain(this.#called(path, name, args, options)));
  }

  /** `call`, with the origins of the result: of elements of arrays only where the option `isTraced` is set. */
  trace(path: string, name: string, args: readonly Plain[], options: EvaluationOptions = {}): TracedResult {
    return this.#run(options, () => {
      const result = this.#called(path, name, args);
      const value = toPlain(result);
      const origins = new Map<string, PartOrigin>();
      visitOrigins(result, (pointer, origin) => {
        const place = this.#placeOf(origin);
        if (place !== undefined) origins.set(pointer, place);
      });
      return { value, origins };
    });
  }

  /** The value of a file for people: see `inspect`. Throws JsonnetError. */
  inspect(path: string, options: EvaluationOptions = {}): string {
    return this.#run(options, () => inspect(this.#import('', path, 'import')));
  }

  /** The types of the fields of the object that a file is, hidden ones too; undefined where it is none. */
  fieldTypes(path: string, options: EvaluationOptions = {}): { readonly [name: string]: string } | undefined {
    return this.#run(options, () => {
      const value = this.#import('', path, 'import');
      if (!(value instanceof ObjectValue)) return undefined;
      const { names } = shapeOf(value);
      return Object.fromEntries(names.map((name) => [name, typeName(fieldNamed(value, name))]));
    });
  }

  /** All files that a file needs, itself first, and what is wrong with them, without evaluating anything. */
  graph(path: string): { readonly files: readonly string[]; readonly errors: readonly JsonnetError[] } {
    return this.#files.graph(path);
  }

  /** How often each part of each file was evaluated, with the option `isCovered`. */
  coverage(): ReadonlyMap<string, readonly CoveredPart[]> {
    return this.#files.coverage();
  }

  #placeOf({ file, literal, ...span }: Origin): PartOrigin | undefined {
    const place = this.#files.place(file, span);
    const around = this.#files.place(file, literal);
    return place === undefined || around === undefined ? undefined : { ...place, literal: around };
  }

  #called(path: string, name: string, args: readonly Plain[], { onRead }: EvaluationOptions = {}): Value {
    const values = args.map(fromPlain);
    const [first] = args;
    if (onRead !== undefined && first !== undefined && isPlainObject(first)) values[0] = fromWatched(first, onRead);
    return call(field(this.#import('', path, 'import'), name), values);
  }

  #topLevel(path: string, { topLevel = {} }: EvaluationOptions): Value {
    const value = this.#import('', path, 'import');
    if (!(value instanceof FunctionValue)) return value;
    const names = Object.keys(topLevel);
    return call(value, [], { names, values: names.map((name) => this.#input(topLevel[name] as Input)) });
  }

  #input(input: Input): Lazy {
    if ('data' in input) return fromPlain(input.data);
    const { name, code } = input;
    return new Thunk(() => this.#load({ path: name, text: () => code, bytes: () => Buffer.from(code) }));
  }

  #run<T>(options: EvaluationOptions, evaluate: () => T): T {
    const before = { values: this.#values, environment: environment.current, limit: Error.stackTraceLimit };
    this.#values = new Map();
    Error.stackTraceLimit = FRAMES_KEPT;
    const { external = {}, natives = {}, trace } = options;
    environment.current = {
      external: new Map(Object.entries(external).map(([name, input]) => [name, this.#input(input)])),
      natives: new Map(Object.entries(natives)),
      trace: (message, stack) => trace?.(message, this.#files.frames(stack)[0]),
    };
    try {
      return withBudget({ ...DEFAULT_LIMITS, ...options.limits }, () => this.#explained(evaluate));
    } finally {
      this.#values = before.values;
      environment.current = before.environment;
      Error.stackTraceLimit = before.limit;
    }
  }

  #import(from: string, path: string, form: string): Value {
    const found = this.#files.find(from, path);
    if (form === 'importstr') return found.text();
    if (form === 'importbin') return [...found.bytes()];
    return this.#load(found);
  }

  #load(found: ImportedFile): Value {
    const known = this.#values.get(found.path);
    if (known !== undefined) return force(known);
    const { imports } = budget.limits;
    if (this.#values.size >= imports) exceed('TooManyImports', `more than ${imports} files are imported`);
    const file = this.#files.compiled(found);
    const value = new Thunk(() => file.evaluate());
    this.#values.set(found.path, value);
    return value.get();
  }

  /** What `evaluate` gives, or throws a JsonnetError that tells where it failed. */
  #explained<T>(evaluate: () => T): T {
    try {
      return evaluate();
    } catch (error) {
      if (error instanceof Failure) throw this.#error(error.code, error);
      if (!(error instanceof RangeError)) throw error;
      if (!/call stack/.test(error.message)) throw this.#error('TextTooLong', error);
      throw this.#error('TooDeep', error, 'the evaluation is nested deeper than the machine can follow');
    }
  }

  /** It does not carry the error that it is made of: all that this tells, and a stack of thousands of lines, is told. */
  #error(code: FailureCode, { message, stack = '' }: Error, said = message): JsonnetError {
    const frames = this.#files.frames(stack);
    const { writing } = budget;
    const place = frames.length > 0 || writing === undefined ? undefined : this.#files.place(writing.file, writing);
    return new JsonnetError(code, said, place === undefined ? frames : [{ ...place, within: '' }]);
  }
}
