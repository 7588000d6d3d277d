import type { Fault } from '#errors/fault.js';
import type { Json, JsonObject } from '#model/json.js';

/** One question to several entrypoints. */
export interface PolicyQuery {
  /** Such as `common/workload/change/deny`. */
  readonly entrypoints: readonly string[];
  readonly input: JsonObject;
  /** What `data.parameters` gives. */
  readonly parameters: JsonObject;
  /** RFC 3339: what `time.now_ns` gives; undefined: that built-in is an error. */
  readonly time?: string;
}

/** What one entrypoint answered: its value (undefined where it is undefined), or why there is none. */
export type PolicyAnswer = { readonly value: Json | undefined } | { readonly fault: Fault };

/** Evaluates compiled policies. The input is serialised and parsed once for all entrypoints. */
export interface PolicyEngine {
  /** Gives one answer for each entrypoint, in order. Never throws for what a policy does. */
  evaluate(query: PolicyQuery): Promise<readonly PolicyAnswer[]>;
}
