import { isJsonObject, type Json } from './json.js';
import type { KubernetesObject } from './object.js';

/** A branch of a repository of a remote. */
export interface RepositoryAddress {
  /** Name of a remote of kind `git`. */
  readonly remote: string;
  /** Path below the remote's URL, without `.git`. */
  readonly name: string;
  readonly branch: string;
}

/** `remote name branch`: one text per branch. For maps and sorting. */
export function addressKey({ remote, name, branch }: RepositoryAddress): string {
  return `${remote} ${name} ${branch}`;
}

/** One object that should exist. */
export interface DesiredResource {
  readonly object: KubernetesObject;
  readonly wave: number;
}

/** Fields that an object of somebody else should have. */
export interface DesiredPatch {
  /** The fields, and the name of the object that they are for. */
  readonly object: KubernetesObject;
  readonly wave: number;
}

/** One file that should exist. */
export interface DesiredFile {
  readonly repository: RepositoryAddress;
  readonly path: string;
  /** The whole text of the file. */
  readonly content: string;
  /** What the text says, where the template gave data: policies judge it without reading the text. */
  readonly values?: Json;
  /** For layered files: the layer that set each leaf, by path. */
  readonly origins: { readonly [path: string]: string };
  /** A shared file holds no owner's data and leaves with its last owner. */
  readonly shared: boolean;
  readonly wave: number;
}

/** What should exist for one owner, checked and in normal form, sorted by wave and key. */
export interface Desired {
  readonly resources: readonly DesiredResource[];
  readonly patches: readonly DesiredPatch[];
  readonly files: readonly DesiredFile[];
}

/** Nothing at all. */
export const NOTHING_DESIRED: Desired = { resources: [], patches: [], files: [] };

/** What rendering gives. */
export type Rendering =
  | { readonly state: 'desired'; readonly desired: Desired }
  | { readonly state: 'waiting'; readonly reasons: readonly WaitingReason[] }
  | { readonly state: 'stalled'; readonly reason: string; readonly message: string };

/** What a template waits for. */
export interface WaitingReason {
  /** CamelCase, as a condition reason. */
  readonly reason: string;
  readonly message: string;
  /** Milliseconds after which it is worth looking again; undefined: when something changes. */
  readonly after: number | undefined;
}

/** A reference to a value of a Secret, resolved only while a cluster object is written. */
export interface SecretHandle {
  readonly as: string;
  readonly key: string;
}

/** The only key of an object that is a handle. */
export const HANDLE = '$secret';

/** The handle in `value`, if it is exactly `{'$secret': {as, key}}`. */
export function secretHandle(value: Json | undefined): SecretHandle | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return undefined;
  const handle = value[HANDLE];
  if (!isJsonObject(handle) || Object.keys(handle).length !== 2) return undefined;
  const { as, key } = handle;
  return typeof as === 'string' && typeof key === 'string' ? { as, key } : undefined;
}
