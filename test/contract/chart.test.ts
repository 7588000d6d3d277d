import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Ajv } from 'ajv';
import { PassMetrics } from '#adapters/metrics/pass-metrics.js';
import { deployment } from '#cli/install/deployment.js';
import { PORTS } from '#cli/install/install-names.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import { valueAt } from '#model/path.js';
import { parseYaml, parseYamlDocument } from '#model/yaml.js';
import { ENTRY, noticeOf } from '../engine/controller/notice.js';

const read = (path: string): string => readFileSync(join('charts/edict', path), 'utf8');
const yaml = (path: string): JsonObject => parseYamlDocument(read(path), { file: path }).value as JsonObject;
const json = (path: string): JsonObject => JSON.parse(read(path)) as JsonObject;

/** What the engine tells of a pass, with every label that may be asked for, by name. */
let METRICS: ReadonlyMap<string, ReadonlySet<string>>;
before(async () => {
  const metrics = new PassMetrics({
    catalog: () => ({ revision: 'a', loaded: 0, isCurrent: true, faults: 0 }),
    entries: () => [ENTRY],
    queue: () => new Map(),
    requests: () => [{ verb: 'get', resource: 'pods', code: 200, count: 1 }],
    isLeader: () => true,
  });
  metrics.onPass(noticeOf('one'));
  metrics.onReview({ rule: 'a/b', operation: 'CREATE', result: 'allowed', duration: 1 });
  const lines = (await metrics.text()).match(/^edict_.*$/gm) ?? [];
  const labels = new Map<string, Set<string>>();
  for (const line of lines) {
    const [, name = '', text = ''] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    labels.set(name, labels.get(name) ?? new Set());
    for (const [, label = ''] of text.matchAll(/([a-z_]+)="/g)) labels.get(name)?.add(label);
  }
  METRICS = labels;
});

/** The name of a metric without what its series add. */
const family = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');

/** Texts of every field of that name, at any depth. */
function textsOf(value: Json | undefined, field: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsOf(item, field));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === field && typeof item === 'string' ? [item] : textsOf(item, field),
  );
}

function assertKnown(expression: string): void {
  const metrics = [...expression.matchAll(/\bedict_[a-z_]+/g)].map(([name]) => name);
  assert.ok(metrics.length > 0, expression);
  for (const name of metrics) assert.ok(METRICS.has(name), `${name} in ${expression}`);
  const allowed = new Set(metrics.flatMap((name) => [...(METRICS.get(name) ?? [])]));
  const matched = [...expression.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label ?? '');
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
  for (const label of [...matched, ...grouped]) assert.ok(allowed.has(label), `${label} in ${expression}`);
  assert.equal(expression.split('(').length, expression.split(')').length, expression);
}

test('the chart is of the version of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  const chart = yaml('Chart.yaml');
  assert.deepEqual([chart.version, chart.appVersion], [version, version]);
});

test('the values match their schema, which knows every one of them and nothing else', () => {
  const ajv = new Ajv({ allErrors: true });
  const validate = ajv.compile(json('values.schema.json'));
  const values = yaml('values.yaml');
  assert.ok(validate(values), ajv.errorsText(validate.errors));
  assert.ok(!validate({ ...values, crds: {} }));
  const fields = (schema: Json | undefined, value: Json | undefined, path: string): readonly string[] => {
    const { properties } = isJsonObject(schema) ? schema : {};
    if (!isJsonObject(properties) || !isJsonObject(value) || path.endsWith('.volume')) return [];
    return Object.keys(properties).flatMap((name) =>
      Object.hasOwn(value, name) ? fields(properties[name], value[name], `${path}.${name}`) : [`${path}.${name}`],
    );
  };
  assert.deepEqual(fields(json('values.schema.json'), values, ''), ['.global'], 'what has no default is not explained');
});

test('values for the Hourglass operator are values of this chart', () => {
  const ajv = new Ajv({ allErrors: true });
  const validate = ajv.compile(json('values.schema.json'));
  const file = 'test/fixtures/charts/hourglass-values.yaml';
  assert.ok(validate(parseYamlDocument(readFileSync(file, 'utf8'), { file }).value), ajv.errorsText(validate.errors));
});

/** Paths of all that is no object with fields. */
function leavesOf(value: Json | undefined, path: string): readonly string[] {
  const fields = isJsonObject(value) ? Object.entries(value) : [];
  return fields.length === 0 ? [path] : fields.flatMap(([name, item]) => leavesOf(item, `${path}.${name}`));
}

