import { exceed, Failure, type FailureCode } from './failure.js';
import type { ImportedFile, Importer } from './importer.js';
import { inspect } from './inspect.js';
import { type Frame, JsonnetError } from './jsonnet-error.js';
import { LoadedFile } from './loaded-file.js';
import { budget, DEFAULT_LIMITS, type Limits, withBudget } from './runtime/budget.js';
import { environment, type NativeFunction } from './runtime/environment.js';
import { call, FunctionValue, typeName } from './runtime/function-value.js';
import { field } from './runtime/indexing.js';
import { toPlain } from './runtime/manifest.js';
import { ObjectValue } from './runtime/object-value.js';
import { fromPlain } from './runtime/plain-object.js';
import { fieldNamed, shapeOf } from './runtime/read-object.js';
import { force, type Lazy, Thunk, type Value } from './runtime/value.js';
import { placeOf, SyntaxFailure } from './syntax/source.js';
import type { Plain } from './text/plain.js';

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
}

/** Plain data, or a program that gives it: `name` is what errors call that program. */
export type Input = { readonly data: Plain } | { readonly code: string; readonly name: string };

/** Files of Jsonnet, compiled once and evaluated many times. Evaluations share nothing but the code. */
export class Jsonnet {
  readonly #importer: Importer;
  readonly #files = new Map<string, LoadedFile>();
  readonly #byName = new Map<string, LoadedFile>();
  /** The values of files in the evaluation under way. */
  #values = new Map<string, Lazy>();

  constructor(importer: Importer) {
    this.#importer = importer;
  }

  /** The value of a file as plain data. Throws JsonnetError. */
  evaluate(path: string, options: EvaluationOptions = {}): Plain {
    return this.#run(options, () => {
      const value = this.#import('', path, 'import');
      return toPlain(value instanceof FunctionValue ? this.#callTopLevel(value, options) : value);
    });
  }

  /** What the function in the field `name` of a file gives for plain data. Throws JsonnetError. */
  call(path: string, name: string, args: readonly Plain[], options: EvaluationOptions = {}): Plain {
    return this.#run(options, () => {
      const value = this.#import('', path, 'import');
      return toPlain(call(field(value, name), args.map(fromPlain)));
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
    const files = new Map<string, ImportedFile>();
    const errors: JsonnetError[] = [];
    const follow = (from: string, next: string, form: string): void => {
      const found = this.#find(from, next);
      if (files.has(found.path)) return;
      files.set(found.path, found);
      if (form !== 'import') return;
      const { imports, source } = this.#fileOf(found).compiled;
      for (const each of imports) {
        this.#collect(errors, { ...placeOf(source, each.span), within: '' }, () =>
          follow(found.path, each.path, each.form),
        );
      }
    };
    this.#collect(errors, undefined, () => follow('', path, 'import'));
    return { files: [...files.keys()], errors };
  }

  /** Does something, and keeps what it throws among the errors. */
  #collect(errors: JsonnetError[], frame: Frame | undefined, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof JsonnetError) errors.push(error);
      else if (!(error instanceof Failure)) throw error;
      else errors.push(new JsonnetError(error.code, error.message, frame === undefined ? [] : [frame], error));
    }
  }

  #callTopLevel(value: FunctionValue, { topLevel = {} }: EvaluationOptions): Value {
    const names = Object.keys(topLevel);
    return call(value, [], { names, values: names.map((name) => this.#input(topLevel[name] as Input)) });
  }

  #input(input: Input): Lazy {
    if ('data' in input) return fromPlain(input.data);
    return new Thunk(() =>
      this.#load({ path: input.name, text: () => input.code, bytes: () => Buffer.from(input.code) }),
    );
  }

  #run<T>(options: EvaluationOptions, evaluate: () => T): T {
    const before = { values: this.#values, environment: environment.current, limit: Error.stackTraceLimit };
    this.#values = new Map();
    Error.stackTraceLimit = FRAMES_KEPT;
    const { external = {}, natives = {}, trace } = options;
    environment.current = {
      external: new Map(Object.entries(external).map(([name, input]) => [name, this.#input(input)])),
      natives: new Map(Object.entries(natives)),
      trace: (message, stack) => trace?.(message, this.#frames(stack)[0]),
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
    const found = this.#find(from, path);
    if (form === 'importstr') return found.text();
    if (form === 'importbin') return [...found.bytes()];
    return this.#load(found);
  }

  #find(from: string, path: string): ImportedFile {
    const found = this.#importer(from, path);
    if (found === undefined) throw new Failure(`there is no file ${path}`, 'ImportFailed');
    return found;
  }

  #load(found: ImportedFile): Value {
    const known = this.#values.get(found.path);
    if (known !== undefined) return force(known);
    if (this.#values.size >= budget.limits.imports)
      exceed('TooManyImports', `more than ${budget.limits.imports} files are imported`);
    const file = this.#fileOf(found);
    const value = new Thunk(() => file.evaluate());
    this.#values.set(found.path, value);
    return value.get();
  }

  #fileOf({ path, text }: ImportedFile): LoadedFile {
    const source = { path, text: text() };
    const known = this.#files.get(path);
    if (known?.compiled.source.text === source.text) return known;
    try {
      const file = new LoadedFile(source, ({ imports }) => ({
        load: (number) => this.#import(path, imports[number]?.path ?? '', imports[number]?.form ?? ''),
        cover: () => undefined,
      }));
      this.#files.set(path, file);
      this.#byName.set(file.name, file);
      return file;
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      const frame = { ...placeOf(source, error.span), within: '' };
      throw new JsonnetError('SyntaxInvalid', error.message, [frame, ...this.#frames(error.stack ?? '')], error);
    }
  }

  /** What `evaluate` gives, or throws a JsonnetError that tells where it failed. */
  #explained<T>(evaluate: () => T): T {
    try {
      return evaluate();
    } catch (error) {
      if (error instanceof Failure) throw this.#error(error.code, error.message, error);
      if (!(error instanceof RangeError)) throw error;
      throw this.#error('TooDeep', 'the evaluation is nested deeper than the machine can follow', error);
    }
  }

  #error(code: FailureCode, message: string, cause: Error): JsonnetError {
    const frames = this.#frames(cause.stack ?? '');
    const { writing } = budget;
    const file = frames.length > 0 || writing === undefined ? undefined : this.#files.get(writing.file);
    if (file === undefined || writing === undefined) return new JsonnetError(code, message, frames, cause);
    return new JsonnetError(code, message, [{ ...placeOf(file.compiled.source, writing), within: '' }], cause);
  }

  /** The places in programs that a JavaScript stack has been at. */
  #frames(stack: string): readonly Frame[] {
    const frames: Frame[] = [];
    for (const [, name = '', column] of stack.matchAll(/^ {4}at .*?\(?(jsonnet-\d+):1:(\d+)\)?$/gm)) {
      const file = this.#byName.get(name);
      const mark = file?.markAt(Number(column));
      if (file !== undefined && mark !== undefined) {
        frames.push({ ...placeOf(file.compiled.source, mark), within: mark.within });
      }
    }
    return frames;
  }
}
