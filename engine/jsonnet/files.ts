import type { CompileOptions } from './compile/context.js';
import { Failure } from './failure.js';
import type { ImportedFile, Importer } from './importer.js';
import { type Frame, JsonnetError } from './jsonnet-error.js';
import { LoadedFile } from './loaded-file.js';
import type { Value } from './runtime/value.js';
import { type Place, placeOf, type Source, type Span, SyntaxFailure } from './syntax/source.js';

/** Frames that an error tells from each end. */
const FRAMES_TOLD = 100;

/** A part of a file, and how often it was evaluated. */
export interface CoveredPart extends Place {
  readonly count: number;
}

/** The files of a program, found by an importer and compiled once: again only where a text has changed. */
export class Files {
  readonly #importer: Importer;
  readonly #load: (from: string, path: string, form: string) => Value;
  readonly #options: CompileOptions;
  readonly #byPath = new Map<string, LoadedFile>();
  readonly #byName = new Map<string, LoadedFile>();
  readonly #counts = new Map<string, number[]>();

  /** `load` evaluates an import of a file. */
  constructor(importer: Importer, load: (from: string, path: string, form: string) => Value, options: CompileOptions) {
    this.#importer = importer;
    this.#load = load;
    this.#options = options;
  }

  /** What `path` means in the file `from`. Throws a Failure where there is nothing. */
  find(from: string, path: string): ImportedFile {
    const found = this.#importer(from, path);
    if (found === undefined) throw new Failure(`there is no file ${path}`, 'ImportFailed');
    return found;
  }

  /** A file, compiled. Throws JsonnetError. */
  compiled({ path, text }: ImportedFile): LoadedFile {
    const source = { path, text: text() };
    const known = this.#byPath.get(path);
    if (known?.compiled.source.text === source.text) return known;
    try {
      const file = new LoadedFile(
        source,
        ({ imports, covered = [] }) => {
          const counts = covered.map(() => 0);
          this.#counts.set(path, counts);
          return {
            load: (number) => this.#load(path, imports[number]?.path ?? '', imports[number]?.form ?? ''),
            cover: (part) => {
              counts[part] = (counts[part] as number) + 1;
            },
          };
        },
        this.#options,
      );
      if (known !== undefined) this.#byName.delete(known.name);
      this.#byPath.set(path, file);
      this.#byName.set(file.name, file);
      return file;
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      throw syntaxError(error, source, this.frames(error.stack ?? ''));
    }
  }

  /** Where a part of a file is, if that file has been compiled. */
  place(path: string, span: Span): Place | undefined {
    const file = this.#byPath.get(path);
    return file === undefined ? undefined : placeOf(file.compiled.source, span);
  }

  /** The places in programs that a JavaScript stack has been at, the first and the last where they are many. */
  frames(stack: string): readonly Frame[] {
    const frames: Frame[] = [];
    for (const [, name = '', column] of stack.matchAll(/^ {4}at .*?\(?(jsonnet-\d+):1:(\d+)\)?$/gm)) {
      const file = this.#byName.get(name);
      const mark = file?.markAt(Number(column));
      if (file !== undefined && mark !== undefined) {
        frames.push({ ...placeOf(file.compiled.source, mark), within: mark.within });
      }
    }
    return frames.length <= 2 * FRAMES_TOLD ? frames : [...frames.slice(0, FRAMES_TOLD), ...frames.slice(-FRAMES_TOLD)];
  }

  /** All files that a file needs, itself first, and what is wrong with them, without evaluating anything. */
  graph(path: string): { readonly files: readonly string[]; readonly errors: readonly JsonnetError[] } {
    const files = new Set<string>();
    const errors: JsonnetError[] = [];
    const follow = (from: string, next: string, form: string): void => {
      const found = this.find(from, next);
      if (files.has(found.path)) return;
      files.add(found.path);
      if (form !== 'import') return;
      const { imports, source } = this.compiled(found).compiled;
      for (const each of imports) {
        const frame = { ...placeOf(source, each.span), within: '' };
        collect(errors, [frame], () => follow(found.path, each.path, each.form));
      }
    };
    collect(errors, [], () => follow('', path, 'import'));
    return { files: [...files], errors };
  }

  /** Every part whose evaluation is counted, by file. */
  coverage(): ReadonlyMap<string, readonly CoveredPart[]> {
    const entries = [...this.#byPath].map(([path, { compiled }]): [string, CoveredPart[]] => [
      path,
      (compiled.covered ?? []).map((span, part) => ({
        ...placeOf(compiled.source, span),
        count: this.#counts.get(path)?.[part] ?? 0,
      })),
    ]);
    return new Map(entries);
  }
}

/** The error of a text that is no Jsonnet; `frames` are who imports it. */
function syntaxError(cause: SyntaxFailure, source: Source, frames: readonly Frame[]): JsonnetError {
  const frame = { ...placeOf(source, cause.span), within: '' };
  return new JsonnetError('SyntaxInvalid', cause.message, [frame, ...frames], { cause });
}

/** Does something, and keeps what it throws among the errors; `frames` are where a Failure comes from. */
function collect(errors: JsonnetError[], frames: readonly Frame[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof JsonnetError) errors.push(error);
    else if (!(error instanceof Failure)) throw error;
    else errors.push(new JsonnetError(error.code, error.message, frames, { cause: error }));
  }
}
