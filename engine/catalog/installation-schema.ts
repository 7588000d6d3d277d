/** JSON Schema of `edict.yaml`, published as `engine/schema/installation.schema.json`. A field stands here only when it works. */

const text = { type: 'string', minLength: 1 } as const;
const labels = { type: 'object', additionalProperties: { type: 'string' } } as const;

const remote = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'kind', 'url'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*$' },
    kind: { enum: ['git', 'oci'] },
    url: {
      type: 'string',
      pattern:
        '^(?!.*/\\.{1,2}(/|$))(?!.*[^:]//)(https?://|oci://|ssh://([a-z][a-z0-9-]*@)?)[^/@?#%\\\\\\s]+(/[^@?#%\\\\\\s]*)?$',
      description: 'Everything below it belongs to the remote. No credentials.',
    },
  },
} as const;

const policy = {
  type: 'object',
  additionalProperties: false,
  required: ['package', 'match'],
  properties: {
    package: { ...text, description: 'Folder below policies/, such as common/workload.' },
    match: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          apiVersion: { ...text, default: '*' },
          kind: { ...text, default: '*' },
          namespaces: { type: 'array', items: text, description: 'Default: every namespace.' },
        },
      },
    },
    enforce: { enum: ['Deny', 'Warn'], default: 'Warn', description: 'A policy of the installation starts at Warn.' },
    exempt: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['object'],
        properties: {
          object: { ...text, description: 'Kind/namespace/name.' },
          until: { type: 'string', format: 'date', description: 'Last day of the exemption.' },
        },
      },
    },
  },
} as const;

/** The schema of `edict.yaml`. */
export const installationSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://edict.dev/schema/installation.schema.json',
  title: 'Installation',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind'],
  properties: {
    apiVersion: { const: 'edict.dev/v1alpha1' },
    kind: { const: 'Installation' },
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      additionalProperties: false,
      properties: {
        instance: {
          type: 'string',
          pattern: '^[a-z0-9][a-z0-9.-]*$',
          description: 'Name in ownership records; unique among engines that share a repository.',
        },
        remotes: { type: 'array', items: remote },
        parameters: { type: 'object', additionalProperties: { type: 'object' }, description: 'Values by domain.' },
        policies: { type: 'array', items: policy },
        protected: {
          type: 'object',
          additionalProperties: false,
          description: 'Never deleted, whoever asks.',
          properties: {
            kinds: {
              type: 'array',
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['apiVersion', 'kind'],
                properties: { apiVersion: text, kind: text },
              },
            },
            labels,
          },
        },
        identity: {
          enum: ['Engine', 'Rule', 'Namespace'],
          default: 'Engine',
          description:
            'As whom children are written: as Edict, as its ServiceAccount edict-<rule>, or as ServiceAccount edict of the namespace of the custom resource.',
        },
        requires: { ...text, description: 'Versions of Edict, as a semver range.' },
      },
    },
  },
} as const;
