import { type Command, Option } from 'commander';
import { SYSTEM_NAMESPACE } from '#model/inventory.js';
import type { Run } from './author-verbs.js';
import type { Fate } from './uninstall/releases.js';

interface UninstallFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly engineNamespace: string;
  readonly children: Fate;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** Adds the verbs of who operates the engine on a cluster. Each is loaded when it is asked for. */
export function addOperatorVerbs(verb: (name: string, description: string) => Command, run: Run): void {
  verb('uninstall', 'let go of everything that the engine holds in a cluster, so that nothing waits for it any more')
    .option('--kubeconfig <file>', 'the cluster (default: KUBECONFIG, ~/.kube/config)')
    .option('--context <name>', 'another context than the current one')
    .option('--engine-namespace <name>', 'where the engine was', SYSTEM_NAMESPACE)
    .addOption(
      new Option('--children <fate>', 'Keep them with their owners, or Orphan: they outlive them')
        .choices(['Keep', 'Orphan'])
        .default('Keep'),
    )
    .option('--yes', 'do it', false)
    .option('--dry-run', 'only show it', false)
    .action(async ({ kubeconfig, context, engineNamespace, ...flags }: UninstallFlags) => {
      const { uninstall } = await import('./commands/uninstall.js');
      await run(uninstall, { ...flags, kubeconfig, context, namespace: engineNamespace });
    });
}
