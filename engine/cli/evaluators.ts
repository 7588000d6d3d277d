import { OpaPolicyEngine } from '#adapters/opa/policy-engine.js';
import type { Catalog } from '#catalog/catalog.js';
import type { TemplateEngine } from '#catalog/template-engine.js';
import { digestOf } from '#model/digest.js';
import type { Engine } from '#reconcile/engine.js';
import { type EvaluationCount, type EvaluationStore, memoisePolicies, memoiseTemplates } from '#reconcile/memoise.js';

/** Templates and policies of `catalog`: what was evaluated before is answered from `store`. */
export function openEvaluators(
  catalog: Catalog,
  {
    templates,
    store,
    count,
  }: { readonly templates: TemplateEngine; readonly store: EvaluationStore; readonly count: EvaluationCount },
): Pick<Engine, 'templates' | 'policies'> {
  const { policies, entries } = catalog;
  const revisions = new Map(entries.map(({ template, revision }) => [template.path, revision]));
  const module = policies.module === undefined ? '' : digestOf(Buffer.from(policies.module).toString('base64'));
  return {
    templates: memoiseTemplates(templates, store, (template) => revisions.get(template) ?? '', count),
    policies: memoisePolicies(new OpaPolicyEngine({ policies }), store, module),
  };
}
