import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { load } from 'js-yaml';
import { type Catalog, entryFor, stalledKind } from '#catalog/catalog.js';
import { coveringRemote, normaliseInstallation } from '#catalog/installation.js';
import { readinessUnder } from '#catalog/readiness.js';
import type { ErrorCode } from '#errors/codes.js';
import { crd, entryOf, type Files, installation, kindFiles, policy, rule, Workbench } from './rule-set.js';

const bench = new Workbench();
after(() => bench.close());

const GOOD: Files = {
  ...kindFiles('shop', 'Gadget'),
  ...kindFiles('shop', 'Widget'),
  'policies/shop/gadget/request.rego': policy('shop/gadget/request'),
};
const REMOTES =
  '  remotes:\n  - {name: gitea, kind: git, url: https://git.example.org}\n  - {name: charts, kind: oci, url: oci://charts.example.org}\n';

const stalledSlugs = ({ stalled }: Catalog): readonly string[] => stalled.map(({ slug }) => slug);
const codes = ({ faults }: Catalog): readonly string[] => [...new Set(faults.map(({ code }) => code))];

const RULE = 'rules/shop/gadget.yaml';
const CRD = 'crds/shop/gadget.yaml';
const TEMPLATE_FILE = 'templates/shop/gadget.jsonnet';

/** One fault: what the files say beside the good ones, what is reported, where, and which kinds it stalls. */
interface Case {
  /** Null: a good file is taken away. */
  readonly files: { readonly [path: string]: string | null };
  readonly code: ErrorCode;
  /** `file` or `file:line`. */
  readonly at: string;
  /** What the fragment matches. */
  readonly fragment?: string;
  readonly stalls: readonly string[];
}

const CASES = load(readFileSync('test/fixtures/catalog/faults.yaml', 'utf8')) as { readonly [sentence: string]: Case };

/** The good files with those of a case. */
function withCase(sentence: string, base: Files = GOOD): Files {
  const files = Object.entries(CASES[sentence]?.files ?? {}).map(([path, text]) => [path, text ?? undefined]);
  return { ...base, ...(Object.fromEntries(files) as Files) };
}

for (const [sentence, { code, at, fragment = '', stalls }] of Object.entries(CASES)) {
  test(`${sentence} is reported with its place, and stalls ${stalls.join(' and ') || 'nothing'}`, async () => {
    const catalog = await bench.load(withCase(sentence));
    const fault = catalog.faults.find(
      ({ code: found, location: { file, line } }) => found === code && [file, `${file}:${line}`].includes(at),
    );
    assert.ok(fault, JSON.stringify(catalog.faults));
    assert.match(fault.fragment ?? '', new RegExp(fragment));
    assert.ok((fault.remedy ?? '') !== '' || code === 'TextNotUTF8', 'a remedy');
    assert.doesNotMatch(JSON.stringify(catalog.faults), /hunter2/);
    assert.deepEqual(stalledSlugs(catalog), stalls);
    for (const { faults } of catalog.stalled) assert.ok(faults.length > 0, 'a stalled kind says why');
    const others = catalog.entries.map(({ rule: { slug } }) => slug);
    assert.deepEqual(
      ['gadget', 'widget'].filter((slug) => !stalls.includes(slug)),
      others,
    );
  });
}

test('all faults of all files are reported in one run, each once, in the order of files and lines', async () => {
  const sentences = [
    'an unknown field of a rule',
    'a policy that does not parse',
    'a template without desired',
    'a file that belongs to nothing',
    'an unknown field of the installation',
  ];
  const files = sentences.reduce<Files>((all, sentence) => withCase(sentence, all), GOOD);
  const catalog = await bench.load(files);
  assert.deepEqual([...codes(catalog)].sort(), [
    'CatalogFileOrphaned',
    'InstallationInvalid',
    'PolicyInvalid',
    'RuleInvalid',
    'TemplateInvalid',
  ]);
  const places = catalog.faults.map(({ location: { file } }) => file ?? '');
  assert.deepEqual(places, [...places].sort());
  assert.equal(new Set(catalog.faults.map((fault) => JSON.stringify(fault))).size, catalog.faults.length);
});

test('a good rule set has no faults, and gives its kinds whatever version is asked for', async () => {
  const catalog = await bench.load(GOOD);
  assert.deepEqual(catalog.faults, []);
  assert.equal(entryFor(catalog, { apiVersion: 'example.org/v9', kind: 'Gadget' })?.rule.slug, 'gadget');
  assert.equal(entryFor(catalog, { apiVersion: 'example.com/v1', kind: 'Gadget' }), undefined);
  const broken = await bench.load(withCase('an unknown field of a rule'));
  assert.equal(stalledKind(broken, { apiVersion: 'example.org/v1', kind: 'Gadget' })?.slug, 'gadget');
});

