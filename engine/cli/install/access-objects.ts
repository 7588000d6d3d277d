import { type Access, accessOf, type KindNames, OBSERVED } from '#catalog/access.js';
import type { Catalog } from '#catalog/catalog.js';
import { compareText, type JsonObject } from '#model/json.js';
import { groupOf, type KindReference } from '#model/object.js';
import { type InstallOptions, metadataOf, nameOf } from './install-names.js';
import { ownersIn, type PolicyRule, rightsOf } from './policy-rules.js';

/** A rule set, with what its kinds are called. */
export interface InstalledRules {
  readonly catalog: Catalog;
  readonly names: KindNames;
  /** Kinds that rules no longer write, and that still have objects of theirs. */
  readonly former: readonly KindReference[];
}

/** Requests that the rules lead to, and the events that tell of them. */
export function ruleAccess({ catalog, names, former }: InstalledRules): readonly Access[] {
  const isAnywhere = catalog.entries.some(({ rule }) => names.isClusterScoped(rule.for));
  const place = isAnywhere ? 'any' : 'own';
  return [
    ...catalog.entries.flatMap((entry) => accessOf(entry, names)),
    ...former.map((kind): Access => {
      const [group, resource] = [groupOf(kind.apiVersion), names.plural(kind)];
      return { group, resource, verbs: [...OBSERVED, 'delete'], place: names.isClusterScoped(kind) ? 'any' : 'own' };
    }),
    { group: 'events.k8s.io', resource: 'events', verbs: ['create', 'patch'], place },
  ];
}

/** What the engine needs for itself, in its own namespace: the lease of the leader, and the records of its rules. */
export function engineRules(): readonly PolicyRule[] {
  const place = { namespace: '' };
  const accesses: readonly Access[] = [
    { group: '', resource: 'configmaps', verbs: ['get', 'create', 'patch'], place },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'update'], place },
  ];
  return rightsOf(accesses).namespaces[''] ?? [];
}

/** What people need who write custom resources, and those who only look at them. Bound to nobody. */
export function peopleRules({ catalog, names }: InstalledRules): {
  readonly editor: readonly PolicyRule[];
  readonly viewer: readonly PolicyRule[];
} {
  const kinds = catalog.entries.filter(({ definition }) => definition !== undefined).map(({ rule }) => rule.for);
  const access = (verbs: Access['verbs']): readonly Access[] =>
    kinds.map((kind) => ({ group: groupOf(kind.apiVersion), resource: names.plural(kind), verbs, place: 'any' }));
  const statuses = access(['get']).map((each) => ({ ...each, resource: `${each.resource}/status` }));
  return {
    editor: rightsOf([...access([...OBSERVED, 'create', 'update', 'patch', 'delete']), ...statuses]).any,
    viewer: rightsOf([...access(OBSERVED), ...statuses]).any,
  };
}

/** The account that the engine runs as, and all that it may do. */
export function accessObjects(rules: InstalledRules, options: InstallOptions): readonly JsonObject[] {
  const rights = rightsOf(ownersIn(ruleAccess(rules), options.watchNamespace));
  const { editor, viewer } = peopleRules(rules);
  const roles = Object.entries(rights.namespaces).sort(([left], [right]) => compareText(left, right));
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadataOf(options, 'controller-manager', 'Namespaced') },
    ...(rights.any.length === 0 ? [] : [clusterRole('manager', rights.any, options), clusterBinding(options)]),
    ...roles.flatMap(([namespace, granted]) => roleIn(namespace, 'manager', granted, options)),
    ...roleIn(options.namespace, 'engine', engineRules(), options),
    ...(editor.length === 0 ? [] : [clusterRole('editor', editor, options), clusterRole('viewer', viewer, options)]),
  ];
}

const RBAC = 'rbac.authorization.k8s.io';

function clusterRole(part: string, rules: readonly PolicyRule[], options: InstallOptions): JsonObject {
  const metadata = metadataOf(options, `${part}-role`, 'Cluster');
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules };
}

function clusterBinding(options: InstallOptions): JsonObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: metadataOf(options, 'manager-rolebinding', 'Cluster'),
    ...bindingOf('ClusterRole', 'manager', options),
  };
}

function roleIn(
  namespace: string,
  part: string,
  rules: readonly PolicyRule[],
  options: InstallOptions,
): readonly JsonObject[] {
  const place = { ...options, namespace };
  const metadata = metadataOf(place, `${part}-role`, 'Namespaced');
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: metadataOf(place, `${part}-rolebinding`, 'Namespaced'),
      ...bindingOf('Role', part, options),
    },
  ];
}

function bindingOf(kind: string, part: string, options: InstallOptions): JsonObject {
  const account = { kind: 'ServiceAccount', name: nameOf(options, 'controller-manager'), namespace: options.namespace };
  return { roleRef: { apiGroup: RBAC, kind, name: nameOf(options, `${part}-role`) }, subjects: [account] };
}
