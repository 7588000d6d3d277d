import type { Fault } from '#errors/fault.js';
import { formatKey, groupOf, type ObjectKey } from '#model/object.js';
import type { ApiError } from './api-error.js';
import type { FollowedScope } from './followed-scope.js';

/** A ServiceAccount as which something is asked. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** A resource as RBAC names it, with its subresource where one is meant. */
export interface RightTarget {
  readonly group: string;
  readonly resource: string;
}

/** What was asked when the server refused. */
export interface Asked {
  readonly key: ObjectKey;
  /** As RBAC names it. */
  readonly verb: string;
  /** Plural, with `/status` where that is meant. */
  readonly resource: string;
  /** As whom it was asked; undefined: as Edict. */
  readonly account?: ServiceAccount | undefined;
  /** All verbs that what is being done comes to; only `verb` unless given. */
  readonly verbs?: readonly string[];
  /** The finalizers of the owner that the object names. */
  readonly owner?: RightTarget | undefined;
}

/** The user that a ServiceAccount is. Its groups are known to the API server by its name. */
export function userOf({ namespace, name }: ServiceAccount): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Whether a refusal is for the lack of a right, and not somebody's opinion of the object. */
export function isMissingRight(message: string): boolean {
  return / cannot \S+ (resource|path) /.test(message) || HANDING_ON.test(message) || OWNER_BLOCKED.test(message);
}

const HANDING_ON = /RBAC permissions/;
/** Admission plugin OwnerReferencesPermissionEnforcement: an owner reference blocks the deletion of the owner. */
const OWNER_BLOCKED = /cannot set blockOwnerDeletion/;

/** The fault of a 403, with the rule of a Role that would have allowed it as its remedy. */
export function missingRight({ message }: ApiError, asked: Asked): Fault {
  const { key, account } = asked;
  const who = account === undefined ? 'Edict' : `ServiceAccount ${account.namespace}/${account.name}`;
  const fault = { code: 'ClusterForbidden', location: { object: formatKey(key) } } as const;
  if (HANDING_ON.test(message)) {
    const missing = rulesIn(message);
    const remedy = `Let ${who} have them${missing.length === 0 ? '' : `: ${missing.join(', ')}`}`;
    return { ...fault, message: `${who} may not hand on rights that it does not have itself.`, remedy };
  }
  const [, verb = asked.verb, refused] = / cannot (\S+) resource "([^"]*)"/.exec(message) ?? [];
  if (verb === 'impersonate' && account !== undefined) {
    const right = { ...SERVICE_ACCOUNTS, verbs: ['impersonate'], name: account.name };
    const remedy = grant(account.namespace, 'Edict', right);
    return { ...fault, message: `Edict may not act as ${who}.`, remedy };
  }
  const { owner } = asked;
  if (OWNER_BLOCKED.test(message) && owner !== undefined) {
    const remedy = grant(key.namespace, who, { ...owner, verbs: ['update'] });
    return { ...fault, message: `${who} may not update ${owner.resource}, which owner references ask for.`, remedy };
  }
  const resource = refused ?? asked.resource;
  const verbs = asked.verbs?.includes(verb) === true ? asked.verbs : [verb];
  const remedy = grant(key.namespace, who, { group: groupOf(key.apiVersion), resource, verbs });
  return { ...fault, message: `${who} may not ${verb} ${resource}.`, remedy };
}

const SERVICE_ACCOUNTS: RightTarget = { group: '', resource: 'serviceaccounts' };

interface Right extends RightTarget {
  readonly verbs: readonly string[];
  readonly name?: string;
}

/** How to let Edict follow objects. */
export function rightToRead(target: RightTarget, { namespace, name }: FollowedScope): string {
  return grant(namespace, 'Edict', {
    ...target,
    verbs: ['get', 'list', 'watch'],
    ...(name === undefined ? {} : { name }),
  });
}

/** A rule of a Role in YAML, and where it belongs. */
function grant(namespace: string | undefined, who: string, { group, resource, verbs, name }: Right): string {
  const role = namespace === undefined ? 'a ClusterRole' : `a Role in namespace ${namespace}, or a ClusterRole`;
  const list = (items: readonly string[]): string => `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
  const names = name === undefined ? '' : `, resourceNames: ${list([name])}`;
  const rule = `{apiGroups: ${list([group])}, resources: ${list([resource])}${names}, verbs: ${list(verbs)}}`;
  return `Add to ${role}, that is bound to ${who}: ${rule}`;
}

/** The rules that a refusal lists as Go prints them: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
function rulesIn(message: string): readonly string[] {
  const fields = [
    ['APIGroups', 'apiGroups'],
    ['ResourceNames', 'resourceNames'],
    ['Resources', 'resources'],
    ['NonResourceURLs', 'nonResourceURLs'],
    ['Verbs', 'verbs'],
  ] as const;
  return [...message.matchAll(/\{[A-Z][^{}]*\}/g)].map(([rule]) =>
    fields.reduce((text, [go, yaml]) => text.replace(`${go}:`, `${yaml}: `), rule).replaceAll('" "', '", "'),
  );
}
