import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edict, temporaryFolder } from '../cli/run-edict.js';

const places = [
  'edict.yaml',
  'crds/billing/invoice.yaml',
  'rules/billing/invoice.yaml',
  'templates/billing/invoice.jsonnet',
  'policies/billing/invoice/request.rego',
  'policies/billing/invoice/request_test.rego',
  'examples/invoice.yaml',
  'docs/kinds/invoice.md',
];

function failedCases(folder: string): readonly string[] {
  const { cases } = JSON.parse(edict(folder, ['test', '--cases', '-o', 'json']).out) as {
    cases: { name: string; differences: unknown[]; faults: unknown[] }[];
  };
  return cases.flatMap(({ name, differences, faults }) => (differences.length + faults.length > 0 ? [name] : []));
}

test('a new kind in an empty folder passes check and test, and its case fails when its template is broken', () => {
  const folder = temporaryFolder();
  assert.deepEqual(edict(folder, ['new', 'billing', 'Invoice']).code, 0);
  assert.deepEqual(
    places.filter((path) => !existsSync(join(folder, path))),
    [],
  );
  const checked = edict(folder, ['check']);
  assert.equal(checked.code, 0);
  assert.doesNotMatch(checked.out, /warning/);
  const tested = edict(folder, ['test']);
  assert.equal(tested.code, 0);
  assert.match(tested.out, /^4 passed, 0 failed \(2 cases, 2 policy tests\)\.$/m);
  assert.equal(edict(folder, ['plan', 'examples']).code, 0);
  assert.equal(edict(folder, ['fmt', '--check']).code, 0);

  const cases = join(folder, 'test/domains/billing/invoice');
  const verdict = (name: string): string => readFileSync(join(cases, name, 'verdict.yaml'), 'utf8');
  assert.match(verdict('a-blank-text-is-denied'), /level: deny/);
  assert.match(verdict('a-text-becomes-a-config-map'), /^outcome: settled$/m);
  const configMap = join(cases, 'a-text-becomes-a-config-map/expected/cluster/ConfigMap.invoice-hello.yaml');
  assert.match(readFileSync(configMap, 'utf8'), /text: Hello, world!/);

  const template = join(folder, 'templates/billing/invoice.jsonnet');
  writeFileSync(template, readFileSync(template, 'utf8').replace('object.spec.text', "'broken'"));
  assert.deepEqual(failedCases(folder), ['billing/invoice/a-text-becomes-a-config-map']);
});

test('a kind without namespaces and with names of its own is added beside another one', () => {
  const folder = temporaryFolder();
  edict(folder, ['new', 'billing', 'Invoice']);
  const words = ['--cluster-scoped', '--group', 'money.example.org', '--api-version', 'v1', '--plural', 'monies'];
  assert.equal(edict(folder, ['new', 'treasury', 'Money', ...words]).code, 0);
  assert.match(readFileSync(join(folder, 'crds/treasury/money.yaml'), 'utf8'), /name: monies\.money\.example\.org/);
  assert.deepEqual(failedCases(folder), []);
  assert.equal(edict(folder, ['plan', 'examples']).code, 0);
});

test('nothing is overwritten, and nothing is left half written', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'edict.yaml'), 'mine');
  edict(folder, ['new', 'billing', 'Invoice']);
  assert.equal(readFileSync(join(folder, 'edict.yaml'), 'utf8'), 'mine');
  const template = join(folder, 'templates/billing/invoice.jsonnet');
  writeFileSync(template, 'mine');
  assert.equal(edict(folder, ['new', 'billing', 'Invoice']).code, 2);
  assert.equal(readFileSync(template, 'utf8'), 'mine');
  assert.equal(edict(folder, ['new', 'sales', 'Invoice']).code, 2);
  assert.ok(!existsSync(join(folder, 'rules/sales')));
});

test('a name that Kubernetes or Rego would not take is refused', () => {
  const folder = temporaryFolder();
  for (const words of [
    ['billing', 'invoice'],
    ['Billing', 'Invoice'],
    ['billing', 'Null'],
    ['common', 'Invoice'],
    ['billing', '../Invoice'],
    ['billing', 'Invoice', '--group', 'billing'],
    ['billing', 'Invoice', '--api-version', '1'],
    ['billing', 'Invoice', '--plural', 'In Voices'],
  ]) {
    assert.equal(edict(folder, ['new', ...words]).code, 2, words.join(' '));
  }
  assert.ok(!existsSync(join(folder, 'rules')));
});
