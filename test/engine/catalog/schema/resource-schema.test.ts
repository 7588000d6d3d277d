import assert from 'node:assert/strict';
import test from 'node:test';
import { compileExpression } from '#catalog/schema/cel/expression.js';
import { compileResourceSchema } from '#catalog/schema/resource-schema.js';
import type { ErrorCode } from '#errors/codes.js';
import { faultsOf } from '#errors/edict-error.js';
import type { Json, JsonObject } from '#model/json.js';

interface Parts {
  readonly spec?: JsonObject;
  readonly versions?: readonly Json[];
  readonly schema?: JsonObject;
  readonly a?: JsonObject;
}

function version(schema: JsonObject, more: JsonObject = {}): JsonObject {
  return { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...more };
}

function crdOf({
  spec = {},
  a = { type: 'string' },
  schema = { type: 'object', properties: { a } },
  versions = [version(schema)],
}: Parts): JsonObject {
  const names = { kind: 'Thing', plural: 'things', singular: 'thing' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.org' },
    spec: { group: 'example.org', scope: 'Namespaced', names, versions, ...spec },
  };
}

function faultsIn(crd: JsonObject): readonly (readonly [ErrorCode, string | undefined, string | undefined])[] {
  try {
    compileResourceSchema(crd, 'crds/thing.yaml');
    return [];
  } catch (error) {
    return faultsOf(error).map(({ code, location }) => [code, location.file, location.path]);
  }
}

const root = 'spec.versions[0].schema.openAPIV3Schema';
const string = { type: 'string' };
const integer = { type: 'integer' };
const rules = (...sources: readonly string[]): JsonObject => ({
  'x-kubernetes-validations': sources.map((rule) => ({ rule })),
});

const invalid: readonly (readonly [name: string, parts: Parts, ...paths: readonly string[]])[] = [
  [
    'two versions of one name',
    { versions: [version({ type: 'object' }), version({ type: 'object' }, { storage: false })] },
    'spec.versions[1].name',
  ],
  [
    'two storage versions',
    { versions: [version({ type: 'object' }), version({ type: 'object' }, { name: 'v2' })] },
    'spec.versions',
  ],
  ['no storage version', { versions: [version({ type: 'object' }, { storage: false })] }, 'spec.versions'],
  ['no version', { versions: [] }, 'spec.versions'],
  ['no schema', { versions: [{ name: 'v1', served: true, storage: true }] }, root],
  ['another name', { spec: { group: 'other.org' } }, 'metadata.name'],
  ['an unknown scope', { spec: { scope: 'Everywhere' } }, 'spec.scope'],
  ['a root that is no object', { schema: { type: 'string' } }, root],
  ['no type', { a: {} }, `${root}.properties.a`],
  ['an unknown type', { a: { type: 'text' } }, `${root}.properties.a.type`],
  ['a misspelt keyword', { a: { type: 'string', minlength: 1 } }, `${root}.properties.a.minlength`],
  ['a keyword of the wrong shape', { a: { type: 'string', minLength: '1' } }, `${root}.properties.a.minLength`],
  ['a reference', { a: { type: 'object', $ref: '#/x' } }, `${root}.properties.a.$ref`],
  ['unique items', { a: { type: 'array', items: string, uniqueItems: true } }, `${root}.properties.a.uniqueItems`],
  [
    'a numeric exclusive minimum',
    { a: { type: 'integer', exclusiveMinimum: 1 } },
    `${root}.properties.a.exclusiveMinimum`,
  ],
  [
    'properties and additional properties',
    { a: { type: 'object', properties: { b: string }, additionalProperties: string } },
    `${root}.properties.a.additionalProperties`,
  ],
  [
    'additional properties that are false',
    { a: { type: 'object', additionalProperties: false } },
    `${root}.properties.a.additionalProperties`,
  ],
  ['an array without items', { a: { type: 'array' } }, `${root}.properties.a`],
  [
    'an int-or-string with a type',
    { a: { type: 'string', 'x-kubernetes-int-or-string': true } },
    `${root}.properties.a.type`,
  ],
  ['a default of another type', { a: { type: 'integer', default: 'x' } }, `${root}.properties.a.default`],
  [
    'a default with an unknown field',
    { a: { type: 'object', properties: {}, default: { b: 1 } } },
    `${root}.properties.a.default`,
  ],
  ['a pattern that RE2 refuses', { a: { type: 'string', pattern: '(?=a)' } }, `${root}.properties.a.pattern`],
  [
    'a description inside anyOf',
    { a: { type: 'string', anyOf: [{ description: 'x' }] } },
    `${root}.properties.a.anyOf[0].description`,
  ],
  ['a type inside anyOf', { a: { type: 'string', anyOf: [{ type: 'string' }] } }, `${root}.properties.a.anyOf[0].type`],
  [
    'a field that only anyOf describes',
    { a: { type: 'object', properties: {}, anyOf: [{ properties: { b: {} } }] } },
    `${root}.properties.a.anyOf[0].properties.b`,
  ],
  [
    'a list map without keys',
    { a: { type: 'array', items: string, 'x-kubernetes-list-type': 'map' } },
    `${root}.properties.a`,
  ],
  [
    'a list key that may be absent',
    {
      a: {
        type: 'array',
        items: { type: 'object', properties: { b: string } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['b'],
      },
    },
    `${root}.properties.a.x-kubernetes-list-map-keys`,
  ],
  [
    'a set of objects',
    { a: { type: 'array', items: { type: 'object', properties: { b: string } }, 'x-kubernetes-list-type': 'set' } },
    `${root}.properties.a.items`,
  ],
  [
    'an embedded resource without fields',
    { a: { type: 'object', 'x-kubernetes-embedded-resource': true } },
    `${root}.properties.a`,
  ],
  [
    'several faults',
    { a: { type: 'object', properties: { b: {}, c: { type: 'array' } } } },
    `${root}.properties.a.properties.b`,
    `${root}.properties.a.properties.c`,
  ],
];

for (const [name, parts, ...paths] of invalid) {
  test(`a CRD with ${name} is refused where it stands`, () => {
    assert.deepEqual(
      faultsIn(crdOf(parts)),
      paths.map((path) => ['CatalogSchemaInvalid', 'crds/thing.yaml', path]),
    );
  });
}

const badRules: readonly (readonly [name: string, a: JsonObject, path: string])[] = [
  ['that does not parse', { ...string, ...rules('self ==') }, 'x-kubernetes-validations[0].rule'],
  [
    'that compares a string with an int',
    { ...string, ...rules('true', 'self == 1') },
    'x-kubernetes-validations[1].rule',
  ],
  [
    'that names an unknown field',
    { type: 'object', properties: { b: string }, ...rules('self.c == "x"') },
    'x-kubernetes-validations[0].rule',
  ],
  ['that names an unknown variable', { ...string, ...rules('object == "x"') }, 'x-kubernetes-validations[0].rule'],
  ['that calls an unknown function', { ...string, ...rules('self.frobnicate()') }, 'x-kubernetes-validations[0].rule'],
  [
    'with a method that only the library has',
    { ...string, ...rules('cel.bind(x, self, x == "")') },
    'x-kubernetes-validations[0].rule',
  ],
  ['that gives no boolean', { ...integer, ...rules('self + 1') }, 'x-kubernetes-validations[0].rule'],
  [
    'with a pattern that RE2 refuses',
    { ...string, ...rules('self.matches("(?!a)")') },
    'x-kubernetes-validations[0].rule',
  ],
  [
    'with a message that is no string',
    { ...integer, 'x-kubernetes-validations': [{ rule: 'self > 1', messageExpression: 'self' }] },
    'x-kubernetes-validations[0].messageExpression',
  ],
  [
    'with an unknown reason',
    { ...integer, 'x-kubernetes-validations': [{ rule: 'self > 1', reason: 'Because' }] },
    'x-kubernetes-validations[0].reason',
  ],
  [
    'that compares items of a list without keys',
    { type: 'array', items: { ...string, ...rules('self == oldSelf') } },
    'items.x-kubernetes-validations[0].rule',
  ],
];

for (const [name, a, path] of badRules) {
  test(`a rule ${name} is refused`, () => {
    assert.deepEqual(faultsIn(crdOf({ a })), [
      ['RuleExpressionInvalid', 'crds/thing.yaml', `${root}.properties.a.${path}`],
    ]);
  });
}

test('a document that is no CRD is refused, not misread', () => {
  assert.ok(faultsIn({ apiVersion: 'v1', kind: 'ConfigMap' }).length > 1);
});

const pod: JsonObject = {
  metadata: { name: 'x', labels: { app: 'y' } },
  spec: { replicas: 2, ratio: 0.5 },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Other', count: 1 },
    ],
  },
};

