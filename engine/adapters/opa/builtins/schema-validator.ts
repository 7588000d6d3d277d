import { integerOf } from '../rego-number.js';
import { isList, isNumber, type JsonTree } from './json-tree.js';
import { checkArray, checkObject } from './schema-collections.js';
import type { Schema } from './schema-model.js';
import { mismatch, rootPlace, SchemaResult, type Visit } from './schema-result.js';
import { checkNumber, checkText, checkValue } from './schema-scalars.js';

type Spend = (steps: number) => void;

const STEPS_PER_SCHEMA = 40;

/** Compares a document with a schema as OPA does. @see internal/gojsonschema/validation.go of OPA 1.22 */
export function validate(schema: Schema, document: JsonTree, spend: Spend): SchemaResult {
  const judge: Visit['judge'] = (part, node, place) => {
    const result = new SchemaResult(spend);
    check(part, node, { place, result, spend, judge });
    return result;
  };
  return judge(schema, document, rootPlace);
}

function typeOf(node: JsonTree): string {
  if (node === null) return 'null';
  if (isNumber(node)) return integerOf(node) === undefined ? 'number' : 'integer';
  if (isList(node)) return 'array';
  return node instanceof Map ? 'object' : typeof node;
}

function check(schema: Schema, node: JsonTree, visit: Visit): void {
  visit.spend(STEPS_PER_SCHEMA);
  if (schema.pass !== undefined) {
    if (!schema.pass) mismatch(visit, 'false', 'False always fails validation');
    return;
  }
  if (schema.reference !== undefined) {
    check(schema.reference, node, visit);
    return;
  }
  const { types } = schema;
  const given = typeOf(node);
  if (types.length > 0 && !types.includes(given) && !(given === 'integer' && types.includes('number'))) {
    const expected = types.length > 1 ? `[${types.join(',')}]` : types[0]!;
    mismatch(visit, 'invalid_type', `Invalid type. Expected: ${expected}, given: ${given}`);
    return;
  }
  checkCombinations(schema, node, visit);
  checkByType(schema, node, visit);
  visit.result.score += 1;
}

function checkByType(schema: Schema, node: JsonTree, visit: Visit): void {
  if (isNumber(node)) checkNumber(schema, node, visit);
  if (isList(node)) checkArray(schema, node, visit);
  if (node instanceof Map) checkObject(schema, node, visit);
  checkValue(schema, node, visit);
  if (typeof node === 'string') checkText(schema, node, visit);
  if (!(node instanceof Map)) return;
  for (const [name, part] of schema.properties) {
    const value = node.get(name);
    if (value !== undefined) check(part, value, { ...visit, place: `${visit.place}.${name}` });
  }
}

function checkCombinations(schema: Schema, node: JsonTree, visit: Visit): void {
  const { result, place, judge } = visit;
  if (schema.anyOf.length > 0) checkAnyOf(schema.anyOf, node, visit);
  if (schema.oneOf.length > 0) checkOneOf(schema.oneOf, node, visit);
  let isAll = true;
  for (const part of schema.allOf) {
    const partial = judge(part, node, place);
    isAll &&= partial.isValid;
    result.merge(partial);
  }
  if (!isAll) mismatch(visit, 'number_all_of', 'Must validate all the schemas (allOf)');
  if (schema.not !== undefined && judge(schema.not, node, place).isValid)
    mismatch(visit, 'number_not', 'Must not validate the schema (not)');
  checkDependencies(schema, node, visit);
  if (schema.condition !== undefined) checkCondition(schema, schema.condition, node, visit);
  result.score += 1;
}

/** The result that fits best. */
function better(best: SchemaResult | undefined, other: SchemaResult): SchemaResult {
  return best === undefined || other.score > best.score ? other : best;
}

function checkAnyOf(parts: readonly Schema[], node: JsonTree, visit: Visit): void {
  let best: SchemaResult | undefined;
  for (const part of parts) {
    const result = visit.judge(part, node, visit.place);
    if (result.isValid) return;
    best = better(best, result);
  }
  mismatch(visit, 'number_any_of', 'Must validate at least one schema (anyOf)');
  visit.result.merge(best!);
}

function checkOneOf(parts: readonly Schema[], node: JsonTree, visit: Visit): void {
  let best: SchemaResult | undefined;
  let count = 0;
  for (const part of parts) {
    const result = visit.judge(part, node, visit.place);
    if (result.isValid) count += 1;
    else best = better(best, result);
  }
  if (count === 1) return;
  mismatch(visit, 'number_one_of', 'Must validate one and only one schema (oneOf)');
  if (count === 0) visit.result.merge(best!);
}

function checkDependencies(schema: Schema, node: JsonTree, visit: Visit): void {
  if (!(node instanceof Map) || schema.dependencies.size === 0) return;
  visit.spend(node.size);
  for (const name of node.keys()) {
    const dependency = schema.dependencies.get(name);
    if (dependency === undefined) continue;
    if ('types' in dependency) check(dependency, node, visit);
    else
      for (const other of dependency)
        if (!node.has(other)) mismatch(visit, 'missing_dependency', `Has a dependency on ${other}`);
  }
}

function checkCondition(schema: Schema, condition: Schema, node: JsonTree, visit: Visit): void {
  const isMet = visit.judge(condition, node, visit.place).isValid;
  const part = isMet ? schema.consequence : schema.alternative;
  const result = part === undefined ? undefined : visit.judge(part, node, visit.place);
  if (result === undefined || result.isValid) return;
  if (isMet) mismatch(visit, 'condition_then', 'Must validate "then" as "if" was valid');
  else mismatch(visit, 'condition_else', 'Must validate "else" as "if" was not valid');
  visit.result.merge(result);
}
