import { loadConnection } from '#adapters/kubernetes/kube-config.js';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import { SYSTEM_NAMESPACE } from '#model/inventory.js';
import type { KindReference } from '#model/object.js';

/** Name of the Lease by which one replica leads. */
export const LEASE = 'edict';

/** Which cluster; where nothing is said, the one of KUBECONFIG and so on. */
export interface ClusterChoice {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** Which cluster, and how much of it. */
export interface ConnectOptions extends ClusterChoice {
  readonly variables: { readonly [name: string]: string | undefined };
  /** Only objects of this namespace; undefined: of all. */
  readonly watchNamespace: string | undefined;
  readonly version: string;
  /** Throws where nothing may be written any more. */
  readonly guard: () => void;
  readonly onTrouble: (kind: KindReference, message: string) => void;
}

/** The namespace that the engine is in, with its lease and its records: that of its Pod. */
export function homeOf({ POD_NAMESPACE }: ConnectOptions['variables']): string {
  return POD_NAMESPACE ?? SYSTEM_NAMESPACE;
}

/** A client of the cluster that options and environment name. Throws ClusterUnavailable where there is none. */
export async function connect(options: ConnectOptions): Promise<RestClient> {
  const { variables, kubeconfig, context, version } = options;
  const connection = await loadConnection({
    variables,
    ...(kubeconfig === undefined ? {} : { paths: [kubeconfig] }),
    ...(context === undefined ? {} : { context }),
  });
  return new RestClient(connection, { userAgent: `edict/${version}` });
}

/** The cluster behind a client. It follows nothing yet. */
export function openCluster(
  client: RestClient,
  { watchNamespace, guard, onTrouble, variables }: ConnectOptions,
): KubernetesCluster {
  const namespace = watchNamespace === undefined ? {} : { namespace: watchNamespace };
  return new KubernetesCluster({
    client,
    guard,
    onTrouble,
    home: homeOf(variables),
    ...namespace,
  });
}
