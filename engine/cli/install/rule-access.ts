import { type Access, accessOf, type KindNames, OBSERVED } from '#catalog/access.js';
import type { Catalog } from '#catalog/catalog.js';
import { ACCOUNT } from '#model/identity.js';
import { groupOf, type KindReference } from '#model/object.js';

/** A rule set, with what its kinds are called. */
export interface InstalledRules {
  readonly catalog: Catalog;
  readonly names: KindNames;
  /** Kinds that rules no longer write, and that still have objects of theirs. */
  readonly former: readonly KindReference[];
}

/** Requests that rules lead to, by whom they are made. */
export interface AccessByAccount {
  readonly engine: readonly Access[];
  /** Of the account of each rule, by its slug; empty unless each rule has one. */
  readonly rules: ReadonlyMap<string, readonly Access[]>;
  /** Of the account of each namespace with custom resources; empty unless each has one. */
  readonly namespaces: readonly Access[];
}

/** Requests that the rules lead to, and the events that tell of them, as the identity of the installation divides them. */
export function accessByAccount(rules: InstalledRules): AccessByAccount {
  const { catalog, names } = rules;
  const all = [...catalog.entries.flatMap((entry) => accessOf(entry, names)), ...formerAccess(rules), events(rules)];
  const engine = all.filter(({ isOfChildren }) => isOfChildren !== true);
  switch (catalog.installation.identity) {
    case 'Engine':
      return { engine: all, rules: new Map(), namespaces: [] };
    case 'Rule': {
      const writing = catalog.entries.filter(({ rule }) => rule.writes.resources.length > 0);
      const made = writing.map((entry) => {
        const accesses = [...accessOf(entry, names), ...formerAccess(rules)];
        return [entry.rule.slug, accesses.filter(({ isOfChildren }) => isOfChildren)] as const;
      });
      return { engine, rules: new Map(made), namespaces: [] };
    }
    case 'Namespace':
      return {
        engine: [...engine, actingAsNamespaces(rules)],
        rules: new Map(),
        namespaces: all.filter(({ isOfChildren }) => isOfChildren),
      };
  }
}

/** What removes objects of kinds that no rule writes any more. */
function formerAccess({ former, names }: InstalledRules): readonly Access[] {
  return former.flatMap((kind): readonly Access[] => {
    const target = { group: groupOf(kind.apiVersion), resource: names.plural(kind) };
    const place = names.isClusterScoped(kind) ? 'any' : 'own';
    return [
      { ...target, verbs: OBSERVED, place },
      { ...target, verbs: ['delete'], place, isOfChildren: true },
    ];
  });
}

function events(rules: InstalledRules): Access {
  return { group: 'events.k8s.io', resource: 'events', verbs: ['create', 'patch'], place: ownersPlace(rules) };
}

function actingAsNamespaces(rules: InstalledRules): Access {
  return { group: '', resource: 'serviceaccounts', verbs: ['impersonate'], place: ownersPlace(rules), name: ACCOUNT };
}

/** Where custom resources are: one without a namespace may be anywhere. */
function ownersPlace({ catalog, names }: InstalledRules): 'own' | 'any' {
  return catalog.entries.some(({ rule }) => names.isClusterScoped(rule.for)) ? 'any' : 'own';
}
