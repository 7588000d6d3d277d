import { compareNumbers, numberText, type RegoNumber } from '../rego-number.js';
import { BuiltinError } from './builtin.js';
import { comparableText, isList, isNumber, type JsonFields, JsonNumberError, type JsonTree } from './json-tree.js';
import { compilePattern } from './regex.js';
import { draft, jsonTypes, type Pattern, type Schema, SchemaError } from './schema-model.js';

type Spend = (steps: number) => void;

const [LEAST_COUNT, GREATEST_COUNT] = [-(2n ** 63n), 2n ** 63n - 1n];

/** A keyword that has a value of another type. */
export function wrongType(expected: string, given: string): SchemaError {
  return new SchemaError(`Invalid type. Expected: ${expected}, given: ${given}`);
}

/** The text of a keyword. Throws SchemaError. */
export function readText(fields: JsonFields, keyword: string): string | undefined {
  const value = fields.get(keyword);
  if (value === undefined || typeof value === 'string') return value;
  throw wrongType('string', keyword);
}

/** The array of a keyword. Throws SchemaError. */
export function readList(fields: JsonFields, keyword: string): readonly JsonTree[] | undefined {
  const value = fields.get(keyword);
  if (value === undefined || isList(value)) return value;
  throw new SchemaError(`${keyword} must be of an array`);
}

function readCount(fields: JsonFields, keyword: string): bigint | undefined {
  const value = fields.get(keyword);
  if (value === undefined) return undefined;
  const text = isNumber(value) ? numberText(value) : '';
  const count = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (count === undefined || count < LEAST_COUNT || count > GREATEST_COUNT)
    throw new SchemaError(`${keyword} must be of an integer`);
  if (count < 0n) throw new SchemaError(`${keyword} must be greater than or equal to 0`);
  return count;
}

function readPair<Least extends string, Most extends string>(
  fields: JsonFields,
  [least, most]: readonly [Least, Most],
): Partial<Record<Least | Most, bigint>> {
  const [from, to] = [readCount(fields, least), readCount(fields, most)];
  if (from !== undefined && to !== undefined && from > to)
    throw new SchemaError(`${least} cannot be greater than ${most}`);
  return { ...(from !== undefined && { [least]: from }), ...(to !== undefined && { [most]: to }) } as Partial<
    Record<Least | Most, bigint>
  >;
}

/** `type`. */
export function readType(schema: Schema, fields: JsonFields): void {
  const value = fields.get('type');
  if (value === undefined) return;
  const names = typeof value === 'string' ? [value] : value;
  if (!isList(names)) throw wrongType('type', 'string/Array Of Strings');
  for (const name of names) {
    if (typeof name !== 'string') throw wrongType('type', 'string/Array Of Strings');
    if (!jsonTypes.includes(name)) {
      const expected = `Expected valid values are:[${jsonTypes.join(' ')}]`;
      throw new SchemaError(`has a primitive type that is NOT VALID -- given: /${name}/ ${expected}`);
    }
    if (schema.types.includes(name)) throw new SchemaError(`${name} type is duplicated`);
    schema.types.push(name);
  }
}

/** `multipleOf` and the bounds of numbers. */
export function readNumbers(schema: Schema, fields: JsonFields, version: number): void {
  const multiple = fields.get('multipleOf');
  if (multiple !== undefined) {
    if (!isNumber(multiple)) throw wrongType('Number', 'multipleOf');
    if (compareNumbers(multiple, 0) <= 0) throw new SchemaError('multipleOf must be strictly greater than 0');
    schema.multipleOf = multiple;
  }
  readBound(schema, fields, { inclusive: 'minimum', exclusive: 'exclusiveMinimum', version });
  readBound(schema, fields, { inclusive: 'maximum', exclusive: 'exclusiveMaximum', version });
}

interface Bound {
  readonly inclusive: 'minimum' | 'maximum';
  readonly exclusive: 'exclusiveMinimum' | 'exclusiveMaximum';
  readonly version: number;
}

