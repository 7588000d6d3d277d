import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ChartFolder } from '#adapters/files/chart-folder.js';
import { base, codeOf } from './folders.js';

const root = join(base, 'charts');
const clock = { time: 0, now: () => clock.time };
const charts = new ChartFolder({ root, clock });
const read = (chart: string, version: string) => charts.read({ repository: 'https://charts.example', chart, version });

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  clock.time += 2000;
}

write({
  'service/Chart.yaml': 'name: service\nversion: 1.4.2\n',
  'service/values.yaml': 'replicas: 1\n',
  'service/values-production.yaml': 'replicas: 3\n',
  'service/templates/x.yaml': 'kind: {{ .Kind }}\n',
  'bare/Chart.yaml': 'name: bare\nversion: 2.0.0-rc.1\n',
  'renamed/Chart.yaml': 'name: other\nversion: 1.0.0\n',
  'broken/Chart.yaml': 'name: broken\nversion: 1.0.0\n',
  'broken/values.yaml': 'a: [\n',
});

test('a chart is its metadata, its values, its profiles and a digest of all files', async () => {
  const chart = await read('service', '1.4.2');
  const { digest, ...rest } = chart;
  assert.deepEqual(rest, {
    metadata: { name: 'service', version: '1.4.2' },
    values: { replicas: 1 },
    profiles: { production: { replicas: 3 } },
  });
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual((await read('bare', '*')).values, {});
});

test('versions match exactly or by range', async () => {
  for (const version of ['1.4.2', '^1.2', '1.x', '>=1 <2', '*', '']) assert.ok(await read('service', version), version);
  for (const version of ['1.4.1', '^2', 'latest', '1.4.2-x'])
    assert.equal(await codeOf(read('service', version)), 'ChartNotFound', version);
  assert.ok(await read('bare', '2.0.0-rc.1'));
  assert.equal(await codeOf(read('bare', '>=1')), 'ChartNotFound');
});

test('a chart that is not there is refused with those that are', async () => {
  await assert.rejects(read('nope', '1.0.0'), /bare, broken, renamed, service/);
  await assert.rejects(read('service', '9'), /1\.4\.2/);
  for (const name of ['..', '../service', '', '.', 'a/b', 'renamed'])
    assert.equal(await codeOf(read(name, '*')), 'ChartNotFound', name);
  assert.equal(await codeOf(read('broken', '*')), 'YAMLInvalid');
});

test('a chart is read again when a file changes, and kept otherwise', async () => {
  const before = await read('service', '*');
  clock.time += 2000;
  assert.equal(await read('service', '*'), before);
  write({ 'service/templates/x.yaml': 'kind: {{ .OtherKind }}\n' });
  const after = await read('service', '*');
  assert.notEqual(after.digest, before.digest);
  write({ 'service/templates/x.yaml': 'kind: {{ .Kind }}\n' });
  assert.equal((await read('service', '*')).digest, before.digest);
});

test('a folder without Chart.yaml is no chart, and one in the place of its values is refused', async () => {
  mkdirSync(join(root, 'empty/values.yaml'), { recursive: true });
  assert.equal(await codeOf(read('empty', '1.0.0')), 'FileUnreadable');
  rmSync(join(root, 'empty/values.yaml'), { recursive: true });
  clock.time += 2000;
  await assert.rejects(read('empty', '1.0.0'), /no Chart\.yaml/);
});

test('a link in a chart is refused: it could lead out of it', async () => {
  symlinkSync('/etc', join(root, 'service/link'));
  clock.time += 2000;
  assert.equal(await codeOf(read('service', '*')), 'FileUnreadable');
  rmSync(join(root, 'service/link'));
  clock.time += 2000;
  assert.ok(await read('service', '*'));
});
