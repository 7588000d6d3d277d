import type { KindReference } from '#model/object.js';
import { accessOf, kindNames } from './access.js';
import type { Catalog } from './catalog.js';

/** Where objects of a kind are looked at: of one namespace and of one name where they are given. */
interface Scope {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** A kind, and where its objects are looked at. */
export interface ScopedKind extends KindReference {
  readonly scopes: readonly Scope[];
}

/** Every kind that rules look at, each version once, and nothing of it that they have no rights to. Pure. */
export function scopedKinds(catalog: Catalog): readonly ScopedKind[] {
  const names = kindNames(catalog);
  const found = new Map<string, ScopedKind>();
  for (const { kind, place, name } of catalog.entries.flatMap((entry) => accessOf(entry, names))) {
    if (kind === undefined) continue;
    const { apiVersion, kind: called } = kind;
    const identity = `${apiVersion}/${called}`;
    const scope = { namespace: typeof place === 'string' ? undefined : place.namespace, name };
    const scopes = [...(found.get(identity)?.scopes ?? []), scope];
    found.set(identity, { apiVersion, kind: called, scopes });
  }
  return [...found.values()];
}