test('an empty rule set has no kinds and no faults', async () => {
  const catalog = await bench.load({});
  assert.deepEqual([catalog.entries, catalog.stalled, catalog.faults], [[], [], []]);
});

test('a rule is given every default, and its parameters in their places', async () => {
  const spec = `  parameters: {ns: {type: string, default: lab}, repository: {type: string}}
  reads: {resources: [{as: a, apiVersion: v1, kind: Pod, namespace: {parameter: ns}, labels: {app: {path: 'metadata.labels["a.b/c"]'}}}]}
  writes: {repositories: [{remote: gitea, repository: {parameter: repository}, paths: [{parameter: ns}]}], resources: [{apiVersion: v1, kind: Pod, namespaces: [{parameter: ns}]}]}
  limits: {output: 16Ki}
`;
  const edict = installation(`${REMOTES}  parameters: {shop: {repository: a/b}}\n`);
  const catalog = await bench.load({ ...kindFiles('shop', 'Gadget', spec), 'edict.yaml': edict });
  assert.deepEqual(catalog.faults, []);
  const [entry] = catalog.entries;
  assert.deepEqual(entry?.rule.parameters, { ns: 'lab', repository: 'a/b' });
  assert.deepEqual(entry?.rule.reads.resources, [
    {
      as: 'a',
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: { from: 'literal', value: 'lab' },
      selection: { by: 'labels', labels: { app: { from: 'path', path: ['metadata', 'labels', 'a.b/c'] } } },
      fields: [],
      optional: false,
    },
  ]);
  assert.deepEqual(entry?.rule.writes.repositories, [{ remote: 'gitea', repository: 'a/b', paths: ['lab'] }]);
  assert.deepEqual(entry?.rule.writes.resources[0]?.namespaces, ['lab']);
  assert.deepEqual(entry?.rule.limits, { steps: 10_000_000, depth: 500, output: 16384, facts: 16777216 });
  assert.deepEqual(
    [entry?.rule.drift, entry?.rule.deletion, entry?.rule.hold],
    ['Correct', { resources: 'Delete', files: 'Delete', finalizers: [] }, { deletes: undefined }],
  );
});

test('what leads to a pass is in milliseconds, and every object is looked at once an hour where the rule says nothing', async () => {
  const triggersOf = async (spec: string): Promise<unknown> =>
    (await bench.load(kindFiles('shop', 'Gadget', spec))).entries[0]?.rule.triggers;
  assert.deepEqual(await triggersOf(''), { clock: undefined, resync: 3_600_000, throttle: 0 });
  const spec = '  triggers: {clock: 1m, resync: 2m, throttle: 5s}\n';
  assert.deepEqual(await triggersOf(spec), { clock: 60_000, resync: 120_000, throttle: 5000 });
});

test('policies of rule and installation are applied once each, and what the rule names denies without exemption', async () => {
  const edict = installation(`  policies:
  - {package: common/x, match: [{kind: Gadget}], exempt: [{object: Gadget/a/b}]}
  - {package: common/y, match: [{apiVersion: example.org/v0, kind: Gadget, namespaces: [a]}], enforce: Deny, exempt: [{object: Gadget/a/b, until: 2026-01-31}]}
`);
  const files = {
    ...GOOD,
    'edict.yaml': edict,
    [RULE]: rule('Gadget', '  policies: [common/x]\n'),
    'policies/common/x/request.rego': policy('common/x/request'),
    'policies/common/y/request.rego': policy('common/y/request'),
  };
  const catalog = await bench.load(files);
  assert.deepEqual(catalog.faults, []);
  const applied = entryFor(catalog, { apiVersion: 'example.org/v1', kind: 'Gadget' })?.policies.request.map(
    ({ policy: { path }, ...rest }) => ({ path, ...rest }),
  );
  assert.deepEqual(applied, [
    { path: 'shop/gadget/request', enforce: 'Deny', exempt: [], namespaces: [] },
    { path: 'common/x/request', enforce: 'Deny', exempt: [], namespaces: [] },
    {
      path: 'common/y/request',
      enforce: 'Deny',
      exempt: [{ object: 'Gadget/a/b', until: '2026-01-31' }],
      namespaces: ['a'],
    },
  ]);
  assert.deepEqual(entryFor(catalog, { apiVersion: 'example.org/v1', kind: 'Widget' })?.policies.request, []);
});

