import type { Access, AccessPlace, AccessVerb } from '#catalog/access.js';
import { compareText } from '#model/json.js';

/** One rule of a Role (rbac.authorization.k8s.io/v1). */
export type PolicyRule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly AccessVerb[];
};

/** What is granted where. */
export interface Rights {
  /** In the namespaces of the custom resources; empty where those are known. */
  readonly own: readonly PolicyRule[];
  /** Everywhere. */
  readonly any: readonly PolicyRule[];
  readonly namespaces: { readonly [namespace: string]: readonly PolicyRule[] };
}

/** The fewest rules that allow exactly these requests, in an order that depends on nothing else. */
export function rightsOf(accesses: readonly Access[]): Rights {
  const any = accesses.filter(({ place }) => place === 'any');
  const own = accesses.filter(({ place }) => place === 'own');
  const names = accesses.flatMap(({ place }) => (typeof place === 'object' ? [place.namespace] : []));
  const namespaces = [...new Set(names)].sort(compareText).flatMap((namespace) => {
    const inside = accesses.filter(({ place }) => typeof place === 'object' && place.namespace === namespace);
    const rules = policyRules(inside, any);
    return rules.length === 0 ? [] : [[namespace, rules] as const];
  });
  return { any: policyRules(any, []), own: policyRules(own, any), namespaces: Object.fromEntries(namespaces) };
}

/** The same requests, where the custom resources are in `namespace`, or anywhere. */
export function ownersIn(accesses: readonly Access[], namespace: string | undefined): readonly Access[] {
  const place: AccessPlace = namespace === undefined ? 'any' : { namespace };
  return accesses.map((access) => (access.place === 'own' ? { ...access, place } : access));
}

const VERBS: readonly AccessVerb[] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'impersonate'];

/** Rules for `accesses`, without what `wider` allows already. */
function policyRules(accesses: readonly Access[], wider: readonly Access[]): readonly PolicyRule[] {
  const targets = new Map(accesses.map((access) => [targetOf(access), access]));
  const grants = [...targets].flatMap(([target, access]) => {
    const verbs = verbsOf(accesses, target).filter((verb) => !isCovered(access, verb, accesses, wider));
    return verbs.length === 0 ? [] : [{ ...access, verbs }];
  });
  const alike = new Map<string, PolicyRule>();
  for (const { group, resource, name, verbs } of grants.sort(byTarget)) {
    const key = JSON.stringify([group, name, verbs]);
    const resources = [...(alike.get(key)?.resources ?? []), resource];
    const names = name === undefined ? {} : { resourceNames: [name] };
    alike.set(key, { apiGroups: [group], resources, ...names, verbs });
  }
  return [...alike.values()];
}

function targetOf({ group, resource, name }: Access): string {
  return JSON.stringify([group, resource, name]);
}

function verbsOf(accesses: readonly Access[], target: string): readonly AccessVerb[] {
  const wanted = new Set(accesses.filter((access) => targetOf(access) === target).flatMap(({ verbs }) => verbs));
  return VERBS.filter((verb) => wanted.has(verb));
}

/** Whether a verb is allowed on every object of the resource here, or on the same ones in a wider place. */
function isCovered(
  { group, resource, name }: Access,
  verb: AccessVerb,
  here: readonly Access[],
  wider: readonly Access[],
): boolean {
  const allows = (other: Access): boolean =>
    other.group === group && other.resource === resource && other.verbs.includes(verb);
  if (name !== undefined && here.some((other) => other.name === undefined && allows(other))) return true;
  return wider.some((other) => (other.name === undefined || other.name === name) && allows(other));
}

function byTarget(left: Access, right: Access): number {
  return (
    compareText(left.group, right.group) ||
    compareText(left.resource, right.resource) ||
    compareText(left.name ?? '', right.name ?? '')
  );
}
