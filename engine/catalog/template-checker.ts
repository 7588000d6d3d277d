import type { Fault } from '#errors/fault.js';

/** The functions that a template may have. */
export type TemplateFunction = 'charts' | 'desired' | 'status';

/** What a check of one template gives: its functions and all files that it is made of, itself included, or its faults. */
export type TemplateCheck =
  | { readonly functions: readonly TemplateFunction[]; readonly files: readonly string[] }
  | { readonly faults: readonly Fault[] };

/** Parses a template with all that it imports and tells which functions it has. */
export interface TemplateChecker {
  /** `path` is relative to the rule set, such as `templates/billing/invoice.jsonnet`. */
  check(path: string): Promise<TemplateCheck>;
}
