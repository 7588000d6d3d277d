import type { KindReference } from './object.js';

/** Plurals of built-in kinds that no rule of English gives. */
const IRREGULAR: ReadonlyMap<string, string> = new Map([['endpoints', 'endpoints']]);

/** The plural of a kind's name in lower case, as most kinds have it. What a CRD says about its own kind comes first. */
export function pluralOf(name: string): string {
  const noun = name.toLowerCase();
  const irregular = IRREGULAR.get(noun);
  if (irregular !== undefined) return irregular;
  if (/(s|x|z|ch|sh)$/.test(noun)) return `${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** Whether a built-in kind has no namespace, where there is no discovery to ask. */
export function isClusterScoped({ kind }: KindReference): boolean {
  return CLUSTER_SCOPED.has(kind);
}

/** Built-in kinds without a namespace (Kubernetes API reference). */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'APIService',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);
