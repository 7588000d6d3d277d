import type { RE2JS } from 're2js';
import type { RegoNumber } from '../rego-number.js';

/** What is wrong with a schema, in the words of OPA. */
export class SchemaError extends Error {}

/** The drafts of JSON Schema that OPA knows. A schema that names none is read as a mixture of them. */
export const draft = { four: 4, six: 6, seven: 7, mixed: Number.POSITIVE_INFINITY } as const;

/** The types of JSON, in the order in which OPA lists them. */
export const jsonTypes: readonly string[] = ['array', 'boolean', 'integer', 'number', 'null', 'object', 'string'];

/** A pattern and how it was written. */
export interface Pattern {
  readonly text: string;
  readonly compiled: RE2JS;
}

/** A schema while and after it is read. What is absent demands nothing. */
export interface Schema {
  /** All pass, or none. */
  pass?: boolean;
  /** The schema that holds instead of this one. */
  reference?: Schema;
  readonly types: string[];

  readonly properties: Map<string, Schema>;
  readonly patternProperties: (readonly [Pattern, Schema])[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  readonly dependencies: Map<string, readonly string[] | Schema>;
  readonly required: string[];
  minProperties?: bigint;
  maxProperties?: bigint;

  /** One schema for all items, or one for each of the first ones. */
  items?: Schema | readonly Schema[];
  additionalItems?: boolean | Schema;
  contains?: Schema;
  uniqueItems?: boolean;
  minItems?: bigint;
  maxItems?: bigint;

  multipleOf?: RegoNumber;
  minimum?: RegoNumber;
  exclusiveMinimum?: RegoNumber;
  maximum?: RegoNumber;
  exclusiveMaximum?: RegoNumber;

  minLength?: bigint;
  maxLength?: bigint;
  pattern?: Pattern;
  format?: string;

  /** Comparable texts. */
  constant?: string;
  enumeration?: ReadonlySet<string>;

  oneOf: readonly Schema[];
  anyOf: readonly Schema[];
  allOf: readonly Schema[];
  not?: Schema;
  condition?: Schema;
  consequence?: Schema;
  alternative?: Schema;
}

/** A schema that demands nothing. */
export function emptySchema(): Schema {
  return {
    types: [],
    properties: new Map(),
    patternProperties: [],
    dependencies: new Map(),
    required: [],
    oneOf: [],
    anyOf: [],
    allOf: [],
  };
}
