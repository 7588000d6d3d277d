import type { KindReference, KubernetesObject, ObjectKey } from '#model/object.js';

/** Whether the objects of a kind can be read now. Anything but `ready` is a reason to wait. */
export type Availability = 'ready' | 'absent' | 'forbidden' | 'syncing';

/** Objects of one kind: of one namespace where it is given, with all these labels where they are given. */
export interface ObjectQuery extends KindReference {
  readonly namespace?: string;
  readonly labels?: { readonly [label: string]: string };
  /** Objects of which this field manager of an owner set fields, though they are not its children. */
  readonly patchedBy?: string;
}

/** Reads the cluster. */
export interface ClusterReader {
  availability(kind: KindReference): Promise<Availability>;
  /** What to do where a kind is absent or forbidden, in one sentence, where that is known. */
  remedyFor?(kind: KindReference): Promise<string | undefined>;
  /** The object, or null. `whole`: with the fields of every manager, which are not kept in memory. */
  get(key: ObjectKey, extent?: 'whole'): Promise<KubernetesObject | null>;
  /** Sorted by namespace, then name. */
  list(query: ObjectQuery): Promise<readonly KubernetesObject[]>;
  /** Version as `v1.36.1`, and the `group/version` and `group/version/Kind` that are served, sorted. */
  server(): Promise<{ readonly version: string; readonly capabilities: readonly string[] }>;
}
