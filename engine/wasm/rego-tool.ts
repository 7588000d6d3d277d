import type { LoadedArtifact } from './load-artifact.js';
import type {
  RegoAnswer,
  RegoBuild,
  RegoCapabilities,
  RegoCheck,
  RegoDiagnostic,
  RegoEvaluation,
  RegoModules,
  RegoTestRun,
} from './rego-types.js';
import { WasmError } from './wasm-error.js';
import { WasmWorker } from './wasm-worker.js';

/** OPA's tools in a worker, all for Rego v1. Every method may also throw WasmError. */
export class RegoTool {
  readonly #worker: WasmWorker;

  /** `milliseconds` is the wall time that one call may take. */
  constructor(artifact: () => Promise<LoadedArtifact>, milliseconds: number) {
    this.#worker = new WasmWorker(artifact, milliseconds);
  }

  /** Starts the worker ahead of the first call. */
  async start(): Promise<void> {
    await this.#worker.start();
  }

  /** Parses and strictly compiles all modules together. */
  async check(modules: RegoModules, capabilities?: RegoCapabilities): Promise<RegoCheck> {
    const answer = await this.#ask<Partial<RegoCheck>>('check', { modules, capabilities });
    return { diagnostics: [], packages: [], annotations: [], ...answer };
  }

  /** Compiles modules into one WebAssembly module, an entrypoint being a path such as `a/b/deny`. Check them first. */
  async compile(request: {
    readonly modules: RegoModules;
    readonly entrypoints: readonly string[];
    readonly capabilities?: RegoCapabilities;
  }): Promise<RegoBuild> {
    return this.#ask<RegoBuild>('compile', request);
  }

  /** Runs every `test_` rule. Only `modules` without faults run. */
  async test(request: {
    readonly modules: RegoModules;
    readonly data?: Readonly<Record<string, unknown>>;
    readonly coverage?: boolean;
    readonly capabilities?: RegoCapabilities;
  }): Promise<RegoTestRun> {
    return { tests: [], ...(await this.#ask<Omit<RegoTestRun, 'tests'>>('test', request)) };
  }

  /** Formats modules; those that do not parse are missing from `formatted`. */
  async fmt(
    modules: RegoModules,
  ): Promise<{ readonly diagnostics: readonly RegoDiagnostic[]; readonly formatted: RegoModules }> {
    return { formatted: {}, ...(await this.#ask<{ diagnostics: readonly RegoDiagnostic[] }>('fmt', { modules })) };
  }

  /** Answers queries with OPA's interpreter, the reference for compiled policies. */
  async eval(
    request: RegoEvaluation,
  ): Promise<{ readonly diagnostics: readonly RegoDiagnostic[]; readonly results: readonly RegoAnswer[] }> {
    return { results: [], ...(await this.#ask<{ diagnostics: readonly RegoDiagnostic[] }>('eval', request)) };
  }

  /** Everything that this OPA can do. */
  async capabilities(): Promise<RegoCapabilities> {
    return (await this.#ask<{ capabilities: RegoCapabilities }>('capabilities', {})).capabilities;
  }

  /** Stops the worker. */
  async close(): Promise<void> {
    await this.#worker.close();
  }

  async #ask<T>(operation: string, request: object): Promise<T> {
    const { json, bytes } = await this.#worker.call(operation, request);
    const { error, ...answer } = JSON.parse(json) as { error?: string };
    if (error !== undefined) throw new WasmError('EvaluationFailed', `rego ${operation}: ${error}`);
    return (bytes === undefined ? answer : { ...answer, wasm: bytes }) as T;
  }
}
