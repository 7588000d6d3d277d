import { isClusterScoped, pluralOf } from '#model/kind-names.js';
import { groupOf, isSameKind, type KindReference, kindIdentity } from '#model/object.js';
import type { PatchWrite, ResourceRead, ResourceWrite } from '#model/rule.js';
import type { Catalog, CatalogEntry } from './catalog.js';

/** What a request does, as Kubernetes authorises it. */
export type AccessVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'impersonate';

/** Where: the namespaces of the custom resources, everywhere and also outside of namespaces, or one namespace. */
export type AccessPlace = 'own' | 'any' | { readonly namespace: string };

/** Requests of one sort that the engine makes. */
export interface Access {
  readonly group: string;
  /** Plural name, with the subresource where there is one. */
  readonly resource: string;
  readonly verbs: readonly AccessVerb[];
  readonly place: AccessPlace;
  /** The only object that they are about: lists and watches of it select `metadata.name`. */
  readonly name?: string;
  /** The kind, where its objects are kept in memory. */
  readonly kind?: KindReference;
  /** Whether it is made as whom children are written (`identity` of the installation), and not as Edict. */
  readonly isOfChildren?: true;
}

/** How the API calls kinds. */
export interface KindNames {
  plural(kind: KindReference): string;
  isClusterScoped(kind: KindReference): boolean;
}

/** Verbs with which the objects of a kind are kept in memory. */
export const OBSERVED: readonly AccessVerb[] = ['get', 'list', 'watch'];
/** Server-side apply is a patch, and a creation besides where nothing is there. */
const PUBLISHED: readonly AccessVerb[] = ['create', 'patch', 'delete'];
/** What belongs to others is neither created nor deleted. */
const PATCHED: readonly AccessVerb[] = ['patch'];

/** Names of the kinds of a catalog and of others: as CRDs have them, else as `plurals` says by `group/Kind`, else guessed. */
export function kindNames(catalog: Catalog, plurals: ReadonlyMap<string, string> = new Map()): KindNames {
  const definitionOf = (kind: KindReference): CatalogEntry['definition'] =>
    catalog.entries.find(({ rule }) => isSameKind(rule.for, kind))?.definition;
  return {
    plural: (kind) => definitionOf(kind)?.plural ?? plurals.get(kindIdentity(kind)) ?? pluralOf(kind.kind),
    isClusterScoped: (kind) => {
      const definition = definitionOf(kind);
      return definition === undefined ? isClusterScoped(kind) : definition.scope === 'Cluster';
    },
  };
}

/** All that the engine asks of the API server for one kind: no more than its rule says. Pure. */
export function accessOf(entry: CatalogEntry, names: KindNames): readonly Access[] {
  const { rule } = entry;
  const ownPlace = placeFor(rule.for, 'own', rule.for, names);
  return [
    ...ownerAccess(entry, names, ownPlace),
    ...rule.reads.resources.map((read) => readAccess(read, entry, names)),
    ...rule.writes.resources.flatMap((write) => writeAccess(write, PUBLISHED, entry, names)),
    ...rule.writes.patches.flatMap((patch) => writeAccess(patch, PATCHED, entry, names)),
  ];
}

/** The custom resources themselves: watched, given a status, held by a finalizer until what they own is gone. */
function ownerAccess(
  { rule, schema, template }: CatalogEntry,
  names: KindNames,
  place: AccessPlace,
): readonly Access[] {
  const group = groupOf(rule.for.apiVersion);
  const resource = names.plural(rule.for);
  const hasStatus = schema?.hasStatus ?? template.functions.includes('status');
  const status: Access = { group, resource: `${resource}/status`, verbs: ['patch'], place };
  // The owner references of children block its deletion, which OwnerReferencesPermissionEnforcement asks this for.
  const references: Access = {
    group,
    resource: `${resource}/finalizers`,
    verbs: ['update'],
    place,
    isOfChildren: true,
  };
  return [
    { group, resource, verbs: [...OBSERVED, 'patch'], place, kind: rule.for },
    ...(hasStatus ? [status] : []),
    ...(rule.writes.resources.length > 0 ? [references] : []),
  ];
}

function readAccess(read: ResourceRead, { rule }: CatalogEntry, names: KindNames): Access {
  const { selection, namespace } = read;
  const wanted = namespace.from === 'literal' ? { namespace: namespace.value } : namespaceOf(namespace.from);
  const name = selection.by === 'name' && selection.name.from === 'literal' ? { name: selection.name.value } : {};
  const place = placeFor(read, wanted, rule.for, names);
  return { group: groupOf(read.apiVersion), resource: names.plural(read), verbs: OBSERVED, place, ...name, kind: read };
}

/** A namespace that the custom resource names may be any. */
function namespaceOf(from: 'own' | 'any' | 'path'): AccessPlace {
  return from === 'own' ? 'own' : 'any';
}

function writeAccess(
  write: ResourceWrite | PatchWrite,
  verbs: readonly AccessVerb[],
  { rule }: CatalogEntry,
  names: KindNames,
): readonly Access[] {
  const { namespaces } = write;
  const wanted: readonly AccessPlace[] =
    typeof namespaces === 'string' ? [namespaces] : namespaces.map((namespace) => ({ namespace }));
  const target = { group: groupOf(write.apiVersion), resource: names.plural(write) };
  return wanted.flatMap((wish): readonly Access[] => {
    const place = placeFor(write, wish, rule.for, names);
    return [
      { ...target, verbs: OBSERVED, place, kind: write },
      { ...target, verbs, place, isOfChildren: true },
    ];
  });
}

/** A kind without namespaces is everywhere, and so is what belongs to the namespace of an owner that has none. */
function placeFor(kind: KindReference, wanted: AccessPlace, owner: KindReference, names: KindNames): AccessPlace {
  if (names.isClusterScoped(kind)) return 'any';
  return wanted === 'own' && names.isClusterScoped(owner) ? 'any' : wanted;
}
