import type { CatalogEntry } from '#catalog/catalog.js';
import type { Contest } from '#model/contest.js';
import type { Facts } from '#model/facts.js';
import type { Installation } from '#model/installation.js';
import type { KubernetesObject } from '#model/object.js';

/** What the resources of one owner are planned against. */
export interface ResourceContext {
  readonly entry: CatalogEntry;
  readonly owner: KubernetesObject;
  /** What the rule's reads found: bodies depend on the versions of the Secrets that they take values from. */
  readonly related: Facts['related'];
  /** Live objects that the rendering names or that carry the owner's label, by identity. */
  readonly live: ReadonlyMap<string, KubernetesObject>;
  /** What the garbage collector must not delete either. */
  readonly protection: Installation['protected'];
  /** Fields that others keep changing back, by identity. */
  readonly contests: ReadonlyMap<string, readonly Contest[]>;
}
