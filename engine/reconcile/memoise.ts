import type { TemplateCall, TemplateEngine } from '#catalog/template-engine.js';
import { digestOfJson } from '#model/digest.js';
import type { Json } from '#model/json.js';
import type { PolicyAnswer, PolicyEngine, PolicyQuery } from '#policy/policy-engine.js';

/** Keeps results of evaluations by the hash of everything that they depend on. Losing any of it only costs time. */
export interface EvaluationStore {
  get(key: string): Json | undefined;
  put(key: string, value: Json): void;
}

/** How often something was evaluated, and how often its result was known already. */
export interface EvaluationCount {
  evaluated: number;
  known: number;
}

/**
 * Templates are pure: a call with equal arguments and equal texts gives an equal result. Every call that was made before
 * is answered from `store`. `revisionOf` gives the hash of all that a template is made of.
 */
export function memoiseTemplates(
  engine: TemplateEngine,
  store: EvaluationStore,
  revisionOf: (template: string) => string,
  count: EvaluationCount,
): TemplateEngine {
  return {
    async call(call: TemplateCall): Promise<Json> {
      const key = keyOf([revisionOf(call.template), call.function, call.limits, call.arguments]);
      const known = store.get(key);
      if (call.function === 'desired') count[known === undefined ? 'evaluated' : 'known']++;
      if (known !== undefined) {
        for (const field of Object.keys(call.arguments[0] ?? {})) call.onRead?.(field);
        return known;
      }
      const value = await engine.call(call);
      store.put(key, value);
      return value;
    },
  };
}

/** The same for policies. Answers that are faults are not kept. `revision` is the hash of the compiled policies. */
export function memoisePolicies(engine: PolicyEngine, store: EvaluationStore, revision: string): PolicyEngine {
  return {
    async evaluate(query: PolicyQuery): Promise<readonly PolicyAnswer[]> {
      const key = keyOf([revision, query]);
      const known = store.get(key);
      if (known !== undefined) return fromStored(known as readonly Json[]);
      const answers = await engine.evaluate(query);
      if (!answers.some((answer) => 'fault' in answer))
        store.put(
          key,
          answers.map((answer) => ('value' in answer && answer.value !== undefined ? [answer.value] : [])),
        );
      return answers;
    },
  };
}

function fromStored(answers: readonly Json[]): readonly PolicyAnswer[] {
  return answers.map((answer) => ({ value: (answer as readonly Json[])[0] }));
}

/** Neither templates nor policies see the order of fields, and an object that was stored has another one than before. */
function keyOf(question: readonly unknown[]): string {
  return digestOfJson(question as readonly Json[]);
}
