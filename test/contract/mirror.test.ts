import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { filesUnder } from '../../tools/files.js';

interface Rule {
  /** `<domain>/<slug>`: what names the files of a kind in every tree. */
  readonly id: string;
  readonly slug: string;
  readonly apiVersion: string;
  readonly kind: string;
}

interface CustomResourceDefinition {
  readonly spec: { readonly group: string; readonly names: { readonly kind: string; readonly singular: string } };
}

const rules = filesUnder('rules').map((path): Rule => {
  const id = path.replace(/\.yaml$/, '');
  const rule = load(readFileSync(join('rules', path), 'utf8')) as {
    spec: { for: { apiVersion: string; kind: string } };
  };
  return { id, slug: id.split('/')[1] ?? '', ...rule.spec.for };
});
const ids = new Set(rules.map(({ id }) => id));
const slugs = new Set(rules.map(({ slug }) => slug));
const cases = [
  ...new Set(filesUnder('test/domains').flatMap((path) => path.match(/^[^/]+\/[^/]+\/[^/]+(?=\/)/)?.[0] ?? [])),
];

/** Kubernetes' own kinds have a group without a dot or under k8s.io, and no definition of ours. */
const isBuiltIn = ({ apiVersion }: Rule): boolean =>
  /^([a-z0-9]+\/|([a-z0-9-]+\.)*k8s\.io\/)?v[0-9][a-z0-9]*$/.test(apiVersion);

/** The ids or slugs that the files of a tree stand for: `pattern` captures one from a path, other files are ignored. */
function named(tree: string, pattern: RegExp): readonly string[] {
  return [...new Set(filesUnder(tree).flatMap((path) => path.match(pattern)?.[1] ?? []))];
}

const orphans = (found: readonly string[], known: ReadonlySet<string>): readonly string[] =>
  found.filter((name) => !known.has(name));

test('rules lie in rules/<domain>/<slug>.yaml, and no slug is taken twice', () => {
  assert.ok(rules.length > 0);
  assert.deepEqual(
    filesUnder('rules').filter((path) => !/^[a-z0-9-]+\/[a-z0-9-]+\.yaml$/.test(path)),
    [],
  );
  assert.equal(slugs.size, rules.length);
});

for (const rule of rules) {
  test(`${rule.id} has its files in every tree`, () => {
    const required = [
      ...(isBuiltIn(rule) ? [] : [`crds/${rule.id}.yaml`]),
      `templates/${rule.id}.jsonnet`,
      `examples/${rule.slug}.yaml`,
      `docs/kinds/${rule.slug}.md`,
    ];
    assert.deepEqual(
      required.filter((path) => !existsSync(path)),
      [],
    );
    const policies = filesUnder(`policies/${rule.id}`);
    assert.ok(policies.includes('request.rego') || policies.includes('change.rego'), 'a policy');
    assert.ok(
      policies.some((path) => path.endsWith('_test.rego')),
      'a test of the policies',
    );
    assert.ok(cases.filter((path) => path.startsWith(`${rule.id}/`)).length >= 2, 'two cases in test/domains');
  });

  test(`${rule.id} is called what its definition says`, () => {
    if (isBuiltIn(rule)) return assert.equal(existsSync(`crds/${rule.id}.yaml`), false);
    const { spec } = load(readFileSync(`crds/${rule.id}.yaml`, 'utf8')) as CustomResourceDefinition;
    assert.deepEqual(
      [spec.names.singular, spec.names.kind, spec.group],
      [rule.slug, rule.kind, rule.apiVersion.split('/')[0]],
    );
  });
}

test('no definition, template, policy, example, page or case is left without its rule', () => {
  assert.deepEqual(
    {
      crds: orphans(named('crds', /^(.*)\.yaml$/), ids),
      templates: orphans(named('templates', /^(?!lib\/)(.*)\.jsonnet$/), ids),
      policies: orphans(named('policies', /^(?!common\/)([^/]+\/[^/]+)/), ids),
      examples: orphans(named('examples', /^(.*)\.yaml$/), slugs),
      docs: orphans(named('docs/kinds', /^(?!README)(.*)\.md$/), slugs),
      cases: orphans(named('test/domains', /^([^/]+\/[^/]+)\//), ids),
    },
    { crds: [], templates: [], policies: [], examples: [], docs: [], cases: [] },
  );
});

test('a case name is a sentence', () => {
  assert.deepEqual(
    cases
      .map((path) => path.split('/')[2] ?? '')
      .filter((name) => !/^[A-Za-z0-9.']+([ -][A-Za-z0-9.']+){2,}$/.test(name)),
    [],
  );
});

/** The folder of engine/ that a file belongs to; each adapter and each WebAssembly part counts as one. */
const folderOf = (path: string): string => path.replace(/^((?:adapters|wasm)\/[^/]+|[^/]+)\/.*$/, '$1');

test('every engine folder that holds behaviour has tests of the same name, and no tests outlive their folder', () => {
  const holdsBehaviour = (path: string): boolean =>
    path.includes('/') &&
    path.endsWith('.ts') &&
    /^export (async )?(function|class) /m.test(readFileSync(join('engine', path), 'utf8'));
  const behaving = new Set(filesUnder('engine').filter(holdsBehaviour).map(folderOf));
  const tests = filesUnder('test/engine').filter((path) => path.endsWith('.test.ts'));
  const tested = new Set(tests.map(folderOf));
  assert.deepEqual(
    [...behaving].filter((folder) => folder !== 'cli' && !tested.has(folder)),
    [],
  );
  assert.deepEqual(
    [...tested].filter((folder) => !existsSync(join('engine', folder))),
    [],
  );
});
