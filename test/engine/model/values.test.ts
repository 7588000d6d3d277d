import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWrite } from '#model/change-set.js';
import { formatTime } from '#model/clock.js';
import { addressKey, secretHandle } from '#model/desired.js';
import { digestOfJson } from '#model/digest.js';
import { matchesGlob } from '#model/glob.js';
import { extendInventory, formatInventory, inventoryKey, parseInventory } from '#model/inventory.js';
import { canonicalJson, compareText, equalJson, type Json } from '#model/json.js';
import { isDnsLabel, isLabelValue, isPathSegment, isQualifiedName, isSubdomain } from '#model/names.js';
import { formatKey, groupOf, identityOf, isSameKind, type KubernetesObject, keyOf } from '#model/object.js';
import { belongsTo, fieldManagerOf, OWNER_LABEL, ownerHash } from '#model/ownership.js';
import { formatPath, PATH_PATTERN, type Path, parsePath, valueAt } from '#model/path.js';
import { parseBytes, parseDuration } from '#model/quantity.js';
import { formatRecord, parseRecord, recordPath } from '#model/records.js';
import { forbids, type Verdict } from '#model/verdict.js';

const PATHS: readonly (readonly [string, Path])[] = [
  ['spec', ['spec']],
  ['spec.applications[0].name', ['spec', 'applications', 0, 'name']],
  ['metadata.annotations["example.org/x"]', ['metadata', 'annotations', 'example.org/x']],
  ['a["quote \\" and \\\\ and \\u00e9"].b', ['a', 'quote " and \\ and é', 'b']],
  ['a[10][2]', ['a', 10, 2]],
  ['kebab-case.x', ['kebab-case', 'x']],
];

test('a path is read and written without loss', () => {
  for (const [text, path] of PATHS) {
    assert.deepEqual(parsePath(text), path, text);
    assert.deepEqual(parsePath(formatPath(path)), path, text);
  }
});

test('what is no path is refused, by the parser as by the schema that editors read', () => {
  const wrong = [
    '',
    '.',
    '.a',
    'a.',
    'a..b',
    'a[',
    'a[]',
    'a[x]',
    '[0]',
    'a[0]b',
    'a["x]',
    'a["\\q"]',
    'a]',
    'a"b"',
    'a["\n"]',
  ];
  for (const text of wrong) {
    assert.equal(parsePath(text), undefined, text);
    assert.equal(new RegExp(PATH_PATTERN, 'u').test(text), false, text);
  }
  for (const [text] of PATHS) assert.equal(new RegExp(PATH_PATTERN, 'u').test(text), true, text);
});

test('a value is found by its own fields only', () => {
  const value = { spec: { list: [{ name: 'a' }], empty: null } };
  assert.equal(valueAt(value, ['spec', 'list', 0, 'name']), 'a');
  assert.equal(valueAt(value, ['spec', 'empty']), null);
  assert.deepEqual(valueAt(value, []), value);
  const none: readonly Path[] = [
    ['spec', 'constructor'],
    ['__proto__'],
    ['spec', 'list', 'length'],
    ['spec', 'list', 1],
    ['spec', 0],
  ];
  for (const path of none) assert.equal(valueAt(value, path), undefined, formatPath(path));
});

test('equal values have equal canonical text and digests, different ones do not', () => {
  const values: readonly Json[] = [
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    '',
    '0',
    'a',
    [],
    {},
    [null],
    [[]],
    { a: null },
    { a: [] },
    { a: 1, b: 2 },
    { a: { b: 1 } },
    ['a', 'b'],
    ['b', 'a'],
    { '': 1 },
    JSON.parse('{"__proto__": 1}') as Json,
    JSON.parse('{"__proto__": {"a": 1}}') as Json,
  ];
  for (const [index, left] of values.entries()) {
    for (const [other, right] of values.entries()) {
      assert.equal(equalJson(left, right), index === other, `${canonicalJson(left)} ${canonicalJson(right)}`);
      assert.equal(canonicalJson(left) === canonicalJson(right), index === other);
    }
  }
  assert.equal(equalJson({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 }), true);
  assert.equal(canonicalJson({ b: 1, a: { d: 1, c: undefined as unknown as Json } }), '{"a":{"d":1},"b":1}');
  assert.equal(digestOfJson({ a: 1, b: 2 }), digestOfJson({ b: 2, a: 1 }));
  assert.deepEqual(['b', 'a', 'Z', 'é', 'a'].sort(compareText), ['Z', 'a', 'a', 'b', 'é']);
});

