import { Worker } from 'node:worker_threads';
import type { Answer } from './go-instance.js';
import type { LoadedArtifact } from './load-artifact.js';
import { WasmError } from './wasm-error.js';
import type { WorkerCall, WorkerReply, WorkerStart } from './worker-thread.js';

const STACK_MEBIBYTES = 64;
const START_MILLISECONDS = 60_000;
/** Milliseconds without a call after which an instance is given up: it holds hundreds of megabytes. */
const IDLE_MILLISECONDS = 10_000;
/** Go collects garbage harder above this share of the memory. */
const SOFT_SHARE = 0.8;

interface Pending {
  readonly operation: string;
  readonly request: unknown;
  readonly files: ReadonlyMap<string, string> | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: WasmError) => void;
}

/**
 * A Go program in a thread of its own, with its own stack. Calls run one after the other. A call that runs away is
 * stopped and rejected by code; the calls behind it run on a fresh instance with the same files. An idle worker does
 * not keep the process alive, and ends after a while: the next call starts another one.
 */
export class WasmWorker {
  readonly #artifact: () => Promise<LoadedArtifact>;
  readonly #milliseconds: number;
  readonly #queue: Pending[] = [];
  #files: ReadonlyMap<string, string> = new Map();
  #thread: Thread | undefined;
  #started: Promise<void> = Promise.resolve();
  #running = false;
  #closed = false;
  #idle: NodeJS.Timeout | undefined;

  /**
   * @param artifact gives the program; called at every start of an instance
   * @param milliseconds wall time that one call may take; the start of an instance does not count
   */
  constructor(artifact: () => Promise<LoadedArtifact>, milliseconds: number) {
    this.#artifact = artifact;
    this.#milliseconds = milliseconds;
  }

  /** Starts the instance ahead of the first call. */
  async start(): Promise<void> {
    await this.#ready();
  }

  /**
   * Runs one operation. With `files` the virtual tree is replaced first, for this call and those after it.
   * @throws WasmError with any code of the evaluation, `WorkerClosed`, or what locating the artifact throws.
   */
  call(operation: string, request: unknown, files?: ReadonlyMap<string, string>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ operation, request, files, resolve, reject });
      void this.#drain();
    });
  }

  /** Stops the thread; calls that are not done are rejected with `WorkerClosed`. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    for (const pending of this.#queue.splice(0)) pending.reject(closed());
    await this.#thread?.stop(closed());
  }

  async #drain(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#idle);
    for (let pending = this.#queue.shift(); pending !== undefined; pending = this.#queue.shift()) {
      await this.#run(pending).then(pending.resolve, pending.reject);
    }
    this.#running = false;
    if (!this.#closed) this.#idle = setTimeout(() => void this.#thread?.stop(closed()), IDLE_MILLISECONDS).unref();
  }

  async #run({ operation, request, files }: Pending): Promise<Answer> {
    const thread = await this.#ready();
    this.#files = files ?? this.#files;
    return thread.ask({ type: 'call', operation, request, files }, this.#milliseconds);
  }

  async #ready(): Promise<Thread> {
    if (this.#closed) throw closed();
    if (this.#thread === undefined || this.#thread.dead) {
      this.#thread = new Thread();
      this.#started = this.#begin(this.#thread);
    }
    const thread = this.#thread;
    await this.#started;
    return thread;
  }

  /** The thread comes up while the artifact is found and compiled. */
  async #begin(thread: Thread): Promise<void> {
    try {
      const artifact = await this.#artifact();
      const { module, wasmExec, mebibytes } = artifact;
      thread.artifact = artifact;
      if (this.#closed) throw closed();
      const environment = { GOGC: '200', GOMEMLIMIT: `${Math.floor(mebibytes * SOFT_SHARE)}MiB` };
      await thread.start({ type: 'start', module, wasmExec, environment, files: this.#files });
    } catch (error) {
      await thread.stop(closed());
      throw error;
    }
  }
}

/** One worker thread from its start to its end, with at most one question open. */
class Thread {
  dead = false;
  /** Kept for those that are started meanwhile. */
  artifact: LoadedArtifact | undefined;
  readonly #worker: Worker;
  #settle: ((reply: WorkerReply | WasmError) => void) | undefined;

  constructor() {
    this.#worker = new Worker(new URL('./worker-thread.js', import.meta.url), {
      resourceLimits: { stackSizeMb: STACK_MEBIBYTES },
      env: {},
      execArgv: [],
    });
    this.#worker.unref();
    this.#worker.on('message', (reply: WorkerReply) => this.#end(reply));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => void this.stop(deathOf(error)));
    this.#worker.on('exit', () => void this.stop(new WasmError('EvaluationFailed', 'the worker thread ended')));
  }

  async start(message: WorkerStart): Promise<void> {
    await this.#exchange(message, START_MILLISECONDS);
  }

  async ask(message: WorkerCall, milliseconds: number): Promise<Answer> {
    const reply = await this.#exchange(message, milliseconds);
    if (reply.type === 'answer') return reply.answer;
    throw new WasmError('EvaluationFailed', `unexpected reply ${reply.type}`);
  }

  async stop(reason: WasmError): Promise<void> {
    this.dead = true;
    this.artifact = undefined;
    this.#end(reason);
    await this.#worker.terminate();
  }

  /** Sends a message and waits for its reply; keeps the process alive meanwhile. */
  async #exchange(message: WorkerStart | WorkerCall, milliseconds: number): Promise<WorkerReply> {
    if (this.dead) throw new WasmError('EvaluationFailed', 'the worker thread ended');
    this.#worker.postMessage(message);
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => void this.stop(new WasmError('EvaluationTimeout', `the evaluation took longer than ${milliseconds} ms`)),
        milliseconds,
      );
      this.#settle = (reply) => {
        clearTimeout(limit);
        this.#worker.unref();
        if (reply instanceof WasmError) reject(reply);
        else if (reply.type !== 'failure') resolve(reply);
        else {
          reject(new WasmError(reply.code, reply.message));
          void this.stop(closed());
        }
      };
    });
  }

  #end(reply: WorkerReply | WasmError): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(reply);
  }
}

function deathOf(error: NodeJS.ErrnoException): WasmError {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new WasmError('EvaluationOutOfMemory', 'the evaluation used up its memory', { cause: error });
  }
  return new WasmError('EvaluationFailed', `the worker thread died: ${error.message}`, { cause: error });
}

function closed(): WasmError {
  return new WasmError('WorkerClosed', 'the worker was closed');
}