test('the templates use every value, and no other', () => {
  const names = ['_helpers.tpl', 'NOTES.txt', ...TEMPLATES].map((name) => read(`templates/${name}`)).join('\n');
  const values = yaml('values.yaml');
  const used = [...names.matchAll(/\.Values(\.[A-Za-z.]+)/g)].map(([, path = '']) => path);
  for (const path of used) assert.notEqual(valueAt(values, path.split('.').slice(1)), undefined, path);
  const isUsed = (leaf: string): boolean => used.some((path) => leaf === path || leaf.startsWith(`${path}.`));
  assert.deepEqual(
    leavesOf(values, '').filter((leaf) => !isUsed(leaf)),
    [],
  );
});

const TEMPLATES = [
  'certificate.yaml',
  'crds.yaml',
  'deployment.yaml',
  'monitoring.yaml',
  'networkpolicy.yaml',
  'rbac.yaml',
  'serviceaccount.yaml',
  'services.yaml',
  'webhooks.yaml',
];

test('chart and manifests make the same Pod', () => {
  const options = {
    name: 'edict',
    namespace: 'n',
    image: 'i',
    version: 'v',
    watchNamespace: undefined,
    webhooks: { url: undefined, secret: 's' },
  };
  const pod = valueAt(deployment(options), ['spec', 'template', 'spec']) as JsonObject;
  const [container = {}] = pod.containers as readonly JsonObject[];
  const values = yaml('values.yaml');
  const at = (...path: readonly string[]): Json | undefined => valueAt(values, path);
  assert.deepEqual(at('pod', 'securityContext'), pod.securityContext);
  assert.deepEqual(at('pod', 'containerSecurityContext'), container.securityContext);
  assert.deepEqual(at('operator', 'resources'), container.resources);
  for (const [probe, check] of [
    ['livenessProbe', 'livenessProbe'],
    ['readinessProbe', 'readinessProbe'],
  ] as const) {
    const { httpGet: _, ...times } = container[probe] as JsonObject;
    assert.deepEqual(at('healthChecks', check), times);
  }
  const env = at('operator', 'env') as JsonObject;
  assert.deepEqual([env.metricsPort, env.healthCheckPort, env.webhookPort], Object.values(PORTS));
  const template = read('templates/deployment.yaml');
  const flags = (container.args as readonly string[]).map((flag) => flag.replace(/=.*$/, ''));
  const variables = (container.env as readonly { readonly name: string }[]).map(({ name }) => name);
  for (const name of [...flags, ...variables]) assert.ok(template.includes(name), name);
});

test('the dashboard asks for metrics that the engine has, each panel under a title of its own', () => {
  const { panels } = json('dashboards/edict.json') as { readonly panels: readonly JsonObject[] };
  for (const expression of textsOf(panels, 'expr')) assertKnown(expression.replaceAll('[$__rate_interval]', ''));
  const shown = panels.filter(({ type }) => type !== 'row');
  assert.ok(shown.every(({ description, targets }) => description !== undefined && targets !== undefined));
  const ids = panels.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const asked = textsOf(panels, 'expr').join(' ');
  assert.deepEqual(
    [...METRICS.keys()].map(family).filter((name) => !asked.includes(name)),
    [],
  );
});

test('the documented metrics are those that there are, with their labels', () => {
  const rows = readFileSync('docs/install.md', 'utf8').match(/^\| `edict_.*$/gm) ?? [];
  const documented = new Map<string, readonly string[]>();
  for (const row of rows) {
    const [names = '', labels = ''] = row.split('|').slice(1);
    const words = (cell: string): readonly string[] => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, word = '']) => word);
    for (const name of words(names)) documented.set(name, words(labels));
  }
  const real = new Map<string, readonly string[]>();
  for (const [name, labels] of METRICS)
    real.set(
      family(name),
      [...labels].filter((label) => label !== 'le'),
    );
  assert.deepEqual(new Map([...documented].sort()), new Map([...real].sort()));
});

test('an alert asks for metrics that the engine has, and says what to do', () => {
  const { groups } = yaml('dashboards/alerts.yaml') as { readonly groups: readonly JsonObject[] };
  const rules = groups.flatMap(({ rules: list }) => list as readonly JsonObject[]);
  assert.ok(rules.length > 0);
  for (const { alert, expr, labels, annotations } of rules) {
    assertKnown(String(expr));
    assert.match(String((labels as JsonObject).severity), /^(warning|critical)$/, String(alert));
    assert.deepEqual(Object.keys(annotations as JsonObject), ['summary', 'description'], String(alert));
  }
  // Helm copies it as it is: a template in it is Prometheus's.
  assert.equal(parseYaml(read('dashboards/alerts.yaml'), { file: 'alerts.yaml' }).length, 1);
});
