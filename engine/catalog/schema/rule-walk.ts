import { Optional } from '@marcbachmann/cel-js';
import { isJsonObject, type Json } from '#model/json.js';
import { type Path, parsePath } from '#model/path.js';
import { createEnvironment } from './cel/environment.js';
import { compileProgram, describeError, type Program } from './cel/program.js';
import type { ValueType } from './cel/structural-object.js';
import { declareType } from './cel/values.js';
import { compileListKey } from './list-check.js';
import type { Pass } from './pass.js';
import type { Schema, ValidationRule } from './schema.js';

/** What all rules of one object may cost together, as in a kube-apiserver (`RuntimeCELCostBudget`). */
const OBJECT_COST = 10_000_000;

/** Runs the CEL rules on a valid value and on everything below it. `old` is the value before an update, where there is one. */
export type RuleWalk = (value: Json, old: Json | undefined, pass: RulePass) => void;

/** A pass, and what its rules may still cost. */
export interface RulePass {
  readonly pass: Pass;
  remaining: number;
}

/** A pass that may spend what one object may. */
export function startRules(pass: Pass): RulePass {
  return { pass, remaining: OBJECT_COST };
}

/** Where the rules stand, and who hears of those that do not compile. */
export interface RuleScope {
  readonly path: Path;
  readonly isRoot?: boolean;
  /** Whether a value here can be found in the object before the update. */
  readonly correlatable?: boolean;
  readonly report: (path: Path, fault: RuleFault) => void;
}

/** Why a rule of a CRD is refused. */
interface RuleFault {
  readonly message: string;
  readonly fragment: string;
  readonly remedy: string;
}

/** Compiles `x-kubernetes-validations` of a schema and of what it contains; undefined where there are none. */
export function compileRules(schema: Schema, scope: RuleScope): RuleWalk | undefined {
  const { path, correlatable = true } = scope;
  const steps: RuleWalk[] = [];
  const own = compileOwn(schema, scope);
  if (own !== undefined) steps.push(own);
  const inner = (below: Path, more: Partial<RuleScope> = {}): RuleScope => ({
    ...scope,
    isRoot: false,
    path: [...path, ...below],
    ...more,
  });
  const { items, properties, additionalProperties } = schema;
  if (items !== undefined) {
    const byKey = schema['x-kubernetes-list-type'] === 'map';
    const walk = compileRules(items, inner(['items'], { correlatable: correlatable && byKey }));
    if (walk !== undefined) steps.push(overItems(walk, byKey ? compileListKey(schema) : undefined));
  }
  const fields = Object.entries(properties ?? {}).flatMap(([name, child]) => {
    const walk = compileRules(child, inner(['properties', name]));
    return walk === undefined ? [] : [[name, walk] as const];
  });
  if (fields.length > 0) steps.push(overFields(fields));
  if (typeof additionalProperties === 'object') {
    const walk = compileRules(additionalProperties, inner(['additionalProperties']));
    if (walk !== undefined)
      steps.push(
        (value, old, pass) =>
          isJsonObject(value) &&
          visitFields(
            Object.keys(value).map((name) => [name, walk]),
            { value, old, pass },
          ),
      );
  }
  if (steps.length === 0) return undefined;
  return (value, old, pass) => {
    if (value === null) return;
    for (const step of steps) step(value, old === null ? undefined : old, pass);
  };
}

function overItems(walk: RuleWalk, keyOf: ((item: Json) => string | undefined) | undefined): RuleWalk {
  return (value, old, rules) => {
    if (!Array.isArray(value)) return;
    const before = new Map<string | undefined, Json>();
    if (keyOf !== undefined && Array.isArray(old))
      for (const item of old as readonly Json[]) before.set(keyOf(item), item);
    for (const [index, item] of (value as readonly Json[]).entries()) {
      rules.pass.path.push(index);
      walk(item, keyOf === undefined ? undefined : before.get(keyOf(item)), rules);
      rules.pass.path.pop();
    }
  };
}

function overFields(fields: readonly (readonly [string, RuleWalk])[]): RuleWalk {
  return (value, old, pass) => visitFields(fields, { value, old, pass });
}

interface Visit {
  readonly value: Json;
  readonly old: Json | undefined;
  readonly pass: RulePass;
}

function visitFields(fields: readonly (readonly [string, RuleWalk])[], { value, old, pass: rules }: Visit): void {
  if (!isJsonObject(value)) return;
  for (const [name, walk] of fields) {
    const child = Object.hasOwn(value, name) ? value[name] : undefined;
    if (child === undefined) continue;
    rules.pass.path.push(name);
    walk(child, isJsonObject(old) && Object.hasOwn(old, name) ? old[name] : undefined, rules);
    rules.pass.path.pop();
  }
}

/** One rule, compiled. */
interface CompiledRule {
  readonly source: ValidationRule;
  readonly program: Program;
  readonly message: Program | undefined;
  readonly isTransition: boolean;
  readonly field: Path;
}

