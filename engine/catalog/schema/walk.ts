import { isJsonObject, type Json } from '#model/json.js';
import { compileListCheck } from './list-check.js';
import { checkEmbeddedObject } from './metadata.js';
import { Pass } from './pass.js';
import type { Schema } from './schema.js';
import { compileChecks, enumCheck, hasType } from './value-check.js';

/** Looks at a value, records what is wrong and gives the value as the API server would keep it. Never changes its input. */
export type Walk = (value: Json, pass: Pass) => Json;

/**
 * Compiles a structural schema into one walk that prunes, gives defaults and validates. Throws where a pattern does not
 * compile. The fields of `kept` (apiVersion, kind and metadata of an object) pass through untouched.
 */
export function compileWalk(schema: Schema, kept: ReadonlySet<string> = NONE): Walk {
  const checks = [...compileChecks(schema)];
  const listCheck = compileListCheck(schema);
  if (listCheck !== undefined) checks.push(listCheck);
  const descend = compileDescent(schema, schema['x-kubernetes-embedded-resource'] === true ? OBJECT_FIELDS : kept);
  if (schema['x-kubernetes-embedded-resource'] === true) checks.push(checkEmbeddedObject);
  const accepts = compileType(schema);
  const nullCheck = schema.enum === undefined ? undefined : enumCheck(schema.enum);
  const run = (value: Json, pass: Pass): void => {
    for (const check of checks) check(value, pass);
  };
  return (value, pass) => {
    if (value === null && schema.nullable === true) {
      nullCheck?.(value, pass);
      return value;
    }
    const refusal = accepts(value);
    if (refusal !== undefined) {
      pass.refuse({ message: 'the value has another type', remedy: refusal, value });
      return value;
    }
    const result = descend === undefined ? value : descend(value, pass);
    run(result, pass);
    return result;
  };
}

/** The fields of an object that no schema prunes. */
export const OBJECT_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

const NONE: ReadonlySet<string> = new Set();

/** Gives the remedy when a value has the wrong type. */
function compileType(schema: Schema): (value: Json) => string | undefined {
  const { type, nullable = false } = schema;
  if (schema['x-kubernetes-int-or-string'] === true) {
    return (value) =>
      typeof value === 'string' || Number.isInteger(value) ? undefined : 'Use an integer or a string.';
  }
  if (type === undefined) return () => undefined;
  const remedy = `Use ${/^[aio]/.test(type) ? 'an' : 'a'} ${type}${nullable ? ' or null' : ''}.`;
  return (value) => (hasType(value, type) ? undefined : remedy);
}

function compileDescent(schema: Schema, kept: ReadonlySet<string>): Walk | undefined {
  if (schema.items !== undefined) return compileItems(compileField(schema.items));
  if (typeof schema.additionalProperties === 'object') return compileMap(compileField(schema.additionalProperties));
  if (schema.additionalProperties === true) return undefined;
  if (schema.type !== 'object' && schema.properties === undefined) return undefined;
  if (schema['x-kubernetes-preserve-unknown-fields'] === true && schema.properties === undefined) return undefined;
  return compileFields(schema, kept);
}

function compileItems({ walk, nullable, standard }: Field): Walk {
  return (value, pass) => {
    if (!Array.isArray(value)) return value;
    const depth = pass.path.length;
    const result = value.map((item: Json, index) => {
      pass.path[depth] = index;
      return item === null && !nullable && standard !== undefined ? standard : walk(item, pass);
    });
    pass.path.length = depth;
    return result;
  };
}

function compileMap({ walk, nullable, standard }: Field): Walk {
  return (value, pass) => {
    if (!isJsonObject(value)) return value;
    const result: { [key: string]: Json } = {};
    const depth = pass.path.length;
    for (const key of Object.keys(value)) {
      if (isForbidden(key, pass)) continue;
      const given = value[key] ?? (nullable ? null : standard);
      if (given === undefined) continue;
      pass.path[depth] = key;
      result[key] = walk(given, pass);
      pass.path.length = depth;
    }
    return result;
  };
}

/** A null where null is not allowed counts as absent, as for the API server. */
interface Field {
  readonly walk: Walk;
  readonly nullable: boolean;
  /** The default, itself pruned and filled with defaults; frozen, so that objects can share it. */
  readonly standard: Json | undefined;
}

function compileFields(schema: Schema, kept: ReadonlySet<string>): Walk {
  const fields = new Map<string, Field>();
  const standards: [name: string, value: Json][] = [];
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    if (kept.has(name)) continue;
    const field = compileField(child);
    fields.set(name, field);
    if (field.standard !== undefined) standards.push([name, field.standard]);
  }
  const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return (value, pass) => {
    if (!isJsonObject(value)) return value;
    const result: { [key: string]: Json } = {};
    const depth = pass.path.length;
    for (const key of Object.keys(value)) {
      const given = value[key] ?? null;
      const field = fields.get(key);
      if (field === undefined) {
        if (isForbidden(key, pass)) continue;
        if (preserve || kept.has(key)) result[key] = given;
        else pass.prune(key);
      } else if (given !== null || field.nullable) {
        pass.path[depth] = key;
        result[key] = field.walk(given, pass);
        pass.path.length = depth;
      }
    }
    for (const [name, standard] of standards) if (!Object.hasOwn(result, name)) result[name] = standard;
    return result;
  };
}

function compileField(schema: Schema): Field {
  const walk = compileWalk(schema);
  const standard =
    schema.default === undefined || schema.default === null
      ? undefined
      : deepFreeze(walk(structuredClone(schema.default), new Pass('')));
  return { walk, nullable: schema.nullable === true, standard };
}

/** `__proto__` as a key would change what an object is: it is dropped like an unknown field, wherever it stands. */
function isForbidden(key: string, pass: Pass): boolean {
  if (key !== '__proto__') return false;
  pass.prune(key);
  return true;
}

function deepFreeze(value: Json): Json {
  if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) deepFreeze(child);
  return Object.freeze(value);
}
