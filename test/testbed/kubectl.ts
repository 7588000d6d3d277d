import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What a run of kubectl gave. */
export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** How kubectl is run. */
export interface KubectlOptions {
  /** Whose kubeconfig it uses; the admin's where absent. */
  readonly user?: string;
  /** What it reads from standard input, as `-f -` makes it do. */
  readonly input?: string;
}

/** Starts kubectl in an environment that holds the kubeconfig and nothing of the person who runs the tests. */
export function startKubectl(program: string, words: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(program, words, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Gives a started kubectl its input and waits for its end. */
export async function finishKubectl(child: ChildProcess, input = ''): Promise<Run> {
  // A kubectl that refuses its command line does not read its input.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')]);
  return { code: code as number | null, out, err };
}
