import type { JsonObject } from './json.js';

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

/** A chart that a template asks for before it renders. */
export interface ChartReference {
  /** Name of a remote, or a URL that a remote covers. */
  readonly repository: string;
  readonly chart: string;
  readonly version: string;
}