function compileOwn(schema: Schema, scope: RuleScope): RuleWalk | undefined {
  const rules = schema['x-kubernetes-validations'] ?? [];
  if (rules.length === 0) return undefined;
  const words = new Set(
    rules.flatMap(({ rule, messageExpression = '' }) => `${rule} ${messageExpression}`.match(/[A-Za-z_]\w*/g) ?? []),
  );
  const evaluations = rules.map((rule, index) =>
    compileRule(rule, { schema, words, scope, path: [...scope.path, 'x-kubernetes-validations', index] }),
  );
  return (value, old, pass) => {
    for (const evaluate of evaluations) evaluate?.(value, old, pass);
  };
}

interface RuleContext {
  readonly schema: Schema;
  readonly words: ReadonlySet<string>;
  readonly scope: RuleScope;
  readonly path: Path;
}

const REASONS = ['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'];

function compileRule(source: ValidationRule, { schema, words, scope, path }: RuleContext): RuleWalk | undefined {
  const fail = (key: keyof ValidationRule, message: string, remedy: string): undefined =>
    scope.report([...path, key], { message, fragment: String(source[key]), remedy }) as undefined;
  const isTransition = /\boldSelf\b/.test(`${source.rule} ${source.messageExpression ?? ''}`);
  if (isTransition && scope.correlatable === false)
    return fail(
      'rule',
      'oldSelf is used where no old value can be found',
      'Give the list x-kubernetes-list-type: map.',
    );
  if (source.reason !== undefined && !REASONS.includes(source.reason))
    return fail('reason', 'a reason that Kubernetes does not know', `Use one of ${REASONS.join(', ')}.`);
  const field =
    source.fieldPath === undefined
      ? []
      : parsePath(source.fieldPath.replace(/^\./, '').replaceAll(/\['([^']*)'\]/g, '["$1"]'));
  if (field === undefined)
    return fail('fieldPath', 'the field path is malformed', "Write it as .spec.field or .spec['field'].");
  const environment = createEnvironment();
  const type = declareType(schema, { environment, words }, scope.isRoot);
  environment.registerVariable('self', type.name);
  if (isTransition)
    environment.registerVariable('oldSelf', source.optionalOldSelf === true ? `optional<${type.name}>` : type.name);
  const compile = (key: 'messageExpression' | 'rule', wanted: string): Program | undefined => {
    try {
      const program = compileProgram(source[key] ?? '', environment);
      if (program.type === wanted || program.type.startsWith('dyn')) return program;
      return fail(key, `the expression gives ${program.type}`, `Make it give ${wanted}.`);
    } catch (error) {
      return fail(
        key,
        `the expression does not compile: ${describeError(error)}`,
        'Use CEL as Kubernetes does; self is the value at this place.',
      );
    }
  };
  const program = compile('rule', 'bool');
  const message = source.messageExpression === undefined ? undefined : compile('messageExpression', 'string');
  return program === undefined ? undefined : evaluation({ source, program, message, isTransition, field }, type);
}

function evaluation(rule: CompiledRule, type: ValueType): RuleWalk {
  const { source, program, isTransition, field } = rule;
  return (value, old, rules) => {
    if (isTransition && old === undefined && source.optionalOldSelf !== true) return;
    const before = old === undefined ? undefined : type.convert(old);
    const bindings = {
      self: type.convert(value),
      oldSelf: source.optionalOldSelf === true ? Optional.of(before) : before,
    };
    try {
      const { value: holds, cost } = program.run(bindings, rules.remaining);
      rules.remaining -= cost;
      if (holds === true) return;
      const message = messageOf(rule, bindings, rules);
      refuse(rules.pass, field, { message, remedy: `Satisfy ${source.rule}` });
    } catch (error) {
      rules.remaining -= 1;
      refuse(rules.pass, [], {
        message: `a rule could not be evaluated: ${describeError(error)}`,
        remedy: `The rule is ${source.rule}`,
      });
    }
  };
}

function refuse(pass: Pass, field: Path, refusal: { message: string; remedy: string }): void {
  const depth = pass.path.length;
  pass.path.push(...field);
  pass.refuse(refusal);
  pass.path.length = depth;
}

/** The message of the author; one that is computed may quote the object, so it is not used where that is sensitive. */
function messageOf(
  { source, message }: CompiledRule,
  bindings: { readonly [name: string]: unknown },
  rules: RulePass,
): string {
  const standard = source.message ?? 'a rule of the schema does not hold';
  if (message === undefined || rules.pass.isSensitive()) return standard;
  try {
    const { value, cost } = message.run(bindings, rules.remaining);
    rules.remaining -= cost;
    return typeof value === 'string' && value.trim() !== '' && !value.includes('\n') ? value : standard;
  } catch {
    return standard;
  }
}
