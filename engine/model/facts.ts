import type { Json, JsonObject } from './json.js';
import type { KubernetesObject } from './object.js';

export type Readiness = 'Ready' | 'InProgress' | 'Failed' | 'Terminating';

/** What a template may know of an object that its owner already has. */
export interface Child {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
  readonly readiness: Readiness;
  /** The fields that the rule observes, at their own paths: `status.phase` stays `status.phase`. */
  readonly [field: string]: unknown;
}

/** A chart as templates see it. */
export interface Chart {
  /** Chart.yaml. */
  readonly metadata: JsonObject;
  /** values.yaml. */
  readonly values: JsonObject;
  /** `values-<profile>.yaml`, by profile. */
  readonly profiles: { readonly [profile: string]: JsonObject };
  /** `sha256:<hex>` of the chart's files. */
  readonly digest: string;
}

/** All a template may look at: never partial, and without any secret value. */
export interface Facts {
  /** The custom resource, without managedFields and resourceVersion. */
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

/** A chart that a template asks for before it renders. */
export interface ChartReference {
  /** Name of a remote, or a URL that a remote covers. */
  readonly repository: string;
  readonly chart: string;
  readonly version: string;
}