test('the revision of a kind changes with what its evaluation depends on, and with nothing else', async () => {
  const base: Files = {
    ...GOOD,
    ...kindFiles('shop', 'Gadget', '  policies: [common/x]\n'),
    'edict.yaml': installation('  instance: a\n'),
    [TEMPLATE_FILE]: "local a = import '../lib/a.libsonnet';\n{ desired(facts):: a }",
    'templates/lib/a.libsonnet': "{ b:: import 'b.libsonnet' }",
    'templates/lib/b.libsonnet': '{ x:: 1 }',
    'templates/lib/unused.libsonnet': '{}',
    'policies/common/x/request.rego': policy('common/x/request', 'data.common.lib.bad'),
    'policies/common/lib.rego': 'package common.lib\n\nbad if input.object.spec.bad\n',
    'policies/common/unused.rego': 'package common.unused\n\nbad if input.object.spec.bad\n',
    'policies/common/z/request.rego': policy('common/z/request'),
  };
  const revisionWith = async (files: Files): Promise<string> => {
    const catalog = await bench.load({ ...base, ...files });
    assert.deepEqual(catalog.faults, []);
    return entryFor(catalog, { apiVersion: 'example.org/v1', kind: 'Gadget' })?.revision ?? '';
  };
  const revision = await revisionWith({});
  const changing: readonly Files[] = [
    { 'templates/lib/b.libsonnet': '{ x:: 2 }' },
    { [TEMPLATE_FILE]: '{ desired(facts):: {} }' },
    {
      [CRD]: crd('Gadget').replace(
        '          status:',
        '          other: {type: string, default: x}\n          status:',
      ),
    },
    { [RULE]: rule('Gadget', '  policies: [common/x]\n  drift: Report\n') },
    { [RULE]: rule('Gadget', '  policies: [common/x]\n  triggers: {clock: 2m}\n') },
    { 'policies/shop/gadget/request.rego': policy('shop/gadget/request', 'input.object.spec.worse') },
    { 'policies/common/lib.rego': 'package common.lib\n\nbad if input.object.spec.worse\n' },
    { 'edict.yaml': installation('  policies: [{package: common/z, match: [{kind: Gadget}]}]\n') },
  ];
  for (const files of changing) assert.notEqual(await revisionWith(files), revision, Object.keys(files).join());
  const unchanging: readonly Files[] = [
    {},
    { 'templates/lib/unused.libsonnet': '{ x:: 1 }' },
    { 'templates/shop/widget.jsonnet': '{ desired(facts):: { resources: [] } }' },
    { 'policies/common/unused.rego': 'package common.unused\n\nbad if input.object.spec.worse\n' },
    {
      [RULE]: `# a note\n${rule('Gadget', '  policies: [common/x]\n  concurrency: 4\n  triggers: {resync: 2m, throttle: 5s}\n')}`,
    },
    { 'edict.yaml': installation('  policies: [{package: common/z, match: [{kind: Widget}]}]\n') },
  ];
  for (const files of unchanging) assert.equal(await revisionWith(files), revision, Object.keys(files).join());
});

test('a URL is covered by the remote of its own host and path, and by no other', () => {
  const remotes = [
    { name: 'git', kind: 'git', url: 'https://git.example.org/team/' },
    { name: 'deep', kind: 'git', url: 'https://git.example.org/team/deep' },
    { name: 'shell', kind: 'git', url: 'ssh://git@git.example.org' },
  ];
  const known = normaliseInstallation({ remotes });
  const covered: readonly (readonly [string, string | undefined])[] = [
    ['git', 'git'],
    ['https://git.example.org/team', 'git'],
    ['https://git.example.org/team/x', 'git'],
    ['https://git.example.org/team/deep/x', 'deep'],
    ['ssh://git@git.example.org/a/b', 'shell'],
    ['https://git.example.org/teamx', undefined],
    ['https://git.example.org.evil/team', undefined],
    ['https://git.example.org/team/../other', undefined],
    ['https://git.example.org/team/..', undefined],
    ['https://git.example.org/team/./x', undefined],
    ['https://git.example.org/team/%2e%2e/x', undefined],
    ['https://git.example.org/team/x?y', undefined],
    ['https://git.example.org/team/x#y', undefined],
    ['https://git.example.org/team/a@b', undefined],
    ['https://user@git.example.org/team/x', undefined],
    ['http://git.example.org/team/x', undefined],
    ['', undefined],
  ];
  for (const [reference, name] of covered) assert.equal(coveringRemote(known, reference)?.name, name, reference);
});

test('a child is ready when the expression of its rule says true, and leaves as any other', () => {
  const entry = entryOf({
    writes: { resources: [{ apiVersion: 'v1', kind: 'Pod', ready: "self.?status.?phase.orValue('') == 'Up'" }] },
  });
  const pod = (phase: string, deletionTimestamp?: string): Parameters<typeof readinessUnder>[1] => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
    status: { phase },
  });
  assert.deepEqual(
    [pod('Up'), pod('Running'), pod('Up', 'now')].map((each) => readinessUnder(entry, each)),
    ['Ready', 'InProgress', 'Terminating'],
  );
  assert.equal(readinessUnder(entryOf({}), pod('Succeeded')), 'Ready');
});
