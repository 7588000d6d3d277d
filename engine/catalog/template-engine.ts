import type { Json } from '#model/json.js';
import type { Limits } from '#model/rule.js';
import type { TemplateFunction } from './template-checker.js';

/** One call of one function of a template. */
export interface TemplateCall {
  /** Path relative to the rule set. */
  readonly template: string;
  readonly function: TemplateFunction;
  readonly arguments: readonly Json[];
  readonly limits: Limits;
  /** `Kind/namespace/name` of the object that it is called for: faults name it. */
  readonly object?: string;
  /** Told of each field of the first argument that the function looks at, or may have looked at when its result was made. */
  readonly onRead?: (field: string) => void;
}

/** Evaluates templates. */
export interface TemplateEngine {
  /**
   * Calls a function that the template has. Throws an `EdictError`: TemplateFailed with the author's file and line,
   * TemplateOutputTooLarge, EvaluationTimeout, EvaluationTooDeep or EvaluationOutOfMemory.
   */
  call(call: TemplateCall): Promise<Json>;
}