const GLOBS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['a/b', ['a/b'], ['a', 'a/b/c', 'A/b', '']],
  ['*', ['', 'a', '.x'], ['a/b', '/']],
  ['a/*', ['a/', 'a/b'], ['a', 'a/b/c']],
  ['*/voltran', ['platform/voltran'], ['voltran', 'a/b/voltran', 'platform/voltran2']],
  ['**', ['', 'a', 'a/b/c'], []],
  [
    'environments/**',
    ['environments/', 'environments/a', 'environments/a/b'],
    ['environments', 'other/environments/a'],
  ],
  ['**/values.yaml', ['values.yaml', 'a/values.yaml', 'a/b/values.yaml'], ['avalues.yaml', 'a/values.yamlx']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/xb', 'ab']],
  ['a.b+c(d)[e]$', ['a.b+c(d)[e]$'], ['aXb+c(d)[e]$', 'a.bbc(d)[e]$']],
  ['*a*b*', ['ab', 'xaxbx', 'aab'], ['ba', 'a/b']],
  ['', [''], ['a']],
];

test('a star stays in its segment, two stars do not, and nothing else is special', () => {
  for (const [pattern, matching, other] of GLOBS) {
    for (const text of matching) assert.equal(matchesGlob(pattern, text), true, `${pattern} ${text}`);
    for (const text of other) assert.equal(matchesGlob(pattern, text), false, `${pattern} ${text}`);
  }
});

test('a pattern of many stars does not explode on a text that almost matches', () => {
  assert.equal(matchesGlob(`${'*a'.repeat(30)}b`, 'a'.repeat(5000)), false);
  assert.equal(matchesGlob(`${'**a'.repeat(30)}b`, 'a/'.repeat(2500)), false);
});

test('quantities are read exactly or not at all', () => {
  assert.deepEqual([parseBytes(7), parseBytes('16'), parseBytes('16Ki'), parseBytes('4Mi')], [7, 16, 16384, 4194304]);
  assert.deepEqual(['30s', '5m', '2h'].map(parseDuration), [30_000, 300_000, 7_200_000]);
  for (const text of ['', '5', '0s', '-5s', '1.5h', '5 m', '5d', 'abc', '99999999h'])
    assert.equal(parseDuration(text), undefined, text);
  assert.equal(formatTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678)), '2026-01-02T03:04:05Z');
});

test('names are those that Kubernetes accepts', () => {
  const cases: readonly (readonly [(text: string) => boolean, readonly string[], readonly string[]])[] = [
    [isSubdomain, ['a', 'a-b.c', '0', 'a'.repeat(253)], ['', 'A', '-a', 'a-', 'a..b', 'a_b', 'a'.repeat(254), 'a\n']],
    [isDnsLabel, ['a', 'a-0', 'a'.repeat(63)], ['', 'a.b', 'A', 'a'.repeat(64), '../a']],
    [isPathSegment, ['system:node', 'A_b', 'a.b'], ['', '.', '..', 'a/b', 'a%2f', 'a'.repeat(254)]],
    [isLabelValue, ['', 'a', 'A_b.c-D', '0'], ['-a', 'a-', 'a b', 'a/b', 'é', 'a'.repeat(64)]],
    [
      isQualifiedName,
      ['a', 'example.org/A_b', 'a.b/c'],
      ['', '/', 'a/', '/a', 'A.b/c', 'a/b/c', 'a b', `a/${'b'.repeat(64)}`],
    ],
  ];
  for (const [accepts, good, bad] of cases) {
    assert.deepEqual(
      good.filter((text) => !accepts(text)),
      [],
      accepts.name,
    );
    assert.deepEqual(bad.filter(accepts), [], accepts.name);
  }
});

test('an object is named by group, kind, namespace and name, whatever its version', () => {
  const pod: KubernetesObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'x' } };
  const role: KubernetesObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'a:b' },
  };
  assert.deepEqual([formatKey(keyOf(pod)), formatKey(keyOf(role))], ['Pod/x/a', 'ClusterRole/a:b']);
  assert.equal(identityOf({ ...keyOf(role), apiVersion: 'rbac.authorization.k8s.io/v2' }), identityOf(keyOf(role)));
  assert.notEqual(identityOf({ ...keyOf(pod), apiVersion: 'other/v1' }), identityOf(keyOf(pod)));
  assert.deepEqual([groupOf('v1'), groupOf('apps/v1')], ['', 'apps']);
  assert.equal(ownerHash({ ...keyOf(role), apiVersion: 'rbac.authorization.k8s.io/v2' }), ownerHash(keyOf(role)));
  assert.match(ownerHash(keyOf(pod)), /^[0-9a-f]{16}$/);
  assert.notEqual(fieldManagerOf('r', keyOf(pod)), fieldManagerOf('r', keyOf(role)));
  assert.equal(
    belongsTo({ ...role, metadata: { name: 'c', labels: { [OWNER_LABEL]: ownerHash(keyOf(pod)) } } }, keyOf(pod)),
    true,
  );
  assert.equal(belongsTo(role, keyOf(pod)), false);
});

