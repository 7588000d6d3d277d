import type { BuiltinContext } from '#adapters/opa/builtins/builtin.js';
import { hostBuiltins } from '#adapters/opa/builtins/index.js';
import type { RegoValue } from '#adapters/opa/rego-value.js';

/** A budget that is used up. */
export class OutOfSteps extends Error {}

/** What a built-in gives, and the steps that it takes of those there are. Throws OutOfSteps. */
export function counted(
  name: string,
  operands: readonly RegoValue[],
  limit = 10_000_000,
): { readonly result: RegoValue | undefined; readonly steps: number } {
  let steps = 0;
  const context: BuiltinContext = {
    now: undefined,
    isFirst: () => true,
    spend: (more) => {
      steps += Math.ceil(more);
      if (steps > limit) throw new OutOfSteps();
    },
  };
  const result = hostBuiltins[name]!(operands, context);
  return { result, steps };
}
