import { webcrypto } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { WasmError } from './wasm-error.js';

/** Gives the text of a file of the virtual tree, or undefined where there is none. Must not throw. */
export type FileReader = (path: string) => string | undefined;

/** What an artifact answers: its JSON form and, beside it, one large text or one binary. */
export interface Answer {
  readonly json: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

type Call = (operation: string, request: string, read?: FileReader) => Answer | undefined;

interface Go {
  env: Record<string, string>;
  exit: (code: number) => void;
  readonly importObject: WebAssembly.Imports;
  run(instance: WebAssembly.Instance): Promise<void>;
}

const LOG_CHARACTERS = 20_000;

/**
 * One running Go program. It sees a global object of its own, no file system and no process, and leaves nothing behind
 * on the real ones. After a throw its memory is in an unknown state: the instance must be dropped.
 */
export class GoInstance {
  readonly #call: Call;
  readonly #sandbox: Sandbox;

  /**
   * @param module the artifact, compiled
   * @param wasmExec text of wasm_exec.js of the Go that built it
   * @param environment variables for the Go runtime, such as GOMEMLIMIT
   */
  constructor(module: WebAssembly.Module, wasmExec: string, environment: Readonly<Record<string, string>>) {
    this.#sandbox = new Sandbox();
    const go = this.#sandbox.load(wasmExec);
    go.env = { ...environment };
    go.exit = (code) => this.#sandbox.note(`exit code ${code}`);
    // Go runs until it waits for calls before run returns; whatever ends it later is seen by the call that it fails.
    go.run(new WebAssembly.Instance(module, go.importObject)).catch((error) => this.#sandbox.note(String(error)));
    const call = this.#sandbox.handedOver;
    if (call === undefined) throw new WasmError('EvaluationFailed', `the artifact did not start: ${this.#sandbox.log}`);
    this.#call = call;
  }

  /**
   * Runs one operation of the artifact to its end.
   * @throws WasmError `EvaluationTooDeep`, `EvaluationOutOfMemory` or `EvaluationFailed`.
   */
  call(operation: string, request: unknown, read?: FileReader): Answer {
    try {
      const answer = this.#call(operation, JSON.stringify(request), read);
      if (answer !== undefined) return answer;
    } catch (thrown) {
      throw this.#failure(thrown);
    }
    throw this.#failure(undefined);
  }

  #failure(thrown: unknown): WasmError {
    const log = this.#sandbox.log;
    if (thrown instanceof RangeError || /stack overflow|exceeds \d+-byte limit/.test(log)) {
      return new WasmError('EvaluationTooDeep', 'the evaluation recursed too deeply', { cause: thrown });
    }
    if (/out of memory|cannot allocate memory/.test(log)) {
      return new WasmError('EvaluationOutOfMemory', 'the evaluation used up its memory', { cause: thrown });
    }
    const reason = log.split('\n', 1)[0] || String(thrown);
    return new WasmError('EvaluationFailed', `the WebAssembly instance died: ${reason}`, { cause: thrown });
  }
}

/** The world that wasm_exec.js and the Go program see. */
class Sandbox {
  /** What the Go program wrote to its standard output and error, shortened. */
  log = '';
  handedOver: Call | undefined;

  load(wasmExec: string): Go {
    const globals = { crypto: webcrypto, performance, TextEncoder, TextDecoder: ExactTextDecoder };
    const ready = (call: Call) => {
      this.handedOver = call;
    };
    const scope: Record<string, unknown> = { Object, Array, Uint8Array, Error, Date, ready, ...globals };
    // wasm_exec.js uses these bare as well; without scope.fs it makes a file system that refuses everything.
    const bare = { ...globals, globalThis: scope, fs: { writeSync: this.#writeSync }, console: this.#console() };
    new Function(...Object.keys(bare), wasmExec)(...Object.values(bare));
    return new (scope.Go as new () => Go)();
  }

  readonly #writeSync = (_descriptor: number, bytes: Uint8Array): number => {
    this.#log(new TextDecoder().decode(bytes));
    return bytes.length;
  };

  #console(): Record<string, (...parts: readonly unknown[]) => void> {
    const line = (...parts: readonly unknown[]) => this.note(`${parts.join(' ')}`);
    return { log: line, warn: line, error: line };
  }

  /** Adds a line to the log. */
  note(line: string): void {
    this.#log(`${line}\n`);
  }

  #log(text: string): void {
    if (this.log.length < LOG_CHARACTERS) this.log += text;
  }
}

/** Keeps a leading byte order mark, which is part of a text that crosses over. */
class ExactTextDecoder extends TextDecoder {
  constructor() {
    super('utf-8', { ignoreBOM: true });
  }
}
