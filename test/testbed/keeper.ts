import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';

/**
 * Ends what was started below a folder, and removes the folder, when it is told to or when this process is gone, however
 * it died. It is a process of its own (keeper-process.ts) that waits for the end of its standard input.
 */
export class Keeper {
  readonly #process: ChildProcess;

  constructor(folder: string) {
    this.#process = spawn(execPath, [join(import.meta.dirname, 'keeper-process.js'), folder], {
      // Ctrl-C in a terminal reaches the whole group of this process: the keeper must outlive it.
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.#process.unref();
    (this.#process.stdin as unknown as { unref(): void }).unref();
  }

  /** Takes over the responsibility for a process. */
  watch(pid: number): void {
    this.#process.stdin?.write(`+ ${pid}\n`);
  }

  /** Forgets a process that has ended: its id may soon be somebody else's. */
  forget(pid: number): void {
    if (!this.#process.stdin?.writableEnded) this.#process.stdin?.write(`- ${pid}\n`);
  }

  /** Ends everything; done when nothing is left. */
  async close(): Promise<void> {
    this.#process.ref();
    const left = this.#process.exitCode === null ? once(this.#process, 'exit') : undefined;
    this.#process.stdin?.end();
    await left;
  }
}
