import type { Json, JsonObject } from './json.js';

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

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

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

/** `Kind/namespace/name`, or `Kind/name`: how messages and `facts.children` name an object. */
export function formatKey({ kind, namespace, name }: Omit<ObjectKey, 'apiVersion'>): string {
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

/** `group/Kind/namespace/name`: one text per object, whatever version it was read in. For maps and sorting. */
export function identityOf({ apiVersion, kind, namespace, name }: ObjectKey): string {
  return `${groupOf(apiVersion)}/${kind}/${namespace ?? ''}/${name}`;
}

/** A Kubernetes object as the JSON value that it is. */
export function asJson(object: KubernetesObject): JsonObject {
  return object as unknown as JsonObject;
}

/** A field of an object that the type does not name, as JSON. */
export function fieldOf(object: KubernetesObject, field: string): Json | undefined {
  return (object as unknown as JsonObject)[field];
}
