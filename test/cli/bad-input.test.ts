import assert from 'node:assert/strict';
import { test } from 'node:test';
import { note, type Result, RuleSet } from './rule-set.js';

/** A template that does what the text of its note says. */
const TEMPLATE = `
local recurse(n) = recurse(n + 1) + 1;
local double(text, times) = if times == 0 then text else double(text + text, times - 1);
local file(path, content='x') = { repository: { remote: 'archive', name: 'office/notes', branch: 'main' }, path: path, content: content };
local config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b' } };
local handle = { '$secret': { as: 'key', key: 'password' } };
local outputs(note) = {
  good: { files: [file('notes/%s.yaml' % note.metadata.name)], resources: [config { metadata: { name: note.metadata.name } }] },
  recursion: { files: [recurse(0)] },
  loop: { files: [std.length([0 for a in std.range(1, 30000) for b in std.range(1, 30000) if a + b < 0])] },
  allocation: { files: [file('notes/x', double('xxxxxxxxxxxxxxxx', 40))] },
  failure: { files: [note.spec.absent] },
  shape: [],
  field: { files: [file('notes/x') { mode: 'x' }] },
  huge: { files: [file('notes/x', double('xxxxxxxxxxxxxxxx', 19))] },
  kind: { resources: [config { kind: 'Pod' }] },
  namespace: { resources: [config { metadata+: { namespace: 'kube-system' } }] },
  generateName: { resources: [config { metadata: { generateName: 'x-' } }] },
  remote: { files: [file('notes/x') { repository+: { remote: 'https://evil.example' } }] },
  prefix: { files: [file('notes/x') { repository+: { remote: 'https://git.example.com.evil.example' } }] },
  repository: { files: [file('notes/x') { repository+: { name: 'office/other' } }] },
  chart: { files: [file('notes/x')] },
  parent: { files: [file('notes/../../x')] },
  git: { files: [file('notes/.GIT/hooks')] },
  absolute: { files: [file('/etc/passwd')] },
  unlisted: { files: [file('elsewhere/x')] },
  secretInFile: { files: [file('notes/x', { password: handle })] },
  secretInLabel: { resources: [config { metadata+: { labels: { a: handle } } }] },
  secretInStatus: { files: [file('notes/status.yaml')] },
  pathFirst: { files: [file('notes/same', 'first')] },
  pathSecond: { files: [file('notes/same', 'second')] },
  prototype: { resources: [config { data: { ['__proto__']: 'x' } }] },
};
{
  charts(object, parameters):: if object.spec.text == 'chart' then [{ repository: 'oci://evil.example', chart: 'c', version: '1' }] else [],
  desired(facts):: outputs(facts.object)[facts.object.spec.text],
  status(facts, result):: if facts.object.spec.text == 'secretInStatus' then { password: handle } else { outcome: result.outcome },
}
`;

/** What each note comes to: its code, and where the fault says it is. */
const EXPECTED: { readonly [text: string]: readonly [code: string, path?: string] } = {
  recursion: ['EvaluationTooDeep'],
  loop: ['EvaluationTimeout'],
  allocation: ['EvaluationOutOfMemory'],
  failure: ['TemplateFailed'],
  shape: ['TemplateOutputInvalid'],
  field: ['TemplateOutputInvalid', 'desired.files[0].mode'],
  huge: ['TemplateOutputTooLarge'],
  kind: ['WriteForbidden', 'desired.resources[0]'],
  namespace: ['NamespaceForbidden', 'desired.resources[0].metadata.namespace'],
  generateName: ['TemplateOutputInvalid', 'desired.resources[0].metadata.generateName'],
  remote: ['RemoteUnknown', 'desired.files[0].repository.remote'],
  prefix: ['RemoteUnknown', 'desired.files[0].repository.remote'],
  repository: ['WriteForbidden', 'desired.files[0].repository'],
  chart: ['RemoteUnknown'],
  parent: ['PathForbidden', 'desired.files[0].path'],
  git: ['PathForbidden', 'desired.files[0].path'],
  absolute: ['PathForbidden', 'desired.files[0].path'],
  unlisted: ['WriteForbidden', 'desired.files[0].path'],
  secretInFile: ['SecretForbidden'],
  secretInLabel: ['SecretForbidden'],
  secretInStatus: ['SecretForbidden'],
  prototype: ['KeyForbidden'],
};

const nameOf = (text: string): string => text.toLowerCase();

