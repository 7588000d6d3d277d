import { isList, type JsonFields, type JsonTree } from './json-tree.js';
import {
  readFieldNames,
  readItemCounts,
  readList,
  readNumbers,
  readPattern,
  readText,
  readTexts,
  readType,
  readValues,
  wrongType,
} from './schema-keywords.js';
import { draft, emptySchema, type Schema, SchemaError } from './schema-model.js';
import { draftOf, SchemaPool, schemaUrl } from './schema-pool.js';
import { urlText } from './url-reference.js';

type Spend = (steps: number) => void;

const STEPS_PER_SCHEMA = 100;

/** Reads a schema as OPA does. Throws SchemaError. @see internal/gojsonschema/schema.go of OPA 1.22 */
export function parseSchema(document: JsonTree, spend: Spend): Schema {
  const pool = new SchemaPool(spend);
  pool.add(document, schemaUrl('#'));
  return new SchemaParser(pool, spend).schema(document, draftOf(document) ?? draft.mixed);
}

function isSchema(value: JsonTree): value is boolean | JsonFields {
  return typeof value === 'boolean' || value instanceof Map;
}

class SchemaParser {
  readonly #pool: SchemaPool;
  readonly #spend: Spend;
  /** By the URLs that lead to them, also while they are read: a schema may refer to itself. */
  readonly #referenced = new Map<string, Schema>();

  constructor(pool: SchemaPool, spend: Spend) {
    this.#pool = pool;
    this.#spend = spend;
  }

  schema(document: JsonTree, version: number): Schema {
    const schema = emptySchema();
    this.#read(schema, document, version);
    return schema;
  }

  #read(schema: Schema, document: JsonTree, version: number): void {
    this.#spend(STEPS_PER_SCHEMA);
    if (typeof document === 'boolean' && version >= draft.six) {
      schema.pass = document;
      return;
    }
    if (!(document instanceof Map)) throw new SchemaError('Expected: Valid Schema, given: Invalid JSON');
    this.#checkNames(document, version);
    if (this.#isReference(schema, document, version)) return;
    readType(schema, document);
    this.#fields(schema, document, version);
    this.#items(schema, document, version);
    readNumbers(schema, document, version);
    readTexts(schema, document, this.#spend);
    readFieldNames(schema, document);
    readItemCounts(schema, document);
    const contains = document.get('contains');
    if (contains !== undefined && version >= draft.six) schema.contains = this.schema(contains, version);
    readValues(schema, document, version, this.#spend);
    this.#combinations(schema, document, version);
  }

  /** What must be well formed although it demands nothing. */
  #checkNames(document: JsonFields, version: number): void {
    const isOld = version === draft.four || (version === draft.mixed && document.has('id'));
    const id = readText(document, isOld ? 'id' : '$id');
    if (id !== undefined) schemaUrl(id);
    const definitions = document.get('definitions');
    if (definitions !== undefined) {
      const schemas = definitions instanceof Map ? [...definitions.values()] : [null];
      for (const definition of schemas) {
        if (!isSchema(definition)) throw wrongType('Array Of Schemas', 'definitions');
        this.schema(definition, version);
      }
    }
    readText(document, 'title');
    readText(document, 'description');
  }

  /** Follows a reference. What is beside it is read only where the reference was known, and holds nowhere. */
  #isReference(schema: Schema, document: JsonFields, version: number): boolean {
    const reference = readText(document, '$ref');
    if (reference === undefined) return false;
    const url = schemaUrl(reference);
    const name = urlText(url);
    const known = this.#referenced.get(name);
    if (known !== undefined) {
      schema.reference = known;
      return false;
    }
    const target = emptySchema();
    this.#referenced.set(name, target);
    const found = this.#pool.document(url);
    if (!isSchema(found.document)) throw new SchemaError('Valid Schema must be of type object');
    this.#read(target, found.document, found.draft ?? version);
    schema.reference = target;
    return true;
  }

  #fields(schema: Schema, document: JsonFields, version: number): void {
    const properties = document.get('properties');
    if (properties !== undefined) {
      if (!(properties instanceof Map)) throw new SchemaError('Properties must be of type object');
      for (const [name, value] of properties) schema.properties.set(name, this.schema(value, version));
    }
    const additional = this.#additional(document, 'additionalProperties', version);
    if (additional !== undefined) schema.additionalProperties = additional;
    const patterns = document.get('patternProperties');
    if (patterns !== undefined) {
      if (!(patterns instanceof Map)) throw wrongType('Valid Schema', 'patternProperties');
      for (const [text, value] of patterns) {
        const pattern = readPattern(text, `Invalid regex pattern '${text}'`, this.#spend);
        schema.patternProperties.push([pattern, this.schema(value, version)]);
      }
    }
    const names = document.get('propertyNames');
    if (names !== undefined && version >= draft.six) {
      if (!isSchema(names)) throw wrongType('Valid Schema', 'patternProperties');
      schema.propertyNames = this.schema(names, version);
    }
    this.#dependencies(schema, document, version);
  }

  #additional(document: JsonFields, keyword: string, version: number): boolean | Schema | undefined {
    const value = document.get(keyword);
    if (value === undefined || typeof value === 'boolean') return value;
    if (!(value instanceof Map)) throw wrongType('boolean/Valid Schema', keyword);
    return this.schema(value, version);
  }

  #dependencies(schema: Schema, document: JsonFields, version: number): void {
    const dependencies = document.get('dependencies');
    if (dependencies === undefined) return;
    if (!(dependencies instanceof Map)) throw new SchemaError('dependencies must be of type object');
    for (const [name, value] of dependencies) {
      if (isSchema(value)) schema.dependencies.set(name, this.schema(value, version));
      else if (isList(value) && value.every((item) => typeof item === 'string'))
        schema.dependencies.set(name, value as readonly string[]);
      else throw new SchemaError('Dependency must be of type Schema Or Array Of Strings');
    }
  }

  #items(schema: Schema, document: JsonFields, version: number): void {
    const items = document.get('items');
    if (items !== undefined) {
      const read = (item: JsonTree): Schema => {
        if (!isSchema(item)) throw wrongType('Valid Schema/Array Of Schemas', 'items');
        return this.schema(item, version);
      };
      schema.items = isList(items) ? items.map(read) : read(items);
    }
    const additional = this.#additional(document, 'additionalItems', version);
    if (additional !== undefined) schema.additionalItems = additional;
  }

  #combinations(schema: Schema, document: JsonFields, version: number): void {
    for (const keyword of ['oneOf', 'anyOf', 'allOf'] as const) {
      const schemas = readList(document, keyword);
      if (schemas !== undefined) schema[keyword] = schemas.map((value) => this.schema(value, version));
    }
    const parts = [
      ['not', 'not', draft.four],
      ['if', 'condition', draft.seven],
      ['then', 'consequence', draft.seven],
      ['else', 'alternative', draft.seven],
    ] as const;
    for (const [keyword, part, since] of parts) {
      const value = document.get(keyword);
      if (value === undefined || version < since) continue;
      if (!isSchema(value)) throw new SchemaError(`${keyword} must be of an object`);
      schema[part] = this.schema(value, version);
    }
  }
}
