import { EdictError } from '#errors/edict-error.js';
import { fragmentOf, type Location } from '#errors/fault.js';
import type { Json } from '#model/json.js';
import { createEnvironment } from './environment.js';
import { compileProgram, describeError, type Program } from './program.js';
import { convertDynamic } from './values.js';

/** Where an expression stands and what it may name. */
export interface ExpressionOptions {
  readonly variables: readonly string[];
  readonly location?: Location;
}

/** A compiled CEL expression over JSON values. */
export interface Expression {
  readonly source: string;
  /** Throws `ExpressionFailed`; the bindings must name every variable. */
  evaluate(bindings: { readonly [variable: string]: Json }): Json;
}

/**
 * Compiles CEL with the libraries of Kubernetes; the variables are dynamic. Throws `RuleExpressionInvalid`. An
 * evaluation is bounded in cost, so that a long list in an object cannot hold the engine up.
 */
export function compileExpression(source: string, { variables, location = {} }: ExpressionOptions): Expression {
  const program = compile(source, variables, location);
  return {
    source,
    evaluate(bindings) {
      try {
        const values = Object.fromEntries(
          Object.entries(bindings).map(([name, value]) => [name, convertDynamic(value)]),
        );
        return toJson(program.run(values).value);
      } catch (error) {
        const message = `the expression raised an error: ${describeError(error)}`;
        const remedy = 'Guard fields that may be absent with has(...) or .?field.orValue(...).';
        throw new EdictError(
          { code: 'ExpressionFailed', message, location, fragment: fragmentOf(source), remedy },
          { cause: error },
        );
      }
    },
  };
}

function compile(source: string, variables: readonly string[], location: Location): Program {
  try {
    const environment = createEnvironment();
    for (const variable of variables) environment.registerVariable(variable, 'dyn');
    return compileProgram(source, environment);
  } catch (error) {
    const message = `the expression does not compile: ${describeError(error)}`;
    const remedy = `Use CEL as Kubernetes does; the variables are ${variables.join(', ')}.`;
    throw new EdictError(
      { code: 'RuleExpressionInvalid', message, location, fragment: fragmentOf(source), remedy },
      { cause: error },
    );
  }
}

/** The result of an expression as JSON: ints become numbers, times and durations texts. */
function toJson(value: unknown): Json {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, child]) => [String(key), toJson(child)]));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, toJson(child)]));
  }
  return String(value);
}