test('what a template does wrong is named and stopped, and the other objects are published', () => {
  const set = new RuleSet();
  set.write('templates/office/note.jsonnet', TEMPLATE);
  set.edit(
    'rules/office/note.yaml',
    '  writes:',
    "    - {as: key, apiVersion: v1, kind: Secret, name: key}\n    charts: [{remote: archive, chart: '*'}]\n  writes:",
  );
  for (const text of ['good', 'pathFirst', 'pathSecond', ...Object.keys(EXPECTED)])
    set.write(`objects/${nameOf(text)}.yaml`, note(nameOf(text), text));
  const { code, byObject, run } = set.results('apply', 'objects');
  assert.equal(code, 1, run.stderr);
  for (const [text, [expected, path]] of Object.entries(EXPECTED)) {
    const result = byObject.get(`Note/office/${nameOf(text)}`) as Result;
    const [fault] = result.faults;
    assert.equal(fault?.code, expected, `${text}: ${JSON.stringify(result.faults)}`);
    const { location } = fault;
    assert.ok(location.file !== undefined || location.object !== undefined, `${text} says where`);
    if (path !== undefined) assert.equal(location.path, path, text);
    if (path !== undefined && !text.startsWith('secret'))
      assert.ok(fault.fragment !== undefined, `${text} shows the fragment`);
    assert.equal(set.stored(`configmap/${nameOf(text)}`).size, 0, text);
  }
  const states = ['good', 'pathfirst', 'pathsecond'].map((name) => byObject.get(`Note/office/${name}`)?.outcome.reason);
  assert.deepEqual([states[0], [...states.slice(1)].sort()], ['Settled', ['PathTaken', 'Settled']]);
  const tree = set.git('ls-tree', '-r', '--name-only', 'main').split('\n');
  assert.deepEqual(
    tree.filter((path) => !path.startsWith('.edict/')),
    ['notes/good.yaml', 'notes/same', 'notes/status.yaml'],
  );
  assert.equal(tree.filter((path) => path.startsWith('.edict/')).length, 3, 'who was refused owns nothing');
  assert.equal(set.git('fsck', '--strict'), '');
});

test('policies that fail or never end forbid, and keep no other object', () => {
  const set = new RuleSet();
  set.edit(
    'policies/office/note/request.rego',
    'package office.note.request',
    `package office.note.request

deny contains "never said" if {
	input.object.spec.text == "error"
	to_number(input.object.spec.text) > 0
}

deny contains "never said" if {
	input.object.spec.text == "endless"
	some a in numbers.range(1, 1000000)
	some b in numbers.range(1, 1000000)
	a + b < 0
}`,
  );
  for (const text of ['error', 'endless', 'fine']) set.write(`objects/${text}.yaml`, note(text, text));
  const { code, byObject, run } = set.results('apply', 'objects');
  assert.notEqual(code, 0, run.stderr);
  const states = ['error', 'endless', 'fine'].map((name) => byObject.get(`Note/office/${name}`)?.outcome.reason);
  assert.deepEqual(states, ['PolicyDenied', 'PolicyDenied', 'Settled']);
  assert.deepEqual(set.git('ls-tree', '-r', '--name-only', 'main', 'notes/'), 'notes/fine.yaml');
});

const long = 'x'.repeat(5 * 1024 * 1024);
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 9 }, (_, index) => {
    const [from, to] = ['abcdefghij'.charAt(index), 'abcdefghij'.charAt(index + 1)];
    return `${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(', ')}]`;
  }),
].join('\n');

/** Files that hold no object that could be taken, with their code, line and a piece of the remedy's place. */
const FILES: { readonly [file: string]: readonly [content: string | Uint8Array, code: string, line?: number] } = {
  'broken.yaml': ['apiVersion: v1\nkind: [unclosed\n', 'YAMLInvalid'],
  'tabs.yaml': ['a:\n\tb: 1\n', 'YAMLInvalid', 2],
  'duplicate-key.yaml': [`${note('twice', 'a')}kind: Note\n`, 'YAMLInvalid'],
  'unknown-field.yaml': [`${note('unknown', 'a', ', txet: b')}`, 'ObjectInvalid', 4],
  'wrong-type.yaml': [
    'apiVersion: office.example.com/v1\nkind: Note\nmetadata: {name: typed}\nspec:\n  text: 5\n',
    'ObjectInvalid',
    5,
  ],
  'unknown-kind.yaml': ['apiVersion: office.example.com/v1\nkind: Nope\nmetadata: {name: a}\n', 'ObjectKindUnknown', 1],
  'no-object.yaml': ['just: data\n', 'ObjectInvalid', 1],
  'bomb.yaml': [bomb, 'YAMLTooDeep'],
  'deep.yaml': [`a: ${'['.repeat(5000)}${']'.repeat(5000)}`, 'YAMLTooDeep'],
  'prototype.yaml': [
    'apiVersion: office.example.com/v1\nkind: Note\nmetadata: {name: p}\nspec: {text: a, __proto__: {b: 1}}\n',
    'KeyForbidden',
    4,
  ],
  'latin.yaml': [Buffer.from('apiVersion: v1\nkind: Caf\xe9\n', 'latin1'), 'TextNotUTF8', 2],
  'huge.yaml': [note('huge', long), 'FileTooLarge'],
};

