import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { type Admission, compileResourceSchema } from '#catalog/schema/resource-schema.js';
import type { Fault } from '#errors/fault.js';
import type { Json, JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import type { Path } from '#model/path.js';

/** The folder of the data that tests read. */
export const fixtures = path.join(import.meta.dirname, '../../../../../test/fixtures');

/** The cases of a table: one line each. */
export function fixture(name: string): unknown {
  return load(readFileSync(path.join(fixtures, 'schema', name), 'utf8'));
}

/** A CRD whose spec has one field, `a`, with the given schema. */
export function crdOf(field: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.org' },
    spec: {
      group: 'example.org',
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things', singular: 'thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', properties: { a: field }, ...spec } },
            },
          },
        },
      ],
    },
  };
}

/** An object of that CRD. */
export function thing(spec: Json, metadata: JsonObject = { name: 'one', namespace: 'default' }): KubernetesObject {
  return { apiVersion: 'example.org/v1', kind: 'Thing', metadata, spec } as unknown as KubernetesObject;
}

/** What `admit` is told besides. */
export interface Update {
  readonly old?: Json;
  readonly sensitive?: readonly Path[];
}

/** Compiles the CRD and admits the object; `old` is its spec before the update. */
export function admit(crd: JsonObject, object: KubernetesObject, { old, sensitive }: Update = {}): Admission {
  const [version] = compileResourceSchema(crd, 'crds/thing.yaml').versions;
  assert.ok(version !== undefined);
  return version.admit(object, {
    ...(old === undefined ? {} : { oldObject: thing(old) }),
    ...(sensitive === undefined ? {} : { sensitive }),
  });
}

/** Where faults stand. */
export const pathsOf = (faults: readonly Fault[]): readonly (string | undefined)[] =>
  faults.map(({ location }) => location.path);
/** Schemas, for brevity. */
export const string = { type: 'string' };
export const integer = { type: 'integer' };
export const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});
export const list = (items: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'array', items, ...more });