/** An exclusive bound is a number of its own since draft 6, and says of the other one what it is in draft 4. */
function readBound(schema: Schema, fields: JsonFields, { inclusive, exclusive, version }: Bound): void {
  const bound = numberOrNone(fields, inclusive);
  if (bound !== undefined) schema[inclusive] = bound;
  const value = fields.get(exclusive);
  if (value === undefined) return;
  if (isNumber(value) && version >= draft.six) schema[exclusive] = value;
  else if (typeof value !== 'boolean' || version === draft.six || version === draft.seven)
    throw wrongType(expectedOfExclusive(version), exclusive);
  else if (bound === undefined) throw new SchemaError(`${exclusive} cannot be used without ${inclusive}`);
  else if (value) {
    schema[exclusive] = bound;
    delete schema[inclusive];
  }
}

function expectedOfExclusive(version: number): string {
  if (version === draft.four) return 'boolean';
  return version === draft.mixed ? 'boolean/number' : 'number';
}

function numberOrNone(fields: JsonFields, keyword: string): RegoNumber | undefined {
  const value = fields.get(keyword);
  if (value === undefined || isNumber(value)) return value;
  throw new SchemaError(`${keyword} must be of a Number`);
}

/** A pattern, with a message for one that is none. */
export function readPattern(text: string, message: string, spend: Spend): Pattern {
  try {
    return { text, compiled: compilePattern(text, spend) };
  } catch (cause) {
    if (!(cause instanceof BuiltinError)) throw cause;
    throw new SchemaError(message, { cause });
  }
}

/** What is said of texts. */
export function readTexts(schema: Schema, fields: JsonFields, spend: Spend): void {
  Object.assign(schema, readPair(fields, ['minLength', 'maxLength']));
  const pattern = readText(fields, 'pattern');
  if (pattern !== undefined) schema.pattern = readPattern(pattern, 'pattern must be a valid regex', spend);
  const format = readText(fields, 'format');
  if (format !== undefined) schema.format = format;
}

/** How many fields an object has, and which it must have. */
export function readFieldNames(schema: Schema, fields: JsonFields): void {
  Object.assign(schema, readPair(fields, ['minProperties', 'maxProperties']));
  const names = new Set<string>();
  for (const name of readList(fields, 'required') ?? []) {
    if (typeof name !== 'string') throw wrongType('string', 'required');
    if (names.has(name)) throw new SchemaError('required items must be unique');
    names.add(name);
  }
  schema.required.push(...names);
}

/** How many items an array has, and whether they differ. */
export function readItemCounts(schema: Schema, fields: JsonFields): void {
  const [least, most] = [readCount(fields, 'minItems'), readCount(fields, 'maxItems')];
  if (least !== undefined) schema.minItems = least;
  if (most !== undefined) schema.maxItems = most;
  const isUnique = fields.get('uniqueItems');
  if (isUnique === undefined) return;
  if (typeof isUnique !== 'boolean') throw new SchemaError('uniqueItems must be of a boolean');
  schema.uniqueItems = isUnique;
}

function comparable(value: JsonTree, spend: Spend): string {
  try {
    return comparableText(value, spend);
  } catch (cause) {
    if (!(cause instanceof JsonNumberError)) throw cause;
    throw new SchemaError(cause.message, { cause });
  }
}

/** `const` and `enum`. */
export function readValues(schema: Schema, fields: JsonFields, version: number, spend: Spend): void {
  const constant = fields.get('const');
  if (constant !== undefined && version >= draft.six) schema.constant = comparable(constant, spend);
  const values = readList(fields, 'enum');
  if (values === undefined) return;
  const texts = new Set<string>();
  for (const value of values) {
    const text = comparable(value, spend);
    if (texts.has(text)) throw new SchemaError('enum items must be unique');
    texts.add(text);
  }
  schema.enumeration = texts;
}
