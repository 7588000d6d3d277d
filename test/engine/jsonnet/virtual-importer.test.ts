import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '#jsonnet/failure.js';
import { virtualImporter } from '#jsonnet/virtual-importer.js';

const importer = virtualImporter(
  {
    'main.jsonnet': 'main',
    'part.libsonnet': 'part',
    'deep/part.libsonnet': 'deep part',
    'deep/er/main.jsonnet': 'deeper',
    'first/both.libsonnet': 'first',
    'second/both.libsonnet': 'second',
    'second/part.libsonnet': 'never: the file beside comes first',
    'second/one.libsonnet': 'one',
    'grüße.txt': 'grüße',
    constructor: 'a file like any other',
  },
  ['first', 'second'],
);

const FOUND: readonly (readonly [from: string, path: string, found: string | undefined])[] = [
  ['', 'main.jsonnet', 'main.jsonnet'],
  ['main.jsonnet', 'part.libsonnet', 'part.libsonnet'],
  ['main.jsonnet', './deep/../part.libsonnet', 'part.libsonnet'],
  ['deep/er/main.jsonnet', '../part.libsonnet', 'deep/part.libsonnet'],
  ['deep/er/main.jsonnet', '../../part.libsonnet', 'part.libsonnet'],
  ['deep/er/main.jsonnet', 'both.libsonnet', 'first/both.libsonnet'],
  ['deep/er/main.jsonnet', 'one.libsonnet', 'second/one.libsonnet'],
  ['main.jsonnet', 'none.libsonnet', undefined],
  ['main.jsonnet', 'deep', undefined],
  ['main.jsonnet', 'constructor', 'constructor'],
  ['main.jsonnet', 'toString', undefined],
  ['main.jsonnet', '__proto__', undefined],
];

test('a file is found from where it is named, else in the libraries in their order', () => {
  for (const [from, path, found] of FOUND) assert.equal(importer(from, path)?.path, found, `${path} from ${from}`);
});

test('what lies outside cannot be named', () => {
  for (const path of ['/etc/passwd', '../../x', 'deep/../../../x', '../..']) {
    assert.throws(
      () => importer('main.jsonnet', path),
      (error: unknown) => error instanceof Failure && error.code === 'ImportFailed',
      path,
    );
  }
});

test('a file has a text and bytes', () => {
  const file = importer('main.jsonnet', 'grüße.txt');
  assert.equal(file?.text(), 'grüße');
  assert.deepEqual([...(file?.bytes() ?? [])], [...Buffer.from('grüße')]);
});
