import type { JsonObject } from './json.js';

/** A kind of Kubernetes object, as manifests write it. */
export interface KindReference {
  /** `v1` or `group/version`. */
  readonly apiVersion: string;
  readonly kind: string;
}

/** The name of one object. Cluster-scoped objects have no namespace. */
export interface ObjectKey extends KindReference {
  readonly namespace?: string;
  readonly name: string;
}

/** One owner of an object, as the garbage collector knows it. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Who an object is, and what Kubernetes notes about it. */
export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  /** RFC 3339; present while the object waits for its finalizers. */
  readonly deletionTimestamp?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly JsonObject[];
}

/** Any Kubernetes object. */
export interface KubernetesObject extends KindReference {
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

/** The key of an object. */
export function keyOf({ apiVersion, kind, metadata }: KubernetesObject): ObjectKey {
  const { namespace, name } = metadata;
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** The group of an `apiVersion`: empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** `group/Kind`: one text per kind, whatever the version. For maps. */
export function kindIdentity({ apiVersion, kind }: KindReference): string {
  return `${groupOf(apiVersion)}/${kind}`;
}

/** Whether two references mean one kind, whatever the version. */
export function isSameKind(left: KindReference, right: KindReference): boolean {
  return kindIdentity(left) === kindIdentity(right);
}

/** Whether objects of a kind hold values that are never shown. */
export function isSecret({ apiVersion, kind }: KindReference): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}

/** `Kind/namespace/name`, or `Kind/name`: how messages and `facts.children` name an object. */
export function formatKey({ kind, namespace, name }: Omit<ObjectKey, 'apiVersion'>): string {
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

/** `group/Kind/namespace/name`: one text per object, whatever version it was read in. For maps and sorting. */
export function identityOf(key: ObjectKey): string {
  return `${kindIdentity(key)}/${key.namespace ?? ''}/${key.name}`;
}

/** A Kubernetes object as the JSON value that it is. */
export function asJson(object: KubernetesObject): JsonObject {
  return object as unknown as JsonObject;
}

/** What an object asks for: all of it but the status, which only tells. */
export function withoutStatus(object: KubernetesObject): JsonObject {
  const { status: _status, ...asked } = asJson(object);
  return asked;
}
