import type { CatalogEntry } from '#catalog/catalog.js';
import type { Json, JsonObject } from '#model/json.js';
import { groupOf } from '#model/object.js';
import type { InstalledRules } from './access-objects.js';
import { type InstallOptions, metadataOf, nameOf } from './install-names.js';
import { WEBHOOK_SERVICE } from './services.js';

/** Where the API server asks. */
const WEBHOOK_PATH = '/validate';

/** Asks the engine about every custom resource that is created or changed where it looks, but in its own namespace and kube-system. */
export function webhookConfiguration(rules: InstalledRules, options: InstallOptions): JsonObject {
  const service = { name: nameOf(options, WEBHOOK_SERVICE), namespace: options.namespace, path: WEBHOOK_PATH };
  const { watchNamespace } = options;
  const namespaces =
    watchNamespace === undefined
      ? { operator: 'NotIn', values: ['kube-system', options.namespace] }
      : { operator: 'In', values: [watchNamespace] };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: metadataOf(options, 'validating-webhook-configuration', 'Cluster'),
    webhooks: webhooksOf(rules).map((webhook) => ({
      ...webhook,
      clientConfig: { service },
      namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', ...namespaces }] },
    })),
  };
}

/** What is asked about each kind, without whom is asked. */
export function webhooksOf({ catalog, names }: InstalledRules): readonly JsonObject[] {
  return catalog.entries.map((entry) => {
    const { rule, definition } = entry;
    const [resource, group] = [names.plural(rule.for), groupOf(rule.for.apiVersion)];
    const scope = names.isClusterScoped(rule.for) ? 'Cluster' : 'Namespaced';
    const served = definition?.versions.filter((version) => version.served).map(({ name }) => name);
    const apiVersions = served ?? [rule.for.apiVersion.slice(rule.for.apiVersion.indexOf('/') + 1)];
    const asked = { apiGroups: [group], apiVersions, operations: ['CREATE', 'UPDATE'], resources: [resource], scope };
    return {
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Fail',
      ...conditionsOf(entry),
      name: `${rule.slug}.${rule.domain}.edict.dev`,
      rules: [asked],
      sideEffects: 'None',
      timeoutSeconds: 10,
    };
  });
}

/** The API server knows the object by another name than rules do: a macro gives it theirs. */
function conditionsOf({ rule }: CatalogEntry): { readonly matchConditions?: Json } {
  const { where } = rule.for;
  if (where === undefined) return {};
  return { matchConditions: [{ expression: `[object].all(self, ${where})`, name: 'where' }] };
}
