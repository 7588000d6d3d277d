import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { load } from 'js-yaml';
import { compileResourceSchema } from '#catalog/schema/resource-schema.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { admit, crdOf, fixture, fixtures, integer, list, pathsOf, string, thing } from './thing.js';

type Row = readonly [name: string, schema: JsonObject, spec: Json, result: Json, pruned?: readonly string[]];

const kept = fixture('admitted.yaml') as readonly Row[];

for (const [name, schema, spec, result, pruned = []] of kept) {
  test(`admitted: ${name}`, () => {
    const given = structuredClone(spec);
    const admission = admit(crdOf(schema), thing(spec));
    assert.deepEqual(admission.faults, []);
    assert.deepEqual(admission.object.spec, result);
    assert.deepEqual(admission.pruned, pruned);
    assert.deepEqual(spec, given, 'the input is left alone');
  });
}

type Refused = readonly [name: string, schema: JsonObject, spec: Json, paths: readonly string[]];

const refused = fixture('refused.yaml') as readonly Refused[];

for (const [name, schema, spec, paths] of refused) {
  test(`refused: ${name}`, () => {
    const { faults } = admit(crdOf(schema), thing(spec));
    assert.deepEqual(pathsOf(faults), paths);
    for (const fault of faults) {
      assert.equal(fault.code, 'ObjectInvalid');
      assert.equal(fault.location.object, 'Thing/default/one');
      assert.ok((fault.remedy ?? '').length > 5);
    }
  });
}

const formats = fixture('formats.yaml') as Readonly<
  Record<string, readonly [valid: readonly string[], invalid: readonly string[]]>
>;

for (const [format, [valid, invalid]] of Object.entries(formats)) {
  test(`the format ${format} takes what it should and nothing else`, () => {
    const [version] = compileResourceSchema(crdOf({ type: 'string', format }), 'f').versions;
    const accepted = [...valid, ...invalid].filter((text) => version?.admit(thing({ a: text })).faults.length === 0);
    assert.deepEqual(accepted, valid);
  });
}

test('no text, however long, holds a format up', () => {
  const texts = ['1', 'a', '1 ', 'a.', ':', '=', '-'].map((part) => part.repeat(200_000));
  for (const format of Object.keys(formats)) {
    const [version] = compileResourceSchema(crdOf({ type: 'string', format }), 'f').versions;
    const accepted = texts.filter((text) => version?.admit(thing({ a: text })).faults.length === 0);
    assert.ok(accepted.length < texts.length || format === 'password', format);
  }
});

const metadata: readonly (readonly [name: string, metadata: JsonObject, paths: readonly string[]])[] = [
  [
    'a good one',
    {
      name: 'a.b',
      namespace: 'c',
      labels: { 'x.y/z': 'A_1', empty: '' },
      annotations: { 'X/y': 'any thing' },
      finalizers: ['x.y/z'],
    },
    [],
  ],
  ['no namespace', { name: 'a' }, []],
  ['no name', {}, ['metadata.name']],
  ['a name in capitals', { name: 'A' }, ['metadata.name']],
  ['a long name', { name: 'a'.repeat(254) }, ['metadata.name']],
  ['a namespace with a dot', { name: 'a', namespace: 'b.c' }, ['metadata.namespace']],
  ['a malformed key of a label', { name: 'a', labels: { '-x': 'y' } }, ['metadata.labels.-x']],
  ['a malformed value of a label', { name: 'a', labels: { x: 'y z' } }, ['metadata.labels.x']],
  ['a long value of a label', { name: 'a', labels: { x: 'y'.repeat(64) } }, ['metadata.labels.x']],
  ['a number as a label', { name: 'a', labels: { x: 1 } }, ['metadata.labels.x']],
  ['large annotations', { name: 'a', annotations: { x: 'y'.repeat(262144) } }, ['metadata.annotations']],
  ['a malformed finalizer', { name: 'a', finalizers: ['x y'] }, ['metadata.finalizers[0]']],
];

for (const [name, given, paths] of metadata) {
  test(`metadata with ${name} gives ${paths.length === 0 ? 'no fault' : 'a fault there'}`, () => {
    const found = pathsOf(admit(crdOf(string), thing({}, given)).faults);
    assert.deepEqual(
      found,
      paths.map((at) => at.replace('.-x', '["-x"]')),
    );
  });
}

test('an object of another kind is refused', () => {
  assert.deepEqual(pathsOf(admit(crdOf(string), { ...thing({}), kind: 'Other', apiVersion: 'v1' }).faults), [
    'apiVersion',
    'kind',
  ]);
});

test('an object with thousands of faults gives a hundred', () => {
  const { faults } = admit(crdOf(list(integer)), thing({ a: Array.from({ length: 5000 }, () => 'x') }));
  assert.equal(faults.length, 100);
});

test('the stand-in CRD admits, defaults and refuses as a whole', (context) => {
  const text = readFileSync(path.join(fixtures, 'crds/gadget.yaml'), 'utf8');
  const document = load(text);
  assert.ok(isJsonObject(document));
  const { versions, ...identity } = compileResourceSchema(document, 'gadget.yaml');
  assert.deepEqual(identity, {
    group: 'example.org',
    kind: 'Gadget',
    singular: 'gadget',
    plural: 'gadgets',
    scope: 'Namespaced',
  });
  const [version] = versions;
  assert.ok(version?.hasStatus && version.served && version.storage);
  assert.equal(version.printerColumns.length, 1);
  const gadget = (spec: JsonObject): KubernetesObject => ({
    ...thing(spec),
    apiVersion: 'example.org/v1',
    kind: 'Gadget',
  });
  const ports = Array.from({ length: 20 }, (_, index) => ({ port: index + 1, name: `port-${index}` }));
  const good = gadget({
    image: 'x/y:1',
    mode: 'Cluster',
    size: 3,
    limits: { cpu: '500m', memory: 1024 },
    ports,
    source: { git: { url: 'https://x' } },
    extra: { any: [1] },
  });
  assert.deepEqual(version.admit(good).faults, []);
  assert.deepEqual(version.admit(gadget({ image: 'x' })).object.spec, { image: 'x', size: 1, mode: 'Simple' });
  assert.deepEqual(pathsOf(version.admit(gadget({ image: 'x', size: 2 })).faults), ['spec.size']);
  assert.deepEqual(pathsOf(version.admit(gadget({ image: 'x' }), { oldObject: good }).faults), ['spec']);
  const rounds = 5000;
  for (let round = 0; round < rounds; round += 1) version.admit(good);
  const started = performance.now();
  for (let round = 0; round < rounds; round += 1) version.admit(good);
  context.diagnostic(`admit: ${(((performance.now() - started) / rounds) * 1000).toFixed(1)} µs`);
});
