import type { Contest } from './contest.js';
import type { RepositoryAddress } from './desired.js';
import type { Json } from './json.js';
import type { KubernetesObject, ObjectKey } from './object.js';

/**
 * What is done to one target. `adopt`: an object that somebody else made is taken over. `orphan`: a file is left in place and no longer owned. `patch`: fields of somebody else's
 * object are set, `release`: they are given back, `await`: they cannot be set yet. `hold`: a removal or replacement that
 * is reported and not done.
 */
export type Action =
  | 'create'
  | 'update'
  | 'adopt'
  | 'replace'
  | 'delete'
  | 'orphan'
  | 'patch'
  | 'release'
  | 'await'
  | 'hold'
  | 'none';

type PatchAction = Extract<Action, 'patch' | 'release' | 'await'>;

/** One leaf that differs. Undefined: not there. Sensitive values are already redacted. */
export interface FieldChange {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** For layered files: the layer that sets it. */
  readonly origin?: string;
}

/** What is done to one object of the cluster. */
export interface ResourceChange {
  readonly sink: 'cluster';
  readonly action: Exclude<Action, PatchAction>;
  readonly key: ObjectKey;
  readonly wave: number;
  /** Uid of the live object, where there is one: the precondition of its deletion. */
  readonly uid: string | undefined;
  /** What is applied; undefined for removals. */
  readonly object: KubernetesObject | undefined;
  readonly fields: readonly FieldChange[];
  /** Why, where the action alone does not tell: drift, replacement, protection, hold. */
  readonly reason: string | undefined;
  /** Set where others changed what was applied before: it is taken back from them. */
  readonly drifted?: boolean;
  /** What others keep changing back, and is left alone until it has been quiet for a while. */
  readonly contested?: readonly Contest[];
  /** The managers from whom the object is taken over. */
  readonly adopted?: readonly string[];
}

/** What is done to fields of one object that belongs to somebody else. */
export interface PatchChange {
  readonly sink: 'patch';
  readonly action: PatchAction | 'none';
  readonly key: ObjectKey;
  readonly wave: number;
  /** Uid of the object: the precondition of the change. Undefined where there is none. */
  readonly uid: string | undefined;
  /** The fields that are applied; undefined where they are given back. */
  readonly object: KubernetesObject | undefined;
  readonly fields: readonly FieldChange[];
  readonly reason: string | undefined;
}

/** What is done to one file of a branch. */
export interface FileChange {
  readonly sink: 'git';
  readonly action: Action;
  readonly repository: RepositoryAddress;
  readonly path: string;
  readonly wave: number;
  readonly shared: boolean;
  /** What is written; undefined for removals. */
  readonly content: string | undefined;
  readonly fields: readonly FieldChange[];
  readonly reason: string | undefined;
}

/** What is done to one target of any sink. */
export type Change = ResourceChange | PatchChange | FileChange;

/** Everything that one pass over one owner would do, in the order in which it would be done. */
export interface ChangeSet {
  readonly changes: readonly Change[];
  /** Whether any change is held: of what `edict.yaml` protects, or a deletion where there are more than the rule allows. */
  readonly held: boolean;
}

/** Whether a change writes anything. */
export function isWrite({ action }: Change): boolean {
  return action !== 'none' && action !== 'hold' && action !== 'await';
}

/** Whether objects of the owner are written. */
export function writesObjects({ changes }: ChangeSet): boolean {
  return changes.some((change) => change.sink === 'cluster' && isWrite(change));
}