const expressions: readonly (readonly [source: string, result: Json])[] = [
  ['self.spec.replicas + 1', 3],
  ['self.spec.ratio * 2.0 == 1.0', true],
  ['self.metadata.labels["app"]', 'y'],
  ['has(self.status.phase)', false],
  ['self.status.?phase.orValue("none")', 'none'],
  ['self.status.conditions.exists(c, c.type == "Ready" && c.status == "True")', true],
  ['self.status.conditions.filter(c, c.type == "Other").map(c, c.count)', [1]],
  ['{"a": self.spec.replicas, "b": [1.5]}', { a: 2, b: [1.5] }],
  ['self.spec == self.spec && self.metadata.name.matches("^x$")', true],
];

for (const [source, result] of expressions) {
  test(`the expression ${source} gives ${JSON.stringify(result)}`, () => {
    assert.deepEqual(compileExpression(source, { variables: ['self'] }).evaluate({ self: pod }), result);
  });
}

function codeOf(action: () => unknown): ErrorCode | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return faultsOf(error)[0]?.code;
  }
}

test('an expression that does not compile says so before it runs', () => {
  for (const source of ['self.', 'other.x', '1 + "a"', 'self.name.matches("(?=a)")', 'nothing(self)']) {
    assert.equal(
      codeOf(() => compileExpression(source, { variables: ['self'] })),
      'RuleExpressionInvalid',
      source,
    );
  }
});

test('an expression that fails, or costs too much, says so', () => {
  const long = Array.from({ length: 3000 }, (_, index) => index);
  for (const source of [
    'self.spec.absent == 1',
    'self.spec.replicas == 1 / 0',
    'self.long.all(x, self.long.exists(y, self.long.all(z, z == x && z == y)) || true)',
  ]) {
    const expression = compileExpression(source, { variables: ['self'] });
    assert.equal(
      codeOf(() => expression.evaluate({ self: { ...pod, long } })),
      'ExpressionFailed',
      source,
    );
  }
});
