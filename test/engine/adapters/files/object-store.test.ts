import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allOf, base, by, codeOf, configMap, deployment, open, owner, run, web } from './folders.js';

const webFile = (name: string) => join(base, name, 'shop/deployment.apps/web.yaml');
const edit = (file: string, from: string | RegExp, to: string) =>
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));

test('a field that somebody edits in its file is theirs, as with any other manager', async () => {
  const applied = deployment({
    replicas: 1,
    containers: [
      { name: 'app', image: 'x' },
      { name: 'b', image: 'y' },
    ],
  });
  await run('edited', (cluster) => cluster.apply(by(applied)));
  edit(webFile('edited'), 'replicas: 1', 'replicas: 5\n  paused: true');
  await run('edited', async (cluster) => {
    const found = await cluster.get(web);
    assert.deepEqual([found?.metadata.generation, found?.metadata.resourceVersion], [2, '2']);
    assert.deepEqual(
      found?.metadata.managedFields?.map(({ manager }) => manager),
      ['rule', 'hand-edit'],
    );
    assert.equal(await codeOf(cluster.apply(by(applied))), 'FieldTaken');
    const corrected = await cluster.apply({ ...by(applied), force: true });
    assert.deepEqual(corrected.spec, { ...(applied.spec as object), paused: true });
    assert.deepEqual(
      corrected.metadata.managedFields?.map(({ manager }) => manager),
      ['rule'],
    );
    const less = await cluster.apply(by(deployment({ replicas: 1, containers: [{ name: 'b', image: 'y' }] })));
    assert.deepEqual(less.spec, { containers: [{ name: 'b', image: 'y' }], paused: true, replicas: 1 });
  });
});

test('a running cluster takes over edits, new files and removed files when it is told to look', async () => {
  const cluster = open('refreshed');
  const { metadata } = await cluster.apply(by(deployment({ replicas: 1 })));
  await cluster.apply(by(configMap('child', owner({ ...web, metadata }))));
  const events: string[] = [];
  cluster.watch(({ type, object }) => events.push(`${type} ${object.metadata.name}`));
  cluster.refresh();
  assert.deepEqual(events, []);
  edit(webFile('refreshed'), 'replicas: 1', 'replicas: 2');
  const copy = readFileSync(webFile('refreshed'), 'utf8').replace('name: web', 'name: copy');
  writeFileSync(join(base, 'refreshed/shop/deployment.apps/copy.yaml'), copy);
  mkdirSync(join(base, 'refreshed/shop/secret'));
  writeFileSync(
    join(base, 'refreshed/shop/secret/s.yaml'),
    '{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}}',
  );
  cluster.refresh();
  assert.deepEqual(events.splice(0), ['Added copy', 'Modified web', 'Added s']);
  const [copied, original] = await cluster.list(web.namespace === undefined ? web : { ...web });
  assert.notEqual(copied?.metadata.uid, original?.metadata.uid);
  assert.equal(original?.metadata.uid, metadata.uid);
  rmSync(webFile('refreshed'));
  cluster.refresh();
  assert.deepEqual(events, ['Deleted web', 'Deleted child']);
});

test('a file that holds no object is told, stops only its own kind, and loses nothing', async () => {
  await run('broken', async (cluster) => {
    const parent = await cluster.apply(by(deployment({ replicas: 1 })));
    await cluster.apply(by(configMap('child', owner(parent))));
  });
  edit(webFile('broken'), 'replicas: 1', 'replicas: [1');
  writeFileSync(
    join(base, 'broken/shop/configmap/other.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: moved, namespace: shop}\n',
  );
  writeFileSync(join(base, 'broken/shop/configmap/text.yaml'), Buffer.from([0x61, 0xff]));
  await run('broken', async (cluster) => {
    assert.deepEqual(
      cluster.faults.map(({ code, location }) => [code, location.file]),
      [
        ['ObjectInvalid', join(base, 'broken/shop/configmap/other.yaml')],
        ['TextNotUTF8', join(base, 'broken/shop/configmap/text.yaml')],
        ['YAMLInvalid', webFile('broken')],
      ],
    );
    assert.ok(
      cluster.faults.every((fault) => fault.fragment === undefined),
      'what a cluster holds may be secret',
    );
    assert.equal(await codeOf(cluster.get(web)), 'YAMLInvalid');
    assert.equal(await codeOf(cluster.list(web)), 'YAMLInvalid');
    assert.deepEqual(
      [cluster.readable(allOf).objects.map(({ metadata }) => metadata.name), cluster.readable(allOf).faults.length],
      [['child'], 2],
    );
    assert.equal(await codeOf(cluster.apply(by(deployment({})))), 'YAMLInvalid');
    assert.equal(await cluster.get({ ...web, name: 'other' }), null);
    assert.equal((await cluster.get({ ...allOf, namespace: 'shop', name: 'child' }))?.metadata.name, 'child');
    assert.deepEqual(await cluster.list({ ...allOf, namespace: 'elsewhere' }), []);
  });
  edit(webFile('broken'), 'replicas: [1', 'replicas: 1');
  await run('broken', async (cluster) => assert.equal((await cluster.get(web))?.metadata.name, 'web'));
});
