import { TypeError as CheckError, type Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js';
import { compilePattern } from '../pattern.js';
import { CostExceeded, callsOf, type Meter, meterTree } from './cost.js';
import { foreignMethods, patternMethods, renamedMethods } from './strings.js';

/** What one expression may cost, as in a kube-apiserver (`PerCallLimit`). */
const EXPRESSION_COST = 1_000_000;

/** A parsed and type-checked expression. */
export interface Program {
  /** The type of the result, as the library names it; `dyn` when it is known only at run time. */
  readonly type: string;
  /** Evaluates within `limit`, at most `EXPRESSION_COST`; throws what `describeError` puts into words. */
  run(
    bindings: { readonly [name: string]: unknown },
    limit?: number,
  ): { readonly value: unknown; readonly cost: number };
}

/** Parses and checks `source` in `environment`; throws what `describeError` puts into words. */
export function compileProgram(source: string, environment: Environment): Program {
  const parsed = environment.parse(source);
  for (const call of callsOf(parsed.ast)) {
    if (call.isMethod && foreignMethods.has(call.name)) throw new Error(`Kubernetes has no method ${call.name}`);
    const pattern = call.texts.at(-1);
    if (patternMethods.has(call.name) && pattern !== undefined) compilePattern(pattern);
    const replacement = renamedMethods.get(call.name);
    if (replacement !== undefined) call.rename(replacement);
  }
  const { valid, type = 'dyn', error } = parsed.check();
  if (!valid) throw error ?? new Error('the expression has no type');
  const meter: Meter = { remaining: 0 };
  meterTree(parsed.ast, meter);
  return {
    type,
    run(bindings, limit = EXPRESSION_COST) {
      const allowed = Math.min(limit, EXPRESSION_COST);
      meter.remaining = allowed;
      const value: unknown = parsed(bindings);
      if (meter.remaining <= 0) throw new CostExceeded('the expression costs more than it may');
      return { value, cost: allowed - meter.remaining + 1 };
    },
  };
}

/** The message of an error of an expression, without the drawing of its place. */
export function describeError(error: unknown): string {
  if (error instanceof ParseError || error instanceof CheckError || error instanceof EvaluationError) {
    let text = error.summary;
    for (const [name, replacement] of renamedMethods) text = text.replaceAll(replacement, name);
    return text;
  }
  return error instanceof Error ? error.message : String(error);
}
