import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Keeper } from './keeper.js';
import { type ProcessUsage, usageOf } from './process-usage.js';

/** How a server is started. */
export interface ServerOptions {
  /** Path of its binary. */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** File that its output is appended to. */
  readonly log: string;
  readonly keeper: Keeper;
}

const KEPT_LINES = 20;

/** One server of the testbed, which can be stopped and started again with the same arguments, ports and data. */
export class Server {
  readonly name: string;
  /** File that holds its output. */
  readonly log: string;
  readonly #options: ServerOptions;
  #process: ChildProcess | undefined;

  constructor(options: ServerOptions) {
    this.name = basename(options.program);
    this.log = options.log;
    this.#options = options;
  }

  /** Its process, or undefined while it does not run. */
  get pid(): number | undefined {
    const running = this.#process?.exitCode === null && this.#process.signalCode === null;
    return running ? this.#process?.pid : undefined;
  }

  /** Starts it; whether it is ready is for its clients to find out. */
  start(): void {
    if (this.pid !== undefined) throw new Error(`${this.name} runs already`);
    const output = openSync(this.log, 'a');
    // Not of this process's group: Ctrl-C in a terminal must not end etcd before its clients.
    const child = spawn(this.#options.program, this.#options.arguments, {
      env: this.#options.environment,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const { pid } = child;
    if (pid === undefined) {
      child.on('error', () => undefined);
      throw new Error(`${this.#options.program} cannot be started`);
    }
    this.#options.keeper.watch(pid);
    child.on('exit', () => this.#options.keeper.forget(pid));
    child.unref();
    this.#process = child;
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends it without a chance to finish anything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it and starts it again. */
  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  /** Sends a signal, such as SIGSTOP and SIGCONT. */
  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  /** CPU time and memory of its process; zero while it does not run. */
  usage(): ProcessUsage {
    return usageOf(this.pid);
  }

  /** @throws Error with the end of its output when it has ended. */
  insistOnRunning(): void {
    if (this.pid !== undefined) return;
    const end = readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-KEPT_LINES).join('\n');
    throw new Error(`${this.name} has ended:\n${end}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || this.pid === undefined) return;
    child.ref();
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
}
