import type { Chart } from './chart.js';
import type { Json, JsonObject } from './json.js';
import type { KubernetesObject } from './object.js';
import type { Readiness } from './readiness.js';

/** What a template may know of an object that its owner already has. */
export interface Child {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
  readonly readiness: Readiness;
  /** The fields that the rule observes, at their own paths: `status.phase` stays `status.phase`. */
  readonly [field: string]: unknown;
}

/** All a template may look at: never partial, and without any secret value. */
export interface Facts {
  /** The custom resource, without managedFields, resourceVersion and finalizers. */
  readonly object: KubernetesObject;
  /** By `as` of the rule's reads: an object or null where the read names one, else a list sorted by namespace and name. */
  readonly related: { readonly [as: string]: Json };
  /** By `Kind/namespace/name`. */
  readonly children: { readonly [key: string]: Child };
  /** By `chart:version`. */
  readonly charts: { readonly [reference: string]: Chart };
  readonly parameters: JsonObject;
  readonly cluster: { readonly version: string; readonly capabilities: readonly string[] };
  /** RFC 3339, truncated to the rule's clock; only where the rule has one. */
  readonly time?: string;
}
