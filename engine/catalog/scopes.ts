import { isSameKind, type KindReference } from '#model/object.js';
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
  /** Whether rules only write it: of objects that are no children they ask no more than whether they are there. */
  readonly isOutlined: boolean;
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
    found.set(identity, { apiVersion, kind: called, scopes, isOutlined: !isSeen(kind, catalog) });
  }
  return [...found.values()];
}

/** Whether any rule looks into objects of a kind that it has not made. */
function isSeen(kind: KindReference, { entries }: Catalog): boolean {
  return entries.some(({ rule }) =>
    [rule.for, ...rule.reads.resources, ...rule.writes.patches].some((seen) => isSameKind(seen, kind)),
  );
}
