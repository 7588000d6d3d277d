import { type Access, OBSERVED } from '#catalog/access.js';
import { accountOfRule } from '#model/identity.js';
import { compareText, type JsonObject } from '#model/json.js';
import { groupOf } from '#model/object.js';
import { type InstallOptions, metadataOf, nameOf } from './install-names.js';
import { ownersIn, type PolicyRule, rightsOf } from './policy-rules.js';
import { type AccessByAccount, accessByAccount, type InstalledRules } from './rule-access.js';
import { ownCertificate, WEBHOOKS } from './webhook-names.js';

/**
 * What the engine needs in its own namespace: the lease of the leader, the records of its rules, their accounts, and the
 * Secret with the certificate that it makes, where it does.
 */
export function engineRules({ rules }: AccessByAccount, certificate?: string): readonly PolicyRule[] {
  const place = { namespace: '' };
  const secret: Access = { group: '', resource: 'secrets', verbs: ['get', 'patch'], place, name: certificate ?? '' };
  const accounts = [...rules.keys()].map((slug): Access => {
    return { group: '', resource: 'serviceaccounts', verbs: ['impersonate'], place, name: accountOfRule(slug).name };
  });
  const itself: readonly Access[] = [
    { group: '', resource: 'configmaps', verbs: ['get', 'create', 'patch'], place },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'update'], place },
    ...(certificate === undefined ? [] : [secret]),
  ];
  return rightsOf([...itself, ...accounts]).namespaces[''] ?? [];
}

/** What people need who write custom resources, those who only look at them, and the accounts of namespaces. Bound to nobody. */
export function unboundRules(
  { catalog, names }: InstalledRules,
  { namespaces }: AccessByAccount,
): { readonly [part in 'children' | 'editor' | 'viewer']: readonly PolicyRule[] } {
  const kinds = catalog.entries.filter(({ definition }) => definition !== undefined).map(({ rule }) => rule.for);
  const access = (verbs: Access['verbs']): readonly Access[] =>
    kinds.map((kind) => ({ group: groupOf(kind.apiVersion), resource: names.plural(kind), verbs, place: 'any' }));
  const statuses = access(['get']).map((each) => ({ ...each, resource: `${each.resource}/status` }));
  return {
    children: rightsOf(namespaces.map((each) => ({ ...each, place: 'any' }))).any,
    editor: rightsOf([...access([...OBSERVED, 'create', 'update', 'patch', 'delete']), ...statuses]).any,
    viewer: rightsOf([...access(OBSERVED), ...statuses]).any,
  };
}

/** The accounts that the engine runs and writes as, and all that they may do. */
export function accessObjects(rules: InstalledRules, options: InstallOptions): readonly JsonObject[] {
  const accesses = accessByAccount(rules);
  const manager = { part: 'manager', account: nameOf(options, 'controller-manager') };
  const unbound = Object.entries(unboundRules(rules, accesses)).filter(([, granted]) => granted.length > 0);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadataOf(options, 'controller-manager', 'Namespaced') },
    ...roles([...accesses.engine, ...webhookAccess(options)], manager, options),
    ...[...accesses.rules].flatMap(([slug, made]) => accountOf(slug, made, options)),
    ...roleIn(
      options.namespace,
      engineRules(accesses, ownCertificate(options)),
      { ...manager, part: 'engine' },
      options,
    ),
    ...unbound.map(([part, granted]) => clusterRole(part, granted, options)),
  ];
}

/** The engine writes into the webhook configuration whom the API server is to believe. */
function webhookAccess(options: InstallOptions): readonly Access[] {
  if (options.webhooks === undefined) return [];
  const name = nameOf(options, WEBHOOKS);
  const group = 'admissionregistration.k8s.io';
  return [{ group, resource: 'validatingwebhookconfigurations', verbs: ['get', 'patch'], place: 'any', name }];
}

const RBAC = 'rbac.authorization.k8s.io';

/** Whom roles are for, and what their names have of it. */
interface Subject {
  readonly part: string;
  /** A ServiceAccount of the engine's namespace. */
  readonly account: string;
}

/** The account of a rule, whose name does not depend on that of the installation: the engine has to find it. */
function accountOf(slug: string, made: readonly Access[], options: InstallOptions): readonly JsonObject[] {
  const { name: account } = accountOfRule(slug);
  const metadata = { ...metadataOf(options, '', 'Namespaced'), name: account };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...roles(made, { part: `rule-${slug}`, account }, options),
  ];
}

/** Roles that allow these requests, and their bindings. */
function roles(accesses: readonly Access[], subject: Subject, options: InstallOptions): readonly JsonObject[] {
  const { any, namespaces } = rightsOf(ownersIn(accesses, options.watchNamespace));
  const places = Object.entries(namespaces).sort(([left], [right]) => compareText(left, right));
  return [
    ...(any.length === 0 ? [] : [clusterRole(subject.part, any, options), clusterBinding(subject, options)]),
    ...places.flatMap(([namespace, granted]) => roleIn(namespace, granted, subject, options)),
  ];
}

function clusterRole(part: string, rules: readonly PolicyRule[], options: InstallOptions): JsonObject {
  const metadata = metadataOf(options, `${part}-role`, 'Cluster');
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules };
}

function clusterBinding(subject: Subject, options: InstallOptions): JsonObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: metadataOf(options, `${subject.part}-rolebinding`, 'Cluster'),
    ...bindingOf('ClusterRole', subject, options),
  };
}

function roleIn(
  namespace: string,
  rules: readonly PolicyRule[],
  subject: Subject,
  options: InstallOptions,
): readonly JsonObject[] {
  const place = { ...options, namespace };
  const { part } = subject;
  const metadata = metadataOf(place, `${part}-role`, 'Namespaced');
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: metadataOf(place, `${part}-rolebinding`, 'Namespaced'),
      ...bindingOf('Role', subject, options),
    },
  ];
}

function bindingOf(kind: string, { part, account: name }: Subject, options: InstallOptions): JsonObject {
  const account = { kind: 'ServiceAccount', name, namespace: options.namespace };
  return { roleRef: { apiGroup: RBAC, kind, name: nameOf(options, `${part}-role`) }, subjects: [account] };
}
