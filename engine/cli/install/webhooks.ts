import { ADMISSION_PATH } from '#adapters/http/admission-review.js';
import { type CatalogEntry, failurePolicyOf } from '#catalog/catalog.js';
import type { JsonObject } from '#model/json.js';
import { groupOf } from '#model/object.js';
import { type InstallOptions, metadataOf, nameOf } from './install-names.js';
import type { InstalledRules } from './rule-access.js';
import { webhookService } from './services.js';
import { ownCertificate, SECRET, SERVICE, WEBHOOKS } from './webhook-names.js';

/** What the webhook configuration refers to: the Service, and a Secret for the certificate that the engine makes. */
export function webhookParts(options: InstallOptions): readonly JsonObject[] {
  // Empty: the engine may fill this one, and no other.
  const metadata = metadataOf(options, SECRET, 'Namespaced');
  const secret: JsonObject = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque' };
  return [
    ...(ownCertificate(options) === undefined ? [] : [secret]),
    ...(options.webhooks?.url === undefined ? [webhookService(options)] : []),
  ];
}

/** Has the API server ask before it stores what the rules are for, where the engine looks, but in its own namespace and kube-system. */
export function webhookConfiguration(rules: InstalledRules, options: InstallOptions): JsonObject {
  const { watchNamespace, webhooks, namespace } = options;
  const service = { name: nameOf(options, SERVICE), namespace, path: ADMISSION_PATH, port: 443 };
  const url = webhooks?.url === undefined ? undefined : `${webhooks.url.replace(/\/$/, '')}${ADMISSION_PATH}`;
  const namespaces =
    watchNamespace === undefined
      ? { operator: 'NotIn', values: ['kube-system', namespace] }
      : { operator: 'In', values: [watchNamespace] };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: metadataOf(options, WEBHOOKS, 'Cluster'),
    webhooks: webhooksOf(rules).map((webhook) => ({
      ...webhook,
      clientConfig: url === undefined ? { service } : { url },
      namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', ...namespaces }] },
    })),
  };
}

/** What is asked about each kind, without whom is asked. */
export function webhooksOf({ catalog, names }: InstalledRules): readonly JsonObject[] {
  return catalog.entries.map((entry) => {
    const { rule } = entry;
    const { apiVersion } = rule.for;
    const asked = {
      apiGroups: [groupOf(apiVersion)],
      // Objects of other versions are converted to it: see matchPolicy.
      apiVersions: [apiVersion.slice(apiVersion.indexOf('/') + 1)],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: [names.plural(rule.for)],
      scope: names.isClusterScoped(rule.for) ? 'Cluster' : 'Namespaced',
    };
    return {
      admissionReviewVersions: ['v1'],
      failurePolicy: failurePolicyOf(entry),
      matchConditions: conditionsOf(entry),
      matchPolicy: 'Equivalent',
      name: `${rule.slug}.${rule.domain}.edict.dev`,
      rules: [asked],
      sideEffects: 'None',
      timeoutSeconds: 10,
    };
  });
}

/** The API server knows objects by other names than rules do: a macro gives them theirs. */
function conditionsOf({ rule }: CatalogEntry): readonly JsonObject[] {
  const { where } = rule.for;
  // While an object leaves, nothing may keep its finalizers from being removed, not even that nobody answers.
  const leaves = { expression: 'oldObject == null || !has(oldObject.metadata.deletionTimestamp)', name: 'stays' };
  if (where === undefined) return [leaves];
  const expression = `[object, oldObject].exists(self, self != null && (${where}))`;
  return [leaves, { expression, name: 'where' }];
}
