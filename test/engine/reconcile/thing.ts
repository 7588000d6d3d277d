import type { AppliedPolicy, CatalogEntry } from '#catalog/catalog.js';
import { normaliseRule } from '#catalog/rule.js';
import { compileExpression } from '#catalog/schema/cel/expression.js';
import { compileResourceSchema } from '#catalog/schema/resource-schema.js';
import type { TemplateFunction } from '#catalog/template-checker.js';
import type { Json, JsonObject } from '#model/json.js';

export const THING = { apiVersion: 'example.org/v1', kind: 'Thing' } as const;
export const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
export const SECRET = { apiVersion: 'v1', kind: 'Secret' } as const;
export const REPOSITORY = { remote: 'gitea', name: 'team/apps', branch: 'main' } as const;

/** A template as JavaScript: what is tested is what the engine does with its answers. */
export interface Template {
  readonly charts?: (object: JsonObject, parameters: JsonObject) => unknown;
  readonly desired: (facts: Facts) => unknown;
  readonly status?: (facts: Facts, result: JsonObject) => unknown;
}

export interface Facts {
  readonly time?: string;
  readonly object: { readonly metadata: { readonly name: string; readonly uid: string }; readonly spec: JsonObject };
  readonly children: {
    readonly [key: string]: { readonly metadata: { readonly uid: string }; readonly readiness: string };
  };
  readonly related: JsonObject;
}

/** A policy as JavaScript: gives the denials. */
type Policy = (input: JsonObject) => readonly Json[];

const WRITES = {
  resources: [{ ...CONFIG, adopt: ['old-operator'] }, SECRET, { apiVersion: 'v1', kind: 'Pod', update: 'Recreate' }],
  patches: [{ ...CONFIG, fields: ['data', 'metadata.labels', 'metadata.finalizers'] }],
  repositories: [{ remote: 'gitea', repository: '**', paths: ['**'] }],
};

const CRD: JsonObject = {
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
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              status: {
                type: 'object',
                properties: {
                  phase: { type: 'string', enum: ['Good', 'Bad'] },
                  note: { type: 'string' },
                  observedGeneration: { type: 'integer' },
                  conditions: {
                    type: 'array',
                    items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

/** The files of the kind, besides its rule. */
export interface ThingFiles {
  readonly template: Template;
  readonly request?: Policy;
  readonly change?: Policy;
}

/** An entry made by hand: what the catalog would make of the same files. */
export function entryOf({ template, request, change }: ThingFiles, rule: JsonObject): CatalogEntry {
  const spec = { for: THING, writes: WRITES, ...rule };
  const definition = compileResourceSchema(CRD, 'crds/test/thing.yaml');
  const normal = normaliseRule(spec, { domain: 'test', slug: 'thing', file: 'rules/test/thing.yaml', parameters: {} });
  const policy = (stage: 'request' | 'change', asked: Policy | undefined): readonly AppliedPolicy[] => {
    const path = `test/thing/${stage}`;
    const described = {
      path,
      file: `policies/${path}.rego`,
      rules: ['deny'],
      inputs: ['*'],
      title: '',
      description: '',
    };
    return asked === undefined
      ? []
      : [{ policy: described as AppliedPolicy['policy'], enforce: 'Deny', exempt: [], namespaces: [] }];
  };
  const compile = (source: string) => compileExpression(source, { variables: ['self'] });
  return {
    rule: normal,
    schema: definition.versions[0],
    definition,
    template: { path: 'templates/test/thing.jsonnet', functions: Object.keys(template) as TemplateFunction[] },
    policies: { request: policy('request', request), change: policy('change', change) },
    where: normal.for.where === undefined ? undefined : compile(normal.for.where),
    ready: normal.writes.resources.map(({ ready }) => (ready === undefined ? undefined : compile(ready))),
    revision: 'revision',
  };
}

/** A template that renders what the object says, or waits, stalls or breaks as it says. */
export const mirror = {
  desired: ({ object: { spec } }: Facts) => {
    if (spec.broken === true) throw new Error('a fault of the template');
    if (spec.waiting !== undefined)
      return { waiting: [{ reason: 'NoDatabase', message: String(spec.waiting), after: '5s' }] };
    if (spec.stalled !== undefined) return { stalled: { reason: 'BadSize', message: String(spec.stalled) } };
    return { resources: spec.resources ?? [], patches: spec.patches ?? [], files: spec.files ?? [] };
  },
};
