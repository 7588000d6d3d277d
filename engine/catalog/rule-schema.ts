/** JSON Schema (draft 2020-12 subset) of rules, published as `engine/schema/rule.schema.json`. A field stands here only when it works. */

import { PATH_PATTERN } from '#model/path.js';
import { DURATION_PATTERN } from '#model/quantity.js';

const text = { type: 'string', minLength: 1 } as const;
const path = {
  type: 'string',
  pattern: PATH_PATTERN,
  description: 'Path in an object, such as spec.service.port or metadata.annotations["example.org/x"].',
} as const;
const kindFields = {
  apiVersion: { ...text, description: 'v1 or group/version.' },
  kind: { ...text, description: 'Kind, in CamelCase.' },
} as const;
const parameter = {
  type: 'object',
  required: ['parameter'],
  additionalProperties: false,
  properties: { parameter: { ...text, description: 'A parameter of this rule.' } },
} as const;
const binding = {
  description: 'A text, {path: ...} of the custom resource, or {parameter: ...}.',
  oneOf: [
    { type: 'string' },
    { type: 'object', required: ['path'], additionalProperties: false, properties: { path } },
    parameter,
  ],
} as const;
const bytes = {
  oneOf: [
    { type: 'integer', minimum: 1 },
    { type: 'string', pattern: '^[1-9][0-9]{0,8}(Ki|Mi)?$' },
  ],
} as const;
const duration = { type: 'string', pattern: DURATION_PATTERN } as const;

const resourceRead = {
  type: 'object',
  additionalProperties: false,
  required: ['as', 'apiVersion', 'kind'],
  dependentSchemas: {
    name: { properties: { labels: false, where: false } },
    labels: { properties: { where: false } },
  },
  properties: {
    as: { type: 'string', pattern: '^[a-z][A-Za-z0-9]*$', description: 'The template finds it as facts.related.<as>.' },
    ...kindFields,
    namespace: {
      description:
        'own (the namespace of the custom resource), any (also for kinds without namespaces), a name, {path: ...} or {parameter: ...}.',
      default: 'own',
      oneOf: binding.oneOf,
    },
    name: { ...binding, description: 'One object: the template gets it, or null.' },
    labels: {
      type: 'object',
      minProperties: 1,
      additionalProperties: binding,
      description: 'All objects with these labels.',
    },
    where: {
      description: 'All objects in which these fields have these values.',
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['field', 'equals'],
        properties: { field: path, equals: binding },
      },
    },
    fields: {
      type: 'array',
      items: path,
      description: 'Only these paths reach the template, and changes elsewhere wake nobody.',
    },
    optional: { type: 'boolean', default: false, description: 'Render even while the kind cannot be read.' },
  },
} as const;

const namespaces = {
  description: 'own (default), any (also for kinds without namespaces), or a list of names.',
  oneOf: [{ enum: ['own', 'any'] }, { type: 'array', minItems: 1, items: { oneOf: [text, parameter] } }, parameter],
} as const;

const resourceWrite = {
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind'],
  properties: {
    ...kindFields,
    namespaces,
    update: {
      enum: ['InPlace', 'Recreate', 'Once'],
      default: 'InPlace',
      description: 'How a difference is made good.',
    },
    observe: { type: 'array', items: path, description: 'Paths of the live object that reach facts.children.' },
    ready: { ...text, description: 'CEL over self; without it readiness is what kstatus says.' },
    adopt: { type: 'array', items: text, description: 'Field managers whose fields are taken over.' },
  },
} as const;

const patchWrite = {
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'fields'],
  properties: {
    ...kindFields,
    namespaces,
    fields: {
      type: 'array',
      minItems: 1,
      items: path,
      description: 'Paths that it may set, with all that is below them. A list is set as a whole or by its items.',
    },
  },
} as const;

const writes = {
  type: 'object',
  additionalProperties: false,
  description: 'All that the template may produce. Anything else is refused before it is sent.',
  properties: {
    resources: { type: 'array', items: resourceWrite },
    patches: {
      type: 'array',
      items: patchWrite,
      description: 'Fields of objects that belong to others: these are never created and never deleted.',
    },
    repositories: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['remote', 'repository', 'paths'],
        properties: {
          remote: { oneOf: [text, parameter] },
          repository: {
            oneOf: [text, parameter],
            description: 'Name below the remote; * matches within a segment, ** across segments.',
          },
          paths: {
            type: 'array',
            minItems: 1,
            items: { oneOf: [text, parameter] },
            description: 'Paths that it may write; * matches within a segment, ** across segments.',
          },
        },
      },
    },
  },
} as const;

