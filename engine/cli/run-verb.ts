import { type Command, InvalidArgumentError } from 'commander';
import type { Run } from './author-verbs.js';

interface RunFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly watchNamespace?: string;
  readonly leaderElect: boolean;
  readonly concurrency: number;
}

/** Adds the verb that runs the engine on a cluster. It is loaded when it is asked for. */
export function addRunVerb(
  verb: (name: string, description: string) => Command,
  run: Run,
  variables: { readonly [name: string]: string | undefined },
): void {
  const namespace = variables.NAMESPACE === '' ? undefined : variables.NAMESPACE;
  verb('run', 'keep what the custom resources of a cluster ask for in existence, until it is told to end')
    .option('--kubeconfig <file>', 'the cluster (default: KUBECONFIG, the service account of the pod, ~/.kube/config)')
    .option('--context <name>', 'another context than the current one')
    .option('--watch-namespace <name>', 'look at the objects of one namespace only (default: NAMESPACE)', namespace)
    .option('--leader-elect', 'work only while this is the replica that leads, by a Lease', false)
    .option('--concurrency <number>', 'objects at work at once', positive, 64)
    .action(async ({ kubeconfig, context, watchNamespace, leaderElect, concurrency }: RunFlags) => {
      const command = await import('./commands/run.js');
      await run(command.run, { kubeconfig, context, watchNamespace, leaderElect, concurrency });
    });
}

function positive(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number <= 1000) return number;
  throw new InvalidArgumentError('It is a number from 1 to 1000.');
}
