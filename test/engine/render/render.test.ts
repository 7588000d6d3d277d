import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'js-yaml';
import type { TemplateCall } from '#catalog/template-engine.js';
import type { Json, JsonObject } from '#model/json.js';
import { noFacts } from '#observe/observe.js';
import { mergeLayers } from '#render/layers.js';
import { factsForDesired, renderStatus } from '#render/render.js';
import { entryOf } from '../catalog/rule-set.js';
import { configMap, desired, file, OWNER, rendered, returning } from './rendering.js';

test('resources get their own namespace and come sorted by wave and name', async () => {
  const { resources } = await desired({
    resources: [
      { wave: 1, object: configMap({}, { name: 'a' }) },
      configMap({ data: { z: '1' } }, { name: 'c', namespace: 'x' }),
      configMap(
        {},
        { name: 'b', labels: { app: '' }, annotations: { 'edict.dev/replace': 'u', 'edict.dev/deletion': 'Orphan' } },
      ),
      { wave: -1, object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } } },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'y' } },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'system:A_b' }, rules: [] },
    ],
  });
  assert.deepEqual(
    resources.map(
      ({ wave, object: { kind, metadata } }) => `${wave} ${kind} ${metadata.namespace ?? '-'} ${metadata.name}`,
    ),
    [
      '-1 Namespace - n',
      '0 ConfigMap x b',
      '0 ConfigMap x c',
      '0 Service y s',
      '0 ClusterRole - system:A_b',
      '1 ConfigMap x a',
    ],
  );
});

test('an owner without a namespace writes objects without one', async () => {
  const { namespace: _namespace, ...metadata } = OWNER.metadata;
  const { resources } = await desired({ resources: [configMap()] }, { ...OWNER, metadata });
  assert.equal(resources[0]?.object.metadata.namespace, undefined);
  await assert.rejects(rendered({ resources: [configMap({}, { namespace: 'x' })] }, { ...OWNER, metadata }), {
    code: 'NamespaceForbidden',
  });
});

test('a handle to a value of a Secret that the rule reads by name stands in the body of an object', async () => {
  const handle = { $secret: { as: 'credentials', key: 'k' } };
  const { resources } = await desired({ resources: [configMap({ data: { a: handle } })] });
  assert.deepEqual(resources[0]?.object.data, { a: handle });
});

test('files are written where remote, repository, branch and path are allowed, sorted', async () => {
  const { files } = await desired({
    files: [
      file({ path: 'apps/b/c', wave: 1 }),
      file({ path: 'z.yaml', content: { b: [1, null], a: 'yes' }, shared: true }),
      file({ path: 'apps/a.json', content: { b: 1 } }),
      file({
        path: '.gitea/workflows/a.yaml',
        repository: { remote: 'gitea', name: 'team/a.git', branch: 'release/1.0' },
      }),
      file({
        path: 'deep/.x/..y',
        repository: { remote: 'https://git.example.org/root/open', name: 'a/b', branch: 'main' },
      }),
    ],
  });
  assert.deepEqual(
    files.map(({ wave, repository: { remote, name, branch }, path, shared }) =>
      [wave, remote, name, branch, path, shared].join(' '),
    ),
    [
      '0 gitea open/a/b main deep/.x/..y false',
      '0 gitea team/a main apps/a.json false',
      '0 gitea team/a main z.yaml true',
      '0 gitea team/a release/1.0 .gitea/workflows/a.yaml false',
      '1 gitea team/a main apps/b/c false',
    ],
  );
  assert.equal(files[1]?.content, '{\n  "b": 1\n}\n');
  assert.equal(files[2]?.content, "a: 'yes'\nb:\n  - 1\n  - null\n");
});

test('nothing desired, said in any way, is nothing', async () => {
  for (const output of [{}, { resources: [] }, { resources: null, files: null, waiting: null, stalled: null }]) {
    assert.deepEqual(await desired(output), { resources: [], patches: [], files: [] });
  }
});

test('a template may wait, for a time or for a change, and may stall', async () => {
  const waiting = {
    waiting: [
      { reason: 'NoParent', message: 'it is not there', after: '5m' },
      { reason: 'Slow', message: 'm' },
    ],
  };
  assert.deepEqual(await rendered(waiting), {
    state: 'waiting',
    reasons: [
      { reason: 'NoParent', message: 'it is not there', after: 300_000 },
      { reason: 'Slow', message: 'm', after: undefined },
    ],
  });
  assert.deepEqual(await rendered({ stalled: { reason: 'BadData', message: 'mend it' } }), {
    state: 'stalled',
    reason: 'BadData',
    message: 'mend it',
  });
});

test('desired() is called once, for a named object, and sees all facts but the status', async () => {
  const calls: TemplateCall[] = [];
  await rendered({}, OWNER, calls);
  const [call] = calls;
  assert.deepEqual([calls.length, call?.function, call?.object, call?.limits.depth], [1, 'desired', 'Gadget/x/g', 500]);
  const { status: _status, ...object } = OWNER;
  assert.deepEqual(call?.arguments, [{ ...factsForDesired(noFacts(OWNER, entryOf({}).rule)), object }]);
});

