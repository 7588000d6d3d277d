import { type Environment, parse } from '@marcbachmann/cel-js';
import { equalJson, isJsonObject, type Json, type JsonObject } from '#model/json.js';
import type { Schema } from '../schema.js';
import { type Fields, StructuralObject, type ValueType } from './structural-object.js';
import { markUnordered, registerUnordered } from './unordered-list.js';

/** JSON without a schema as CEL sees it: whole numbers are ints, objects are maps. */
export function convertDynamic(value: Json): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(convertDynamic);
  if (isJsonObject(value)) return new Map(Object.entries(value).map(([key, child]) => [key, convertDynamic(child)]));
  return value;
}

const DYNAMIC: ValueType = { name: 'dyn', convert: convertDynamic };
const itself = (value: Json): unknown => value;

/** The library does not export its type of durations. */
const parseDuration = parse('duration(text)');

const SCALARS: Readonly<Record<string, ValueType>> = {
  string: { name: 'string', convert: itself },
  boolean: { name: 'bool', convert: itself },
  integer: { name: 'int', convert: (value) => BigInt(value as number) },
  number: { name: 'double', convert: itself },
  date: { name: 'google.protobuf.Timestamp', convert: (value) => new Date(value as string) },
  'date-time': { name: 'google.protobuf.Timestamp', convert: (value) => new Date(value as string) },
  duration: { name: 'google.protobuf.Duration', convert: (text) => parseDuration({ text }) },
  byte: { name: 'bytes', convert: (value) => Buffer.from(value as string, 'base64') },
};

/** Every object knows what it is and how it is called, whether its schema says so or not. */
const OBJECT_PROPERTIES: { readonly [name: string]: Schema } = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { type: 'object', properties: { name: { type: 'string' }, generateName: { type: 'string' } } },
};

/** What the types of one environment are built for. */
export interface TypeScope {
  readonly environment: Environment;
  /** The words of the expressions: only fields named by one of them get a type, so that large schemas cost little. */
  readonly words: ReadonlySet<string>;
}

/** Declares the type of `schema` in an environment. `isRoot` is for the schema of a whole object. */
export function declareType(schema: Schema, scope: TypeScope, isRoot = false): ValueType {
  let count = 0;
  const unordered = new Set<string>();
  const typeOf = (node: Schema, asObject: boolean): ValueType => {
    if (node.type === undefined || node['x-kubernetes-int-or-string'] === true) return DYNAMIC;
    if (node.type === 'array') return listOf(node);
    if (node.type !== 'object') {
      return (node.type === 'string' ? SCALARS[node.format ?? ''] : undefined) ?? SCALARS[node.type] ?? DYNAMIC;
    }
    if (typeof node.additionalProperties === 'object') return mapType(typeOf(node.additionalProperties, false));
    if (node.additionalProperties === true) return mapType(DYNAMIC);
    const withObject = asObject || node['x-kubernetes-embedded-resource'] === true;
    return objectType({ ...node.properties, ...(withObject ? OBJECT_PROPERTIES : {}) });
  };
  const listOf = (node: Schema): ValueType => {
    const type = listType(node.items === undefined ? DYNAMIC : typeOf(node.items, false));
    const kind = node['x-kubernetes-list-type'];
    if ((kind !== 'set' && kind !== 'map') || type.name.includes(',')) return type;
    if (!unordered.has(type.name)) registerUnordered(type.name, scope.environment);
    unordered.add(type.name);
    return { name: type.name, convert: (value) => markUnordered([...(type.convert(value) as readonly unknown[])]) };
  };
  const objectType = (properties: NonNullable<Schema['properties']>): ValueType => {
    count += 1;
    const name = `Object${count}`;
    const fields = new Map<string, { key: string; type: ValueType }>();
    for (const [key, child] of Object.entries(properties)) {
      const escaped = isVisible(child) ? escapeName(key) : undefined;
      if (escaped !== undefined && scope.words.has(escaped)) fields.set(escaped, { key, type: typeOf(child, false) });
    }
    return registerObject(name, fields, scope.environment);
  };
  return typeOf(schema, isRoot);
}

/** Expressions do not see fields of no type at all. */
function isVisible(schema: Schema): boolean {
  return schema.type !== undefined || schema['x-kubernetes-int-or-string'] === true;
}

function registerObject(name: string, fields: Fields, environment: Environment): ValueType {
  const Structure = class extends StructuralObject {};
  environment
    .registerType(name, {
      ctor: Structure,
      fields: Object.fromEntries([...fields].map(([field, { type }]) => [field, type.name])),
    })
    .registerOperator(`${name} == ${name}`, (left: StructuralObject, right: StructuralObject) =>
      equalJson(left.source, right.source),
    );
  return { name, convert: (value) => new Structure(value as JsonObject, fields) };
}

function listType(item: ValueType): ValueType {
  const convert = item.convert === itself ? itself : (value: Json) => (value as readonly Json[]).map(item.convert);
  return { name: `list<${item.name}>`, convert };
}

function mapType(item: ValueType): ValueType {
  return {
    name: `map<string, ${item.name}>`,
    convert: (value) => new Map(Object.entries(value as JsonObject).map(([key, child]) => [key, item.convert(child)])),
  };
}

const KEYWORDS = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** The name of a field in expressions (Kubernetes documentation, "escaping"); undefined for what no expression can name. */
function escapeName(name: string): string | undefined {
  if (KEYWORDS.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_.\-/][A-Za-z0-9_.\-/]*$/.test(name)) return undefined;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}
