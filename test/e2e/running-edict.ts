import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { ControlPlane } from '../testbed/control-plane.js';

const COMMAND = resolve('dist/bin/edict.js');
/** What kubectl and the engine agree on: the names that `edict manifests` gives by default. */
const NAMESPACE = 'edict-system';

/** What a command printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the `edict` command with the rule set of the project, or what `--root` names. */
export async function runEdict(words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, out, err };
}

/** What `edict` prints. Throws where it fails. */
export async function edictOutput(words: readonly string[]): Promise<string> {
  const { code, out, err } = await runEdict(words);
  if (code !== 0) throw new Error(`edict ${words.join(' ')} ended with ${String(code)}: ${err}`);
  return out;
}

/**
 * Installs CRDs, and the rights that the rules need and no more; gives a kubeconfig of who has just those. The rules are
 * those of the project, or of the folder that is given; `more` is for `edict manifests`.
 */
export async function install(plane: ControlPlane, root = '.', more: readonly string[] = []): Promise<string> {
  const succeed = async (words: readonly string[], input?: string): Promise<string> => {
    const { code, out, err } = await plane.kubectl(words, input === undefined ? {} : { input });
    if (code !== 0) throw new Error(`kubectl ${words.join(' ')}: ${out}${err}`);
    return out;
  };
  await succeed(
    ['apply', '--server-side', '-f', '-'],
    await edictOutput(['--root', root, 'manifests', '--only', 'crds', 'rbac', ...more]),
  );
  await succeed(['wait', '--for=condition=Established', 'crd', '--all']);
  const accounts = await succeed([
    'get',
    'serviceaccounts',
    '-n',
    NAMESPACE,
    '-o',
    'jsonpath={.items[*].metadata.name}',
  ]);
  const account = accounts.split(' ').find((name) => name.endsWith('-controller-manager')) ?? '';
  const token = await succeed(['create', 'token', account, '-n', NAMESPACE]);
  const config = load(readFileSync(plane.kubeconfig(), 'utf8')) as { users: { user: object }[] };
  for (const entry of config.users) entry.user = { token: token.trim() };
  const file = join(mkdtempSync(join(tmpdir(), 'edict-e2e-')), 'kubeconfig');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** An engine that runs on a cluster, as a process of its own. */
export class RunningEdict {
  readonly state: string;
  readonly #child: ChildProcess;
  #log = '';

  /** Begins to run. `state` is where its Git repositories are; a new folder unless given. */
  constructor(
    kubeconfig: string,
    state = mkdtempSync(join(tmpdir(), 'edict-state-')),
    words: readonly string[] = [],
    { root = '.', variables = {} }: { readonly root?: string; readonly variables?: NodeJS.ProcessEnv } = {},
  ) {
    this.state = state;
    this.#child = spawn(process.execPath, [COMMAND, '--root', root, 'run', '--state', state, ...words], {
      env: { PATH: process.env.PATH, HOME: state, XDG_CACHE_HOME: cacheHome(), KUBECONFIG: kubeconfig, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Whoever started it may fail in its midst: nothing is left running.
    const end = (): void => void this.#child.kill('SIGKILL');
    process.once('exit', end);
    this.#child.once('exit', () => process.off('exit', end));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString();
      });
    }
  }

  /** Its process, to be measured. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** All that it said. */
  get log(): string {
    return this.#log;
  }

  /** Waits until it says that it runs. */
  async running(): Promise<void> {
    while (!/"running"/.test(this.#log)) {
      if (this.#child.exitCode !== null) throw new Error(`edict run ended: ${this.#log}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** Sends it a signal, and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits until it ends, and gives its exit code. */
  async exit(): Promise<number | null> {
    if (this.isRunning) await new Promise((done) => this.#child.once('exit', done));
    return this.#child.exitCode;
  }

  /** Ends it, and gives its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    return this.exit();
  }

  /** Forgets where its Git repositories were. */
  forget(): void {
    rmSync(this.state, { recursive: true, force: true });
  }
}

/** The artifacts are where other tests have them: they take minutes to build. */
function cacheHome(): string {
  return process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? '', '.cache');
}