test('status() sees the object with its status and the result, and returns an object without secrets', async () => {
  const entry = entryOf({}, { template: { path: 'templates/shop/gadget.jsonnet', functions: ['desired', 'status'] } });
  const facts = noFacts(OWNER, entry.rule);
  const calls: TemplateCall[] = [];
  assert.deepEqual(await renderStatus(facts, { outcome: 'settled' }, entry, returning({ phase: 'Up' }, calls)), {
    phase: 'Up',
  });
  assert.deepEqual(calls[0]?.arguments, [facts, { outcome: 'settled' }]);
  assert.deepEqual(await renderStatus(facts, {}, entryOf({}), returning('never asked')), {});
  const refused: readonly (readonly [Json, string])[] = [
    [[], 'TemplateOutputInvalid'],
    [null, 'TemplateOutputInvalid'],
    [{ deep: [{ $secret: { as: 'a', key: 'k' } }] }, 'SecretForbidden'],
    [{ $secret: { as: 'a', key: 'k' } }, 'SecretForbidden'],
    [JSON.parse('{"__proto__": 1}') as Json, 'KeyForbidden'],
  ];
  for (const [output, code] of refused)
    await assert.rejects(renderStatus(facts, {}, entry, returning(output)), { code });
});

/** Layers, what they merge to, and the layer of every leaf. */
const LAYERS: {
  readonly [sentence: string]: readonly [
    layers: readonly JsonObject[],
    values: JsonObject,
    origins: { [path: string]: string },
  ];
} = {
  'objects are merged deeply': [
    [{ a: { b: 1, c: 2 } }, { a: { c: 3, d: 4 } }],
    { a: { b: 1, c: 3, d: 4 } },
    { 'a.b': '0', 'a.c': '1', 'a.d': '1' },
  ],
  'lists are replaced': [[{ a: [1, 2] }, { a: [3] }], { a: [3] }, { a: '1' }],
  'an explicit null is kept': [[{ a: 1, b: 2 }, { a: null }], { a: null, b: 2 }, { a: '1', b: '0' }],
  'null replaces a whole object': [[{ a: { b: 1 } }, { a: null }], { a: null }, { a: '1' }],
  'an object replaces null': [[{ a: null }, { a: { b: 1 } }], { a: { b: 1 } }, { 'a.b': '1' }],
  'a scalar replaces an object and its leaves': [[{ a: { b: { c: 1 }, d: [1] } }, { a: 5 }], { a: 5 }, { a: '1' }],
  'an object replaces a scalar': [[{ a: 5 }, { a: { b: null } }], { a: { b: null } }, { 'a.b': '1' }],
  'an empty object changes no object': [[{ a: { b: 1 } }, { a: {} }], { a: { b: 1 } }, { 'a.b': '0' }],
  'an empty object is a leaf until it is filled': [[{ a: {} }, {}, { a: { b: 1 } }], { a: { b: 1 } }, { 'a.b': '2' }],
  'an empty object replaces a scalar': [[{ a: 1 }, { a: {} }], { a: {} }, { a: '1' }],
  'keys with dots are no paths': [
    [{ 'a.b': 1, a: { b: 2 } }, { a: { b: 3 } }],
    { 'a.b': 1, a: { b: 3 } },
    { '["a.b"]': '0', 'a.b': '1' },
  ],
  'an equal value is of the layer that said it last': [[{ a: 1 }, { a: 1 }], { a: 1 }, { a: '1' }],
};

for (const [sentence, [layers, values, origins]] of Object.entries(LAYERS)) {
  test(`in layered values ${sentence}`, async () => {
    const named = layers.map((layer, index) => ({ name: String(index), values: layer }));
    const before = structuredClone(layers);
    assert.deepEqual(mergeLayers(named), { values, origins });
    assert.deepEqual(layers, before, 'layers are not changed');
    const { files } = await desired({ files: [file({ layers: named })] });
    assert.deepEqual(load(files[0]?.content ?? ''), values);
    assert.deepEqual(files[0]?.origins, origins);
  });
}

test('what a YAML 1.1 reader would take for something else is quoted', async () => {
  const texts = [
    'yes',
    'No',
    'on',
    'OFF',
    'y',
    'N',
    'true',
    'null',
    '~',
    '',
    '1',
    '1.5',
    '1e3',
    '0x1F',
    '0o7',
    '012',
    '1_000',
    '190:20:30',
    '12:30',
    '2026-01-01',
    '.inf',
    '.NaN',
    '=',
    '<<',
    '- a',
    'a: b',
    '#a',
    ' a',
    '@a',
    '%a',
    '!a',
    '&a',
    '*a',
    '|',
  ];
  const { files } = await desired({ files: [file({ content: { texts } })] });
  const lines = (files[0]?.content ?? '')
    .split('\n')
    .slice(1, -1)
    .map((line) => line.trim().slice(2));
  assert.deepEqual(
    lines.filter((line) => !/^['"].*['"]$/.test(line)),
    [],
  );
  assert.deepEqual(load(files[0]?.content ?? ''), { texts });
});
