import type { KindReference } from '#model/object.js';

/** What is followed of a kind: the objects of one namespace and of one name where they are given. */
export interface FollowedScope {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Whether a scope has an object of that namespace and name, or all objects of what is not given. */
export function covers(scope: FollowedScope, namespace: string | undefined, name?: string): boolean {
  const isThere = scope.namespace === undefined || namespace === undefined || scope.namespace === namespace;
  return isThere && (scope.name === undefined || name === undefined || scope.name === name);
}

/** The same scopes without those that others have already; of kinds without any, everything in `namespace`. */
export function widest(scopes: readonly FollowedScope[], namespace: string | undefined): readonly FollowedScope[] {
  if (scopes.length === 0) return [{ namespace }];
  const resolved = scopes.map((scope) => ({ namespace: scope.namespace ?? namespace, name: scope.name }));
  return resolved.filter(
    (scope, index) => !resolved.some((other, at) => has(other, scope) && (at < index || !has(scope, other))),
  );
}

function has(wide: FollowedScope, narrow: FollowedScope): boolean {
  return (
    (wide.namespace === undefined || wide.namespace === narrow.namespace) &&
    (wide.name === undefined || wide.name === narrow.name)
  );
}

/** Kinds are followed in the version that is asked for: the server converts objects, this does not. */
export function scopeName({ apiVersion, kind }: KindReference, { namespace = '', name = '' }: FollowedScope): string {
  return `${apiVersion}/${kind} ${namespace} ${name}`;
}
