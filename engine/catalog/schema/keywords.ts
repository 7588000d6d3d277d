import { isJsonObject, type Json } from '#model/json.js';

type Shape = (value: Json) => boolean;

const isText: Shape = (value) => typeof value === 'string';
const isFlag: Shape = (value) => typeof value === 'boolean';
const isNumber: Shape = (value) => typeof value === 'number';
const isCount: Shape = (value) => Number.isInteger(value) && Number(value) >= 0;
const isTexts: Shape = (value) => Array.isArray(value) && value.every(isText);
const isList: Shape = (value) => Array.isArray(value);
const isSchemas: Shape = (value) => Array.isArray(value) && value.every(isJsonObject);
const isMap: Shape = (value) => isJsonObject(value) && Object.values(value).every(isJsonObject);
const isAnything: Shape = () => true;
const oneOf =
  (...allowed: readonly string[]): Shape =>
  (value) =>
    typeof value === 'string' && allowed.includes(value);

/** The keywords that a structural schema may have, with the shape of their values. */
export const keywords: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['type', oneOf('array', 'boolean', 'integer', 'number', 'object', 'string')],
  ['description', isText],
  ['title', isText],
  ['example', isAnything],
  ['externalDocs', isJsonObject],
  ['$schema', isText],
  ['format', isText],
  ['default', isAnything],
  ['nullable', isFlag],
  ['properties', isMap],
  ['additionalProperties', (value) => isFlag(value) || isJsonObject(value)],
  ['items', isJsonObject],
  ['required', isTexts],
  ['enum', isList],
  ['pattern', isText],
  ['minLength', isCount],
  ['maxLength', isCount],
  ['minItems', isCount],
  ['maxItems', isCount],
  ['minProperties', isCount],
  ['maxProperties', isCount],
  ['minimum', isNumber],
  ['maximum', isNumber],
  ['exclusiveMinimum', isFlag],
  ['exclusiveMaximum', isFlag],
  ['multipleOf', (value) => typeof value === 'number' && value > 0],
  ['uniqueItems', (value) => value === false],
  ['allOf', isSchemas],
  ['anyOf', isSchemas],
  ['oneOf', isSchemas],
  ['not', isJsonObject],
  ['x-kubernetes-preserve-unknown-fields', (value) => value === true],
  ['x-kubernetes-embedded-resource', isFlag],
  ['x-kubernetes-int-or-string', isFlag],
  ['x-kubernetes-list-type', oneOf('atomic', 'map', 'set')],
  ['x-kubernetes-list-map-keys', isTexts],
  ['x-kubernetes-map-type', oneOf('atomic', 'granular')],
  ['x-kubernetes-validations', isSchemas],
]);

/** Keywords of JSON schema that a kube-apiserver refuses, with what to write instead. */
export const forbiddenKeywords: ReadonlyMap<string, string> = new Map([
  ['$ref', 'Write the schema out: references are not allowed in a CRD.'],
  ['additionalItems', 'Give items one schema.'],
  ['definitions', 'Write the schemas out where they are used.'],
  ['dependencies', 'Use x-kubernetes-validations.'],
  ['deprecated', 'Say so in the description.'],
  ['discriminator', 'Use x-kubernetes-validations.'],
  ['id', 'Remove it.'],
  ['patternProperties', 'Use additionalProperties, with x-kubernetes-validations for the keys.'],
  ['readOnly', 'Remove it.'],
  ['writeOnly', 'Remove it.'],
  ['xml', 'Remove it.'],
  ['uniqueItems', 'Use x-kubernetes-list-type: set.'],
]);

/** Keywords that may not stand inside `allOf`, `anyOf`, `oneOf` and `not`, besides all that begin with x-kubernetes-. */
export const skeletonKeywords: readonly string[] = [
  'additionalProperties',
  'default',
  'description',
  'nullable',
  'title',
  'type',
];