test('a record of ownership is read back, has a place of its own for every owner, and is refused where it is damaged', () => {
  const record = { files: ['b', 'a'], shared: ['s'] };
  assert.deepEqual(parseRecord(formatRecord(record)), { files: ['a', 'b'], shared: ['s'] });
  for (const text of ['', '[]', '{}', '{"files": []}', '{"files": [1], "shared": []}', 'x'])
    assert.equal(parseRecord(text), undefined, text);
  const key = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', namespace: 'n' };
  const names = ['a:b', 'a_3a_b', 'a_b', 'a/b', '_', '..'];
  const paths = names.map((name) => recordPath('demo', { ...key, name }));
  assert.equal(new Set(paths).size, names.length);
  for (const path of paths)
    assert.match(path, /^\.edict\/demo\/rbac\.authorization\.k8s\.io\/role\/n\/[A-Za-z0-9._-]+\.json$/);
  assert.equal(
    recordPath('demo', { apiVersion: 'v1', kind: 'Namespace', name: 'x' }),
    '.edict/demo/_/namespace/_/x.json',
  );
});

test('an inventory keeps every kind and repository once, and is the same object where nothing is new', () => {
  const repository = { remote: 'gitea', name: 'a/b', branch: 'main' };
  const inventory = {
    kinds: [{ apiVersion: 'v1', kind: 'Pod' }],
    patches: [{ apiVersion: 'apps/v1', kind: 'Deployment' }],
    repositories: [repository],
  };
  const key = inventoryKey({ domain: 'd', slug: 's' });
  assert.deepEqual(parseInventory(formatInventory(key, inventory)), inventory);
  assert.deepEqual(parseInventory(null), { kinds: [], patches: [], repositories: [] });
  assert.equal(extendInventory(inventory, inventory), inventory);
  const more = extendInventory(inventory, {
    kinds: [
      { apiVersion: 'v2', kind: 'Pod' },
      { apiVersion: 'apps/v1', kind: 'Pod' },
    ],
    patches: [],
    repositories: [{ ...repository, branch: 'x' }],
  });
  assert.deepEqual(
    more.kinds.map(({ apiVersion }) => apiVersion),
    ['v1', 'apps/v1'],
  );
  assert.deepEqual(more.repositories.map(addressKey), ['gitea a/b main', 'gitea a/b x']);
  assert.equal(
    isSameKind({ apiVersion: 'apps/v1', kind: 'Deployment' }, { apiVersion: 'apps/v1beta1', kind: 'Deployment' }),
    true,
  );
});

test('a secret handle is exactly that', () => {
  assert.deepEqual(secretHandle({ $secret: { as: 'a', key: 'k' } }), { as: 'a', key: 'k' });
  const others: readonly Json[] = [
    null,
    'x',
    [],
    {},
    { $secret: 'x' },
    { $secret: { as: 'a' } },
    { $secret: { as: 'a', key: 1 } },
    { $secret: { as: 'a', key: 'k' }, more: 1 },
    { $secret: { as: 'a', key: 'k', more: 1 } },
  ];
  for (const value of others) assert.equal(secretHandle(value), undefined, JSON.stringify(value));
});

test('only a deny or an unknown verdict forbids, and a held or unchanged object is no change', () => {
  const verdict = (level: Verdict['level']): Verdict => ({ policy: 'p', level, code: '', message: 'm', path: '' });
  assert.deepEqual([[verdict('warn')], [verdict('warn'), verdict('deny')], [verdict('unknown')], []].map(forbids), [
    false,
    true,
    true,
    false,
  ]);
  const change = {
    sink: 'cluster',
    key: { apiVersion: 'v1', kind: 'Pod', name: 'a' },
    wave: 0,
    uid: undefined,
    object: undefined,
    fields: [],
    reason: undefined,
  } as const;
  for (const action of ['none', 'hold'] as const) assert.equal(isWrite({ ...change, action }), false);
  assert.equal(isWrite({ ...change, action: 'delete' }), true);
});
