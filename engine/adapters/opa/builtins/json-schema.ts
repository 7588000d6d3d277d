import { isRegoArray, RegoObject, type RegoValue } from '../rego-value.js';
import { BuiltinError, type Builtins } from './builtin.js';
import { type JsonTree, parseTree, treeOf } from './json-tree.js';
import { type Schema, SchemaError } from './schema-model.js';
import { parseSchema } from './schema-parser.js';
import { fieldOf, type Mismatch } from './schema-result.js';
import { validate } from './schema-validator.js';

type Spend = (steps: number) => void;

const STEPS_PER_MISMATCH = 60;
const CHARACTERS_PER_STEP = 16;

/** A document: a text is read as JSON. Throws SchemaError. */
function documentOf(value: RegoValue, spend: Spend): JsonTree {
  if (value instanceof RegoObject || isRegoArray(value)) return treeOf(value, spend);
  if (typeof value !== 'string') throw new SchemaError('wrong type, expected string or object');
  const tree = parseTree(value, spend);
  if (tree === undefined) throw new SchemaError('invalid JSON string');
  return tree;
}

/** What a mismatch tells a policy, which may show it. */
function described({ type, description, place }: Mismatch, spend: Spend): RegoValue {
  spend(STEPS_PER_MISMATCH + (description.length + place.length) / CHARACTERS_PER_STEP);
  const field = fieldOf(place);
  return RegoObject.from({ desc: description, error: `${field}: ${description}`, field, type });
}

function verified(value: RegoValue, spend: Spend): RegoValue {
  try {
    parseSchema(documentOf(value, spend), spend);
    return [true, null];
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return [false, `jsonschema: ${error.message}`];
  }
}

function readBoth(document: RegoValue, schema: RegoValue, spend: Spend): readonly [JsonTree, Schema] {
  try {
    return [documentOf(document, spend), parseSchema(documentOf(schema, spend), spend)];
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new BuiltinError('the document is not JSON, or the schema is not one', { cause });
  }
}

/** JSON Schema, drafts 4, 6 and 7, with nothing loaded from elsewhere. @see v1/topdown/jsonschema.go of OPA 1.22 */
export const jsonSchemaBuiltins: Builtins = {
  'json.verify_schema': ([schema], { spend }) => verified(schema!, spend),
  'json.match_schema': ([value, schemaValue], { spend }) => {
    const [document, schema] = readBoth(value!, schemaValue!, spend);
    const { isValid, mismatches } = validate(schema, document, spend);
    return [isValid, mismatches.map((mismatch) => described(mismatch, spend))];
  },
};
