import type { LoadedArtifact } from './load-artifact.js';
import { WasmError } from './wasm-error.js';
import { WasmWorker } from './wasm-worker.js';

/** One evaluation. Paths are relative to the root of the virtual tree. */
export interface JsonnetRequest {
  /** The root file: its text comes from the virtual tree. */
  readonly file: string;
  /** Stands in for the text of `file`, for this evaluation only. */
  readonly code?: string;
  readonly extStr?: Readonly<Record<string, string>>;
  readonly extCode?: Readonly<Record<string, string>>;
  readonly tlaStr?: Readonly<Record<string, string>>;
  readonly tlaCode?: Readonly<Record<string, string>>;
  /** Folders in which an import is looked for when it is not beside the importing file, in order. */
  readonly libraries?: readonly string[];
  /** Frames of the Jsonnet stack; 500 when absent. */
  readonly maxStack?: number;
  /** The result must be a string and is given bare, not as JSON. */
  readonly stringOutput?: boolean;
}

/** A place in a Jsonnet file; line and column count from 1. */
export interface JsonnetFrame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly name?: string;
}

/** What the program printed with std.trace, and its result: text, or an error with frames from its place outwards. */
export type JsonnetResult = { readonly trace?: string } & (
  | { readonly text: string }
  | { readonly error: { readonly message: string; readonly frames: readonly JsonnetFrame[] } }
);

/** go-jsonnet in a worker. Every method may also throw WasmError. */
export class JsonnetTool {
  readonly #worker: WasmWorker;

  /** `milliseconds` is the wall time that one call may take. */
  constructor(artifact: () => Promise<LoadedArtifact>, milliseconds: number) {
    this.#worker = new WasmWorker(artifact, milliseconds);
  }

  /** Starts the worker ahead of the first call. */
  async start(): Promise<void> {
    await this.#worker.start();
  }

  /** Replaces the virtual tree, all that later evaluations can read: texts by path, without `.` or `..` in it. */
  async load(files: Readonly<Record<string, string>>): Promise<void> {
    await this.#worker.call('reset', {}, new Map(Object.entries(files)));
  }

  /** Evaluates a file; faults of the program are data. Parsed files are kept until the next `load`. */
  evaluate(request: JsonnetRequest): Promise<JsonnetResult> {
    return this.#result('evaluate', request);
  }

  /** Formats Jsonnet text. */
  fmt(file: string, code: string): Promise<JsonnetResult> {
    return this.#result('fmt', { file, code });
  }

  /** Version of go-jsonnet, such as v0.22.0. */
  async version(): Promise<string> {
    const result = await this.#result('version', {});
    if ('text' in result) return result.text;
    throw new WasmError('EvaluationFailed', result.error.message);
  }

  /** Stops the worker. */
  async close(): Promise<void> {
    await this.#worker.close();
  }

  async #result(operation: string, request: unknown): Promise<JsonnetResult> {
    const { json, text } = await this.#worker.call(operation, request);
    const answer = JSON.parse(json) as { trace?: string };
    return (text === undefined ? answer : { ...answer, text }) as JsonnetResult;
  }
}
