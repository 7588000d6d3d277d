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
  /** Told when the function looks at `time` of its first argument, or may have looked at it when its result was made. */
  readonly onTime?: () => void;
}

/** Evaluates templates. */
export interface TemplateEngine {
  /**
   * Calls a function that the template has. Throws an `EdictError`: TemplateFailed with the author's file and line,
   * TemplateOutputTooLarge, EvaluationTimeout, EvaluationTooDeep or EvaluationOutOfMemory.
   */
  call(call: TemplateCall): Promise<Json>;
}
