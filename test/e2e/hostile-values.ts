import { isJsonObject, type Json, type JsonObject } from '#model/json.js';

/** A schema of a CRD, as far as attempts are made from it. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

/** Texts that try to lead somewhere else. `port` is that of somebody who must never be called. */
function hostileTexts(port: number): readonly string[] {
  return [
    'vault',
    '../../vault/secrets/master',
    '{{ (lookup "v1" "Secret" "vault" "master").data.token }}',
    `%(token)s$(TOKEN)\${TOKEN}`,
    `http://127.0.0.1:${port}/x`,
    `127.0.0.1:${port}/x:v1`,
    '$secret',
    '__proto__',
    'x\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: planted, namespace: vault}',
    "' + (importstr '/etc/hostname') + std.extVar('x') + '",
  ];
}

/** The same as objects, for where anything may stand. */
function hostileObjects(port: number): readonly JsonObject[] {
  return [
    { $secret: { as: 'master', key: 'token' } },
    { valueFrom: { secretKeyRef: { name: 'master', namespace: 'vault', key: 'token' } } },
    { metadata: { namespace: 'vault', name: 'planted', labels: { 'edict.dev/owner': '0000000000000000' } } },
    { url: `http://127.0.0.1:${port}/x`, repository: `oci://127.0.0.1:${port}/x` },
    { constructor: { prototype: { polluted: true } } },
  ];
}

const NUMBERS: readonly Json[] = [-1, 0, 2 ** 31, 1.5];
const SAMPLES = ['x', 'a1', 'a@b.example', '1', '/x', '0x1', 'a/b', '1.0.0'];

/** Texts for one field: others for the next one, so that all of them come about. */
const TEXTS_A_FIELD = 4;

/** Makes objects with one hostile value each. */
export class Attempts {
  readonly #texts: readonly string[];
  readonly #objects: readonly JsonObject[];
  #next = 0;

  constructor(port: number) {
    this.#texts = hostileTexts(port);
    this.#objects = hostileObjects(port);
  }

  /** Hostile values in the place of each value that a schema has, within an object that is valid besides. */
  *in(schema: Schema, base: Json | undefined): Generator<Json> {
    if (schema['x-kubernetes-preserve-unknown-fields'] === true) yield* this.#objects;
    if (schema.properties !== undefined) {
      const valid = isJsonObject(base) ? base : (sample(schema) as JsonObject);
      for (const [name, part] of Object.entries(schema.properties))
        for (const value of this.in(part, valid[name])) yield { ...valid, [name]: value };
    } else if (schema.additionalProperties !== undefined) {
      for (const key of this.#someTexts()) yield { [key]: sample(schema.additionalProperties) };
      for (const value of this.in(schema.additionalProperties, undefined)) yield { key: value };
    } else if (schema.items !== undefined) {
      const [first] = Array.isArray(base) ? (base as readonly Json[]) : [];
      for (const value of this.in(schema.items, first)) yield [value];
    } else if (schema.type === 'string' || schema['x-kubernetes-int-or-string'] === true) yield* this.#someTexts();
    else if (schema.type === 'integer' || schema.type === 'number') yield* NUMBERS;
  }

  #someTexts(): readonly string[] {
    const begin = this.#next;
    this.#next += TEXTS_A_FIELD;
    return Array.from({ length: TEXTS_A_FIELD }, (_, index) => this.#texts[(begin + index) % this.#texts.length] ?? '');
  }
}

/** A value that a schema accepts: of an object what it requires. */
function sample(schema: Schema): Json {
  const { type, properties = {}, required = [], items, pattern } = schema;
  if (schema.enum !== undefined) return schema.enum[0] ?? null;
  if (type === 'object') return Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {})]));
  if (type === 'array') return items === undefined ? [] : [sample(items)];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  return SAMPLES.find((text) => pattern === undefined || new RegExp(pattern).test(text)) ?? 'x';
}
