import type { Command } from 'commander';
import type { ClusterChoice } from './run/connect.js';

/** Flags that choose a real cluster. */
export interface ClusterFlags {
  readonly cluster?: true;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Lets a verb look at a real cluster instead of the local folder. */
export function addClusterOptions(command: Command): Command {
  return command
    .option('--cluster', 'look at a real cluster, that of KUBECONFIG or ~/.kube/config, instead of the local folder')
    .option('--kubeconfig <file>', 'look at the cluster of this file')
    .option('--context <name>', 'look at the cluster of another context than the current one');
}

/** Which cluster the flags choose; undefined: none, but the local folder. */
export function clusterOf({ cluster, kubeconfig, context }: ClusterFlags): ClusterChoice | undefined {
  if (cluster === undefined && kubeconfig === undefined && context === undefined) return undefined;
  return { kubeconfig, context };
}
