import type { JsonObject } from './json.js';
import { isSameKind, type KindReference } from './object.js';
import type { Path } from './path.js';

/** A text that a rule states, or takes from the object that it concerns. */
export type Binding =
  | { readonly from: 'literal'; readonly value: string }
  | { readonly from: 'path'; readonly path: Path };

/** Where a read looks: the namespace of the owner, every namespace, or a bound one. */
export type NamespaceBinding = { readonly from: 'own' } | { readonly from: 'any' } | Binding;

/** How the objects of a read are chosen. `all` is every object in the namespace. */
export type Selection =
  | { readonly by: 'name'; readonly name: Binding }
  | { readonly by: 'labels'; readonly labels: { readonly [label: string]: Binding } }
  | { readonly by: 'fields'; readonly fields: readonly { readonly field: Path; readonly equals: Binding }[] }
  | { readonly by: 'all' };

/** One entry of `reads.resources`: gives `facts.related.<as>`. */
export interface ResourceRead extends KindReference {
  readonly as: string;
  readonly namespace: NamespaceBinding;
  readonly selection: Selection;
  /** Projection: only these paths reach the facts, and changes elsewhere wake nobody. Empty: the whole object. */
  readonly fields: readonly Path[];
  readonly optional: boolean;
}

/** One entry of `reads.charts`. `*` matches any chart name. */
interface ChartRead {
  readonly remote: string;
  readonly chart: string;
}

type UpdateMode = 'InPlace' | 'Recreate' | 'Once';

/** One entry of `writes.resources`: a kind that the rule may produce. */
export interface ResourceWrite extends KindReference {
  /** `own`: the namespace of the owner. `any`: every namespace, and cluster-scoped objects. Else exact names. */
  readonly namespaces: 'own' | 'any' | readonly string[];
  readonly update: UpdateMode;
  /** Paths of the live object that reach `facts.children`. */
  readonly observe: readonly Path[];
  /** CEL over `self`; undefined: readiness as kstatus computes it. */
  readonly ready: string | undefined;
  /** Field managers whose fields are taken over. */
  readonly adopt: readonly string[];
}

/** One entry of `writes.patches`: fields of objects of others that the rule may set. */
export interface PatchWrite extends KindReference {
  /** As those of `ResourceWrite`. */
  readonly namespaces: ResourceWrite['namespaces'];
  /** What may be set: these paths and all that is below them. */
  readonly fields: readonly Path[];
}

/** One entry of `writes.repositories`. `*` matches within a path segment, `**` across segments. */
export interface RepositoryWrite {
  readonly remote: string;
  readonly repository: string;
  readonly paths: readonly string[];
}

/** What one evaluation may take. */
export interface Limits {
  /** Calls, fields and elements that one evaluation of a template may take. */
  readonly steps: number;
  /** Stack frames of a template evaluation. */
  readonly depth: number;
  /** Bytes of JSON that a template may return. */
  readonly output: number;
  /** Bytes of JSON that the facts may take. */
  readonly facts: number;
}

/** What leads to a pass besides a change, in milliseconds. */
interface Triggers {
  /** `facts.time` is truncated to this, and changes as often; undefined: no clock. */
  readonly clock: number | undefined;
  /** An object is looked at again after this, though nothing is known to have changed. */
  readonly resync: number;
  /** Changes of other objects lead to no more than one pass in this time; 0: to one each. */
  readonly throttle: number;
}

/** `Fail`: what cannot be judged is refused. `Ignore`: it is let through, and judged by the pass that follows. */
export type FailurePolicy = 'Fail' | 'Ignore';

/** A rule, checked, with every default in its place and every parameter put in. */
export interface Rule {
  readonly domain: string;
  /** The singular name of the kind: names its files in every tree. */
  readonly slug: string;
  /** Path of the rule file. */
  readonly file: string;
  readonly for: KindReference & { readonly where: string | undefined };
  readonly parameters: JsonObject;
  readonly sensitive: readonly Path[];
  readonly reads: { readonly resources: readonly ResourceRead[]; readonly charts: readonly ChartRead[] };
  readonly writes: {
    readonly resources: readonly ResourceWrite[];
    readonly patches: readonly PatchWrite[];
    readonly repositories: readonly RepositoryWrite[];
  };
  /** Shared policy packages, as paths below `policies/`. */
  readonly policies: readonly string[];
  readonly drift: 'Correct' | 'Report';
  readonly deletion: {
    readonly resources: 'Delete' | 'Orphan';
    readonly files: 'Delete' | 'Orphan';
    readonly finalizers: readonly string[];
  };
  /** A change that deletes more objects than this is held; undefined: no hold. */
  readonly hold: { readonly deletes: number | undefined };
  readonly preflight: boolean;
  readonly admission: {
    /** What becomes of a request that cannot be judged before it is stored; undefined: the rule does not say. */
    readonly failurePolicy: FailurePolicy | undefined;
  };
  readonly triggers: Triggers;
  readonly concurrency: number;
  readonly limits: Limits;
}

/** What a rule says about writing a kind, whatever the version; undefined where it must not. */
export function writeOf({ writes }: Rule, kind: KindReference): ResourceWrite | undefined {
  return writes.resources.find((write) => isSameKind(write, kind));
}

/** What a rule says about patching objects of a kind, whatever the version; undefined where it must not. */
export function patchOf({ writes }: Rule, kind: KindReference): PatchWrite | undefined {
  return writes.patches.find((patch) => isSameKind(patch, kind));
}

/** The kinds that a pass by this rule looks at. */
export function kindsOf({ for: own, reads, writes }: Rule): readonly KindReference[] {
  return [own, ...reads.resources, ...writes.resources, ...writes.patches];
}
