import { fromJson } from '../rego-value.js';
import { type JsonFields, treeOf } from './json-tree.js';
import { draft } from './schema-model.js';

type Fields = { readonly [name: string]: Value };
type Value = string | number | boolean | readonly Value[] | Fields;

const [TEXT, FLAG, NUMBER] = [{ type: 'string' }, { type: 'boolean' }, { type: 'number' }] as const;
const WHOLE = { $ref: '#' } as const;
const NAMED: Fields = { type: 'object', additionalProperties: WHOLE };
const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] as const;

function defined(name: string): Fields {
  return { $ref: `#/definitions/${name}` };
}

/** The definitions: counts have another name since draft 6, and a list of names may be empty. */
function definitions(count: string, isOld: boolean): Fields {
  const names = { type: 'array', items: TEXT, uniqueItems: true };
  return {
    schemaArray: { type: 'array', minItems: 1, items: WHOLE },
    [count]: { type: 'integer', minimum: 0 },
    [`${count}Default0`]: { allOf: [defined(count), {}] },
    simpleTypes: { enum: TYPES },
    stringArray: isOld ? { ...names, minItems: 1 } : names,
  };
}

/** What all drafts say of keywords in the same way. */
function keywords(count: string): Fields {
  const [most, least] = [defined(count), defined(`${count}Default0`)];
  const [schemas, names] = [defined('schemaArray'), defined('stringArray')];
  const types = { type: 'array', items: defined('simpleTypes'), minItems: 1, uniqueItems: true };
  return {
    ...{ title: TEXT, description: TEXT, default: {}, format: TEXT, pattern: { ...TEXT, format: 'regex' } },
    ...{ maximum: NUMBER, minimum: NUMBER },
    ...{
      maxLength: most,
      minLength: least,
      maxItems: most,
      minItems: least,
      maxProperties: most,
      minProperties: least,
    },
    ...{ uniqueItems: FLAG, items: { anyOf: [WHOLE, schemas] }, required: names },
    ...{ definitions: NAMED, properties: NAMED, patternProperties: NAMED },
    dependencies: { type: 'object', additionalProperties: { anyOf: [WHOLE, names] } },
    enum: { type: 'array', minItems: 1, uniqueItems: true },
    type: { anyOf: [defined('simpleTypes'), types] },
    ...{ allOf: schemas, anyOf: schemas, oneOf: schemas, not: WHOLE },
  };
}

function draftFour(): Fields {
  const additional = { anyOf: [FLAG, WHOLE] };
  return {
    id: 'http://json-schema.org/draft-04/schema#',
    $schema: 'http://json-schema.org/draft-04/schema#',
    definitions: definitions('positiveInteger', true),
    type: 'object',
    properties: {
      ...keywords('positiveInteger'),
      ...{ id: TEXT, $schema: TEXT, multipleOf: { ...NUMBER, minimum: 0, exclusiveMinimum: true } },
      ...{ exclusiveMaximum: FLAG, exclusiveMinimum: FLAG },
      ...{ additionalItems: additional, additionalProperties: additional },
    },
    dependencies: { exclusiveMaximum: ['maximum'], exclusiveMinimum: ['minimum'] },
  };
}

function draftSix(version: number): Fields {
  const reference = { ...TEXT, format: 'uri-reference' };
  const newest: Fields = {
    ...{ $comment: TEXT, readOnly: FLAG, contentMediaType: TEXT, contentEncoding: TEXT },
    ...Object.fromEntries(['if', 'then', 'else'].map((keyword) => [keyword, WHOLE])),
    patternProperties: { ...NAMED, propertyNames: { format: 'regex' } },
  };
  return {
    $schema: `http://json-schema.org/draft-0${version}/schema#`,
    $id: `http://json-schema.org/draft-0${version}/schema#`,
    definitions: definitions('nonNegativeInteger', false),
    type: ['object', 'boolean'],
    properties: {
      ...keywords('nonNegativeInteger'),
      ...{
        $id: reference,
        $schema: { ...TEXT, format: 'uri' },
        $ref: reference,
        examples: { type: 'array', items: {} },
      },
      ...{ multipleOf: { ...NUMBER, exclusiveMinimum: 0 }, exclusiveMaximum: NUMBER, exclusiveMinimum: NUMBER },
      ...{ additionalItems: WHOLE, additionalProperties: WHOLE, contains: WHOLE, propertyNames: WHOLE, const: {} },
      ...(version === draft.seven ? newest : {}),
    },
  };
}

/** The schema of the schemas of a draft, as json-schema.org defines it; without what only explains. */
export function metaSchema(version: number): JsonFields {
  const schema = version === draft.four ? draftFour() : draftSix(version);
  // A literal takes as long every time, and so costs nothing.
  return treeOf(fromJson(schema as Parameters<typeof fromJson>[0]), () => undefined) as JsonFields;
}
