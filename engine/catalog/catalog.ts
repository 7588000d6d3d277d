import type { Fault } from '#errors/fault.js';
import type { Installation } from '#model/installation.js';
import { isSameKind, type KindReference } from '#model/object.js';
import type { FailurePolicy, Rule } from '#model/rule.js';
import type { CompiledPolicies, PolicyPackage } from './policy-compiler.js';
import type { Expression } from './schema/cel/expression.js';
import type { ResourceSchema, ResourceVersion } from './schema/resource-schema.js';
import type { TemplateFunction } from './template-checker.js';

/** A policy package that judges a kind, and what its verdicts do. */
export interface AppliedPolicy {
  readonly policy: PolicyPackage;
  /** `Warn`: what it denies is only reported. */
  readonly enforce: 'Deny' | 'Warn';
  /** Objects that it does not judge, as `Kind/namespace/name`, until the end of that day (`YYYY-MM-DD`) where one is given. */
  readonly exempt: readonly { readonly object: string; readonly until: string | undefined }[];
  /** Namespaces whose objects it judges; empty: all. */
  readonly namespaces: readonly string[];
}

/** Everything about one kind, compiled. */
export interface CatalogEntry {
  readonly rule: Rule;
  /** The version that the rule is for; undefined for a built-in kind. */
  readonly schema: ResourceVersion | undefined;
  /** The whole CustomResourceDefinition; undefined for a built-in kind. */
  readonly definition: ResourceSchema | undefined;
  readonly template: { readonly path: string; readonly functions: readonly TemplateFunction[] };
  readonly policies: { readonly request: readonly AppliedPolicy[]; readonly change: readonly AppliedPolicy[] };
  /** Compiled `for.where`. */
  readonly where: Expression | undefined;
  /** Compiled `ready` of `writes.resources`, in their order. */
  readonly ready: readonly (Expression | undefined)[];
  /** Hash of all that an evaluation of this kind depends on, besides its facts. */
  readonly revision: string;
}

/** A kind whose files have faults: its objects are stalled, the others are not. */
export interface StalledKind {
  readonly domain: string;
  readonly slug: string;
  /** Undefined where even that could not be read. */
  readonly for: KindReference | undefined;
  readonly faults: readonly Fault[];
  /** Enough to delete its objects, which asks neither template nor policies; undefined where even the rule could not be read. */
  readonly entry: CatalogEntry | undefined;
}

/** A rule set, compiled and immutable. */
export interface Catalog {
  readonly installation: Installation;
  readonly entries: readonly CatalogEntry[];
  readonly stalled: readonly StalledKind[];
  readonly policies: CompiledPolicies;
  /** Whether any policy may look at the time. */
  readonly policiesReadTime: boolean;
  /** Every fault of every file. */
  readonly faults: readonly Fault[];
  /** Texts of templates and libraries, by path: what imports are resolved in. */
  readonly templates: { readonly [path: string]: string };
  /** Hash of the whole rule set. */
  readonly revision: string;
}

/** The entry for a kind, whatever the version of the object. */
export function entryFor(catalog: Catalog, kind: KindReference): CatalogEntry | undefined {
  return catalog.entries.find((entry) => isSameKind(entry.rule.for, kind));
}

/**
 * What becomes of a request about a kind that cannot be judged. A kind that belongs to others must not stand still because
 * Edict does: unless its rule says otherwise, only a kind with a CRD in the rule set fails.
 */
export function failurePolicyOf({ rule, definition }: CatalogEntry): FailurePolicy {
  return rule.admission.failurePolicy ?? (definition === undefined ? 'Ignore' : 'Fail');
}

/** The catalog by which objects are deleted: the kinds that faults stall are in it too. */
export function deletionCatalog(catalog: Catalog): Catalog {
  return { ...catalog, entries: [...catalog.entries, ...catalog.stalled.flatMap(({ entry }) => entry ?? [])] };
}

/** The faults that stall a kind, if any. */
export function stalledKind(catalog: Catalog, kind: KindReference): StalledKind | undefined {
  return catalog.stalled.find((stalled) => stalled.for !== undefined && isSameKind(stalled.for, kind));
}
