import type { JsonObject } from '#model/json.js';

/** How an installation is to be. */
export interface InstallOptions {
  /** Begins the name of every object: installations of different names get along in one cluster. */
  readonly name: string;
  /** Namespace of the engine and of its records. */
  readonly namespace: string;
  readonly image: string;
  readonly version: string;
  /** The only namespace whose custom resources are looked at; undefined: all. */
  readonly watchNamespace: string | undefined;
  /** Undefined: the API server asks nobody. */
  readonly webhooks: WebhookInstall | undefined;
}

/** How the API server gets to the webhooks. */
interface WebhookInstall {
  /** Where they are when the engine is no Pod behind a Service. */
  readonly url: string | undefined;
  /** A Secret of type kubernetes.io/tls with a certificate that somebody else makes; undefined: the engine makes its own. */
  readonly secret: string | undefined;
}

/** Ports of the engine, by their names in Pods and Services. */
export const PORTS = { metrics: 8080, health: 8081, webhook: 9443 } as const;

/** Name of an object of the installation, as operators made with kubebuilder have it. */
export function nameOf({ name }: Pick<InstallOptions, 'name'>, part: string): string {
  return `${name}-${part}`;
}

/** Metadata of an object of the installation: in its namespace, or without one. */
export function metadataOf(options: InstallOptions, part: string, scope: 'Namespaced' | 'Cluster'): JsonObject {
  return {
    labels: { ...selectorOf(options), 'app.kubernetes.io/version': options.version },
    name: nameOf(options, part),
    ...(scope === 'Namespaced' ? { namespace: options.namespace } : {}),
  };
}

/** Labels of the Pods of the installation, by which its Deployment and Services find them. */
export function selectorOf({ name }: Pick<InstallOptions, 'name'>): { readonly [label: string]: string } {
  return {
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/name': 'edict',
    'control-plane': 'controller-manager',
  };
}