test('a file that holds no good object is named with its line, and the objects of other files are published', () => {
  const set = new RuleSet();
  for (const [file, [content]] of Object.entries(FILES)) set.write(`objects/${file}`, content);
  set.write('objects/good.yaml', note('good', 'good'));
  set.write('objects/twin-a.yaml', note('twin', 'a'));
  set.write('objects/twin-b.yaml', note('twin', 'b'));
  for (const verb of ['plan', 'apply']) {
    const run = set.run('-o', 'json', verb, 'objects');
    assert.equal(run.code, 1, run.stderr);
    const { objects } = JSON.parse(run.stdout) as {
      readonly objects: readonly (Result & { readonly file?: string })[];
    };
    for (const [file, [, code, line]] of Object.entries(FILES)) {
      const faults = objects.filter((result) => result.file === `objects/${file}`).flatMap((result) => result.faults);
      assert.equal(faults[0]?.code, code, `${file}: ${JSON.stringify(faults)}`);
      assert.equal(faults[0]?.location.file, `objects/${file}`);
      if (line !== undefined) assert.equal(faults[0]?.location.line, line, file);
    }
    const twins = objects.filter(({ object }) => object === 'Note/office/twin');
    assert.deepEqual(
      twins.flatMap(({ faults }) => faults.map(({ code }) => code)),
      ['ObjectInvalid'],
    );
    assert.equal(objects.find(({ object }) => object === 'Note/office/good')?.outcome.reason, 'Settled');
    assert.equal(
      set.stored('note.office').size,
      verb === 'plan' ? 0 : 2,
      'a plan stores nothing, and apply only what it took',
    );
  }
  assert.equal(set.git('ls-tree', '-r', '--name-only', 'main', 'notes/'), 'notes/good.yaml\nnotes/twin.yaml');
});

test('an object that is larger than a cluster takes is refused before anything is written', () => {
  const set = new RuleSet();
  set.edit('crds/office/note.yaml', 'maxLength: 100', 'maxLength: 10000000');
  set.write('objects/large.yaml', note('large', 'x'.repeat(3_500_000)));
  set.write('objects/good.yaml', note('good', 'good'));
  const { code, byObject } = set.results('apply', 'objects');
  assert.equal(code, 1);
  assert.equal(byObject.get('Note/office/large')?.faults[0]?.code, 'ObjectTooLarge');
  assert.equal(byObject.get('Note/office/good')?.outcome.reason, 'Settled');
  assert.equal(set.stored('large').size, 0);
});

test('every fault of a rule set is reported in one run with its file, and stalls only its own kind', () => {
  const set = new RuleSet();
  set.write('rules/office/broken.yaml', 'spec: [\n');
  set.write('rules/other/note.yaml', 'apiVersion: edict.dev/v1alpha1\nkind: Rule\nmetadata: {name: note}\nspec: {}\n');
  set.write(
    'rules/office/unknown.yaml',
    'apiVersion: edict.dev/v1alpha1\nkind: Rule\nmetadata: {name: unknown}\nspec: {for: {apiVersion: v1, kind: Secret}, wirtes: {}}\n',
  );
  set.write('policies/office/unknown/request.rego', 'package office.unknown.request\n\ndeny contains 1 if {\n\tx\n}\n');
  set.write('templates/office/unknown.jsonnet', '{ desired(facts):: {\n');
  const run = set.run('-o', 'json', 'check');
  assert.equal(run.code, 1);
  const { faults } = JSON.parse(run.stdout) as { readonly faults: Result['faults'] };
  const found = new Set(faults.map(({ code, location }) => `${code} ${location.file}`));
  for (const expected of [
    'YAMLInvalid rules/office/broken.yaml',
    'RuleInvalid rules/office/unknown.yaml',
    'PolicyInvalid policies/office/unknown/request.rego',
    'TemplateInvalid templates/office/unknown.jsonnet',
  ])
    assert.ok(found.has(expected), `${expected} in ${[...found].join('\n')}`);
  assert.ok(faults.some(({ code }) => code === 'CatalogSlugDuplicate'));
  assert.ok(faults.every(({ location }) => location.file !== undefined));
});

test('one changed object among many is one evaluation', () => {
  const set = new RuleSet();
  const count = 200;
  for (let index = 0; index < count; index++) set.write(`objects/n${index}.yaml`, note(`n${index}`, `text ${index}`));
  assert.equal(set.run('apply', 'objects').code, 0);
  const planned = (): string | undefined => set.run('plan', 'objects').stdout.trim().split('\n').at(-1);
  assert.equal(planned(), 'Plan: 0 to create, 0 to change, 0 to delete. 0 of 200 templates evaluated.');
  set.write('objects/n7.yaml', note('n7', 'changed'));
  assert.equal(planned(), 'Plan: 0 to create, 2 to change, 0 to delete. 1 of 200 templates evaluated.');
  assert.ok(Number(set.git('rev-list', '--count', 'main')) <= 3, 'and many changes are few commits');
});
