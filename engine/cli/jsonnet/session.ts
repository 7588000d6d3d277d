import { resolve } from 'node:path';
import { folderImporter } from '#adapters/jsonnet/folder-importer.js';
import type { Importer } from '#jsonnet/importer.js';
import { type EvaluationOptions, Jsonnet } from '#jsonnet/jsonnet.js';
import { type Frame, JsonnetError } from '#jsonnet/jsonnet-error.js';
import type { Plain } from '#jsonnet/text/plain.js';
import { errorText, traceText } from './error-text.js';
import { optionsOf, textAt } from './evaluate.js';
import type { Flags } from './flags.js';
import { readInput } from './read-input.js';

/** What comes of an input: the result to print, an error to print, or that it goes on; nothing where there is nothing to say. */
export type Reply =
  | { readonly result: string }
  | { readonly error: string }
  | { readonly unfinished: true }
  | { readonly bound: readonly string[] };

/** What was typed: the program that it became, where in its first line it begins, and how many lines it has. */
interface Source {
  readonly program: string;
  readonly typed: string;
  readonly shift: number;
  readonly lines: number;
}

/** What a session may use: a terminal cannot interrupt an evaluation, so it ends by itself. */
const LIMITS = { steps: 100_000_000, text: 64 * 1024 * 1024, output: 64 * 1024 * 1024, imports: 10_000 };
const FACTS = 'edict:facts';

/**
 * Expressions one after the other. Each is a program of its own, `<input 1>` and so on, in which the names that were
 * bound before are imports of the inputs that bound them; files are read anew each time.
 */
export class Session {
  readonly #directory: string;
  readonly #flags: Flags;
  readonly #jsonnet: Jsonnet;
  readonly #options: EvaluationOptions;
  readonly #sources = new Map<string, Source>();
  /** The program that each name is bound to. */
  readonly #names = new Map<string, string>();
  #count = 0;

  /** `facts` is bound to that name; `trace` is given the lines of std.trace. */
  constructor(directory: string, flags: Flags, facts: Plain | undefined, trace: (text: string) => void) {
    this.#directory = directory;
    this.#flags = flags;
    const files = folderImporter(directory, flags.libraries);
    const importer: Importer = (from, path) => {
      const text = this.#sources.get(path)?.program;
      return text === undefined ? files(from, path) : { path, text: () => text, bytes: () => Buffer.from(text) };
    };
    this.#jsonnet = new Jsonnet(importer);
    const options = optionsOf(flags);
    this.#options = {
      limits: { ...options.limits, ...LIMITS },
      external: { ...options.external, ...(facts === undefined ? {} : { [FACTS]: { data: facts } }) },
      trace: (message, frame) => trace(traceText(message, frame && (this.#placed(frame) ?? frame))),
    };
    if (facts !== undefined) this.#names.set('facts', `std.extVar('${FACTS}')`);
  }

  /** Binds a name to the value of a file. */
  load(file: string, name: string): Reply {
    return this.read(`local ${name} = import @'${file.replaceAll("'", "''")}'`, true);
  }

  /** Reads what was typed so far; `isAll` where nothing can follow. Faults are replies, never thrown. */
  read(text: string, isAll = false): Reply {
    const input = readInput(text);
    if (input.type === 'nothing') return { bound: [] };
    if (input.type === 'unfinished' && !isAll) return { unfinished: true };
    this.#count += 1;
    const file = `<input ${this.#count}>`;
    const opening = [...this.#names].map(([name, value]) => `local ${name}=${value};`).join('');
    const keep = (program: string): void => {
      const lines = text.split('\n').length;
      this.#sources.set(file, { program: opening + program, typed: text, shift: opening.length, lines });
    };
    try {
      if (input.type !== 'locals') {
        keep(text);
        return { result: this.#jsonnet.inspect(file, this.#options) };
      }
      keep(`${input.program}{${input.names.map((name) => `${name}::${name}`).join(',')}}`);
      const [error] = this.#jsonnet.graph(file).errors;
      if (error !== undefined) throw error;
      for (const name of input.names) this.#names.set(name, `(import '${file}').${name}`);
      return { bound: input.names };
    } catch (error) {
      if (!(error instanceof JsonnetError)) throw error;
      return { error: this.#explain(error) };
    }
  }

  #explain({ code, message, frames }: JsonnetError): string {
    const error = new JsonnetError(
      code,
      message,
      frames.flatMap((frame) => this.#placed(frame) ?? []),
    );
    const textOf = (file: string): string | undefined =>
      this.#sources.get(file)?.typed ?? textAt(resolve(this.#directory, file));
    return errorText(error, { maxTrace: this.#flags.maxTrace, textOf });
  }

  /** A frame as whoever typed it counts; undefined where it is in what was put before or after. */
  #placed(frame: Frame): Frame | undefined {
    const { shift, lines } = this.#sources.get(frame.file) ?? { shift: 0, lines: Number.POSITIVE_INFINITY };
    if (frame.line > lines) return undefined;
    if (frame.line > 1) return frame;
    if (frame.column <= shift) return undefined;
    const endColumn = frame.endLine === 1 ? frame.endColumn - shift : frame.endColumn;
    return { ...frame, column: frame.column - shift, endColumn };
  }
}