const settings = {
  parameters: {
    type: 'object',
    additionalProperties: { type: 'object' },
    description: 'JSON Schema by parameter. Values come from edict.yaml.',
  },
  sensitive: { type: 'array', items: path, description: 'Paths of the custom resource that are never shown.' },
  policies: {
    type: 'array',
    items: text,
    uniqueItems: true,
    description: 'Shared policy packages, such as common/workload.',
  },
  drift: { enum: ['Correct', 'Report'], default: 'Correct' },
  deletion: {
    type: 'object',
    additionalProperties: false,
    properties: {
      resources: { enum: ['Delete', 'Orphan'], default: 'Delete' },
      files: { enum: ['Delete', 'Orphan'], default: 'Delete' },
      finalizers: { type: 'array', items: text, description: 'Finalizers of the operator that this rule replaces.' },
    },
  },
  hold: {
    type: 'object',
    additionalProperties: false,
    properties: {
      deletes: { type: 'integer', minimum: 0, description: 'A change that deletes more is held and reported.' },
    },
  },
  preflight: { type: 'boolean', default: false, description: 'Dry-run every changed object before the first write.' },
  admission: {
    type: 'object',
    additionalProperties: false,
    properties: {
      failurePolicy: {
        enum: ['Fail', 'Ignore'],
        description:
          'What becomes of a request that the webhook cannot judge: Fail refuses it, and is the default for a kind with a CRD; Ignore lets it through, and is that of a built-in kind.',
      },
    },
  },
  triggers: {
    type: 'object',
    additionalProperties: false,
    properties: {
      clock: {
        ...duration,
        description: 'Gives facts.time, truncated to this, such as 30s, 5m or 2h; each object is looked at once in it.',
      },
      resync: {
        ...duration,
        default: '1h',
        description: 'How often an object is looked at though nothing is known to have changed.',
      },
      throttle: {
        ...duration,
        description: 'Changes of other objects lead to no more than one pass over an object in this time.',
      },
    },
  },
  concurrency: { type: 'integer', minimum: 1, maximum: 64, default: 16 },
  limits: {
    type: 'object',
    additionalProperties: false,
    properties: {
      steps: {
        type: 'integer',
        minimum: 1000,
        maximum: 1_000_000_000,
        default: 10_000_000,
        description: 'Calls, fields and elements that a template may take: what it may cost, the same everywhere.',
      },
      depth: { type: 'integer', minimum: 10, maximum: 2000, default: 500, description: 'Stack frames of a template.' },
      output: { ...bytes, default: '4Mi', description: 'Size of what a template returns.' },
      facts: { ...bytes, default: '16Mi', description: 'Size of what a template is given.' },
    },
  },
} as const;

/** The schema of a rule file. */
export const ruleSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://edict.dev/schema/rule.schema.json',
  title: 'Rule',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: { const: 'edict.dev/v1alpha1' },
    kind: { const: 'Rule' },
    metadata: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: { name: { ...text, description: 'The name of the file.' } },
    },
    spec: {
      type: 'object',
      additionalProperties: false,
      required: ['for'],
      properties: {
        for: {
          type: 'object',
          additionalProperties: false,
          required: ['apiVersion', 'kind'],
          properties: {
            apiVersion: { oneOf: [text, parameter], description: 'group/version, or {parameter: ...}.' },
            kind: { oneOf: [text, parameter], description: 'Kind, in CamelCase, or {parameter: ...}.' },
            where: { oneOf: [text, parameter], description: 'CEL over self; needed for built-in kinds.' },
          },
        },
        reads: {
          type: 'object',
          additionalProperties: false,
          description: 'All that the template may look at.',
          properties: {
            resources: { type: 'array', items: resourceRead },
            charts: {
              type: 'array',
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['remote'],
                properties: {
                  remote: { oneOf: [text, parameter] },
                  chart: { oneOf: [text, parameter], default: '*', description: 'Name of the chart; * is any.' },
                },
              },
            },
          },
        },
        writes,
        ...settings,
      },
    },
  },
} as const;
