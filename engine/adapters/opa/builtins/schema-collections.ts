import type { JsonFields, JsonTree } from './json-tree.js';
import { matchesPattern } from './regex.js';
import type { Schema } from './schema-model.js';
import { mismatch, type SchemaResult, type Visit } from './schema-result.js';
import { comparable } from './schema-scalars.js';

/** The items of an array: each by its schema, their number, whether they differ, and whether one is as wanted. */
export function checkArray(schema: Schema, items: readonly JsonTree[], visit: Visit): void {
  checkItems(schema, items, visit);
  const { minItems, maxItems } = schema;
  if (minItems !== undefined && items.length < minItems)
    mismatch(visit, 'array_min_items', `Array must have at least ${minItems} items`);
  if (maxItems !== undefined && items.length > maxItems)
    mismatch(visit, 'array_max_items', `Array must have at most ${maxItems} items`);
  if (schema.uniqueItems === true) checkUnique(items, visit);
  if (schema.contains !== undefined) checkContains(schema.contains, items, visit);
  visit.result.score += 1;
}

function checkItems({ items: schemas, additionalItems }: Schema, items: readonly JsonTree[], visit: Visit): void {
  const check = (schema: Schema, index: number) =>
    visit.result.merge(visit.judge(schema, items[index]!, `${visit.place}.${index}`));
  if (schemas === undefined) return;
  if (!('length' in schemas)) {
    for (const index of items.keys()) check(schemas, index);
    return;
  }
  for (const [index, schema] of schemas.slice(0, items.length).entries()) check(schema, index);
  if (schemas.length === 0 || schemas.length >= items.length || additionalItems === true) return;
  if (additionalItems === false) mismatch(visit, 'array_no_additional_items', 'No additional items allowed on array');
  else if (additionalItems !== undefined)
    for (let index = schemas.length; index < items.length; index += 1) check(additionalItems, index);
}

function checkUnique(items: readonly JsonTree[], visit: Visit): void {
  const known = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = comparable(item, visit.spend);
    const other = known.get(text);
    if (other !== undefined) mismatch(visit, 'unique', `array items[${other},${index}] must be unique`);
    known.set(text, index);
  }
}

function checkContains(schema: Schema, items: readonly JsonTree[], visit: Visit): void {
  let best: SchemaResult | undefined;
  for (const [index, item] of items.entries()) {
    const result = visit.judge(schema, item, `${visit.place}.${index}`);
    if (result.isValid) return;
    if (best === undefined || result.score > best.score) best = result;
  }
  mismatch(visit, 'contains', 'At least one of the items must match');
  if (best !== undefined) visit.result.merge(best);
}

/** The fields of an object but for those that have a schema by their name: their number and names, and the other fields. */
export function checkObject(schema: Schema, fields: JsonFields, visit: Visit): void {
  const { minProperties, maxProperties, propertyNames } = schema;
  if (minProperties !== undefined && fields.size < minProperties)
    mismatch(visit, 'array_min_properties', `Must have at least ${minProperties} properties`);
  if (maxProperties !== undefined && fields.size > maxProperties)
    mismatch(visit, 'array_max_properties', `Must have at most ${maxProperties} properties`);
  visit.spend(schema.required.length + fields.size);
  for (const name of schema.required) {
    if (fields.has(name)) visit.result.score += 1;
    else mismatch(visit, 'required', `${name} is required`);
  }
  for (const [name, value] of fields) checkField(schema, name, value, visit);
  if (propertyNames !== undefined) for (const name of fields.keys()) checkName(propertyNames, name, visit);
  visit.result.score += 1;
}

function checkField(schema: Schema, name: string, value: JsonTree, visit: Visit): void {
  const { result, place } = visit;
  const matching = schema.patternProperties.filter(([{ compiled }]) => matchesPattern(compiled, name, visit.spend));
  for (const [, other] of matching) result.merge(visit.judge(other, value, `${place}.${name}`));
  if (matching.length > 0) result.score += 1;
  const { additionalProperties } = schema;
  if (matching.length > 0 || schema.properties.has(name) || additionalProperties === true) return;
  if (additionalProperties === false)
    mismatch(visit, 'additional_property_not_allowed', `Additional property ${name} is not allowed`);
  else if (additionalProperties !== undefined)
    result.merge(visit.judge(additionalProperties, value, `${place}.${name}`));
}

function checkName(schema: Schema, name: string, visit: Visit): void {
  const result = visit.judge(schema, name, visit.place);
  if (result.isValid) return;
  mismatch(visit, 'invalid_property_name', `Property name of "${name}" does not match`);
  visit.result.merge(result);
}
