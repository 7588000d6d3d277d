import { parentPort } from 'node:worker_threads';
import { type Answer, GoInstance } from './go-instance.js';
import { WasmError, type WasmErrorCode } from './wasm-error.js';

/** The first message to the worker. */
export interface WorkerStart {
  readonly type: 'start';
  readonly module: WebAssembly.Module;
  readonly wasmExec: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, string>;
}

/** Every later message; with `files` the virtual tree is replaced first. */
export interface WorkerCall {
  readonly type: 'call';
  readonly operation: string;
  readonly request: unknown;
  readonly files: ReadonlyMap<string, string> | undefined;
}

/** The worker answers `start` by `ready` and `call` by `answer`. After `failure` it is of no more use. */
export type WorkerReply =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'failure'; readonly code: WasmErrorCode; readonly message: string };

/** What the thread keeps from one message to the next. */
class Service {
  #files: ReadonlyMap<string, string> = new Map();
  #instance: GoInstance | undefined;

  handle(message: WorkerStart | WorkerCall): WorkerReply {
    this.#files = message.files ?? this.#files;
    if (message.type === 'start') {
      this.#instance = new GoInstance(message.module, message.wasmExec, message.environment);
      return { type: 'ready' };
    }
    if (this.#instance === undefined) throw new WasmError('EvaluationFailed', 'called before its start');
    const read = (path: string) => this.#files.get(path);
    return { type: 'answer', answer: this.#instance.call(message.operation, message.request, read) };
  }
}

function guarded(work: () => WorkerReply): WorkerReply {
  try {
    return work();
  } catch (thrown) {
    const error = thrown instanceof WasmError ? thrown : new WasmError('EvaluationFailed', String(thrown));
    return { type: 'failure', code: error.code, message: error.message };
  }
}

const service = new Service();
const port = parentPort;
port?.on('message', (message: WorkerStart | WorkerCall) => port.postMessage(guarded(() => service.handle(message))));
