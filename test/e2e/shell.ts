import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { ControlPlane } from '../testbed/control-plane.js';

/** What a command line printed, and how it ended. */
export interface Printed {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A person's shell: command lines as they are typed, with the kubectl of a control plane and its admin's rights. */
export class Shell {
  /** An empty folder, where command lines run. */
  readonly folder = mkdtempSync(join(tmpdir(), 'edict-shell-'));
  readonly #variables: NodeJS.ProcessEnv;
  readonly #running = new Set<Background>();

  constructor(plane: ControlPlane, variables: NodeJS.ProcessEnv = {}) {
    const path = [dirname(plane.kubectlProgram), dirname(process.execPath), process.env.PATH].join(delimiter);
    this.#variables = { ...process.env, PATH: path, KUBECONFIG: plane.kubeconfig(), ...variables };
  }

  /** Runs a command line to its end. */
  async run(line: string, folder = this.folder): Promise<Printed> {
    const child = this.#spawn(line, folder, {});
    let [out, err] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, out, err };
  }

  /** Starts a command line that does not end by itself. */
  start(line: string, variables: NodeJS.ProcessEnv = {}, folder = this.folder): Background {
    const background = new Background(this.#spawn(line, folder, variables));
    this.#running.add(background);
    return background;
  }

  #spawn(line: string, cwd: string, variables: NodeJS.ProcessEnv): ChildProcess {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    // A group of its own, so that all that the line started can be told to end, as Ctrl-C does.
    return spawn('bash', ['-c', line], { cwd, env: { ...this.#variables, ...variables }, stdio, detached: true });
  }

  /** Ends what was started, and removes the folder. */
  async close(): Promise<void> {
    for (const background of this.#running) await background.interrupt();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A command line that is at work. */
export class Background {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #log = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((done) => child.once('close', done));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString();
      });
    }
  }

  /** All that it printed. */
  get log(): string {
    return this.#log;
  }

  /** Waits until it printed something. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#log)) {
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.#log}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** Ends it as Ctrl-C does. */
  async interrupt(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGINT');
    await this.#ended;
  }
}
