import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edict, edictHere, temporaryFolder } from './run-edict.js';

const caseName = 'a-note-is-kept-in-two-places';
const casePath = `test/domains/office/note/${caseName}`;

/** A rule set with one case, accepted as it is. */
function folderWithCase(): string {
  const folder = temporaryFolder('notes');
  assert.equal(edict(folder, ['facts', 'examples', '--save', casePath]).code, 0);
  assert.equal(edict(folder, ['test', '--update']).code, 0);
  return folder;
}

interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly { readonly name: string; readonly differences: readonly { readonly path: string }[] }[];
  readonly policies: readonly { readonly name: string; readonly outcome: string }[];
}

function report(folder: string, words: readonly string[] = []): Report {
  return JSON.parse(edict(folder, ['test', '-o', 'json', ...words]).out) as Report;
}

test('saved facts are a case, and what it comes to is golden once it is accepted', () => {
  const folder = folderWithCase();
  assert.equal(
    readFileSync(join(folder, casePath, 'expected/git/archive/office/notes/notes/welcome.yaml'), 'utf8'),
    'text: Welcome\n',
  );
  assert.match(readFileSync(join(folder, casePath, 'plan.txt'), 'utf8'), /^Plan: 2 to create/m);
  assert.match(readFileSync(join(folder, casePath, 'verdict.yaml'), 'utf8'), /^outcome: settled$/m);
  const { passed, failed, cases, policies } = report(folder);
  assert.deepEqual([passed, failed, cases.length, policies.length], [2, 0, 1, 1]);
  assert.equal(edict(folder, ['facts', 'examples', '--save', casePath]).code, 2, 'a case is not overwritten');
  for (const place of ['foo', 'test/domains/office/other/a-note', 'test/domains/office/note', `${casePath}/deeper`]) {
    const { code, err } = edict(folder, ['facts', 'examples', '--save', place]);
    assert.deepEqual([code, /test\/domains\/office\/note\/<case>/.test(err)], [2, true], place);
  }
});

test('a golden file that differs, is missing or is not produced fails its case, with what to do about it', () => {
  const folder = folderWithCase();
  writeFileSync(join(folder, casePath, 'expected/cluster/ConfigMap.other.yaml'), 'kind: ConfigMap\n');
  const template = join(folder, 'templates/office/note.jsonnet');
  writeFileSync(template, readFileSync(template, 'utf8').replace("'notes/%s.yaml'", "'notes/%s.yml'"));
  const { code, out } = edict(folder, ['test']);
  assert.equal(code, 1);
  assert.match(out, new RegExp(`--update office/note/${caseName}`));
  assert.match(out, /^ {4}-text: Welcome$/m);
  assert.deepEqual(
    report(folder).cases[0]?.differences.map(({ path }) => path),
    [
      'expected/cluster/ConfigMap.other.yaml',
      'expected/git/archive/office/notes/notes/welcome.yaml',
      'expected/git/archive/office/notes/notes/welcome.yml',
      'plan.txt',
    ],
  );
  assert.equal(edict(folder, ['test', '--cases'], { UPDATE_GOLDEN: '1' }).code, 0);
  assert.equal(report(folder).failed, 0);
  assert.ok(!existsSync(join(folder, casePath, 'expected/cluster/ConfigMap.other.yaml')));
});

test('a warning that nobody expects fails', () => {
  const folder = folderWithCase();
  const policy = join(folder, 'policies/office/note/request.rego');
  writeFileSync(policy, readFileSync(policy, 'utf8').replace('"!"', '"W"'));
  assert.deepEqual(
    report(folder).cases[0]?.differences.map(({ path }) => path),
    ['plan.txt', 'verdict.yaml'],
  );
});

test('a case that cannot be run is a failure and never becomes golden', () => {
  const folder = folderWithCase();
  const facts = join(folder, casePath, 'facts.yaml');
  for (const [text, code] of [
    ['objekt: {}\n', 'CaseInvalid'],
    [readFileSync(facts, 'utf8').replace('kind: Note', 'kind: Other'), 'CaseInvalid'],
    ['object: [\n', 'YAMLInvalid'],
  ] as const) {
    writeFileSync(facts, text);
    const run = edict(folder, ['test', '--update', '-o', 'json']);
    const { cases } = JSON.parse(run.out) as { cases: { faults: { code: string }[]; updated: string[] }[] };
    assert.deepEqual([run.code, cases[0]?.faults[0]?.code, cases[0]?.updated], [1, code, []]);
  }
});

test('a policy test that fails is named with its place, and coverage names lines that no test runs', () => {
  const folder = temporaryFolder('notes');
  const covered = edict(folder, ['test', '--policies', '--coverage']);
  assert.equal(covered.code, 0);
  assert.match(covered.out, /policies\/office\/note\/request\.rego +\d+\.\d % +\d/);
  const tests = join(folder, 'policies/office/note/request_test.rego');
  writeFileSync(tests, readFileSync(tests, 'utf8').replace('{"Rude"}', '{"Kind"}'));
  const { code, out } = edict(folder, ['test']);
  assert.equal(code, 1);
  assert.match(out, /fail test_a_rude_note_is_denied policies\/office\/note\/request_test\.rego:5/);
});

test('formatting shows tabs as they are, and a policy that cannot be read keeps no other from it', () => {
  const folder = temporaryFolder('notes');
  const policy = join(folder, 'policies/office/note/request.rego');
  const text = readFileSync(policy, 'utf8');
  writeFileSync(policy, text.replaceAll('\n', '\r\n'));
  const shown = edict(folder, ['fmt', '--check']);
  assert.deepEqual([shown.code, /^ {4}\+\tcontains\(/m.test(shown.out)], [1, true], shown.out);
  writeFileSync(join(folder, 'policies/office/note/latin_test.rego'), Buffer.from('# caf\xe9\n', 'latin1'));
  const { code, err } = edict(folder, ['fmt']);
  assert.deepEqual([code, readFileSync(policy, 'utf8')], [1, text]);
  assert.match(err, /latin_test\.rego:1.*\[TextNotUTF8\]/);
  assert.match(edict(folder, ['test']).err, /latin_test\.rego:1.*\[TextNotUTF8\]/);
});

test('a filter leaves out what has none of its parts in its name', () => {
  const folder = folderWithCase();
  assert.deepEqual(report(folder, ['two-places']).policies, []);
  assert.deepEqual(report(folder, ['rude']).cases, []);
});

test('show prints every file of a kind under its name, and gives paths as data', async () => {
  const folder = folderWithCase();
  for (const name of ['note', 'Note', 'notes', 'office/note']) {
    const { files, cases } = JSON.parse((await edictHere(folder, ['show', name, '-o', 'json'])).out) as {
      files: string[];
      cases: string[];
    };
    assert.deepEqual(files, [
      'crds/office/note.yaml',
      'rules/office/note.yaml',
      'templates/office/note.jsonnet',
      'policies/office/note/request.rego',
      'policies/office/note/request_test.rego',
      'examples/note.yaml',
    ]);
    assert.deepEqual(cases, [`office/note/${caseName}`]);
  }
  const { out } = edict(folder, ['show', 'note']);
  assert.match(out, /└── archive\/office\/notes notes\/\*/);
  assert.match(out, /── templates\/office\/note\.jsonnet ─+\n\/\/ A note is kept/);
});

test('fmt formats policies, and with --check only tells', () => {
  const folder = temporaryFolder('notes');
  const policy = join(folder, 'policies/office/note/request.rego');
  const good = readFileSync(policy, 'utf8');
  const bad = good.replace('\n\nwarn', '\nwarn').replaceAll('\t', '   ');
  writeFileSync(policy, bad);
  const check = edict(folder, ['fmt', '--check']);
  assert.equal(check.code, 1);
  assert.match(check.out, /^policies\/office\/note\/request\.rego\n/);
  assert.equal(readFileSync(policy, 'utf8'), bad);
  assert.equal(edict(folder, ['fmt', 'policies/office']).code, 0);
  assert.equal(readFileSync(policy, 'utf8'), good);
  writeFileSync(policy, 'package office.note.request\n\ndeny contains {');
  const broken = edict(folder, ['fmt']);
  assert.equal(broken.code, 1);
  assert.match(broken.err, /request\.rego:3.*\[PolicyInvalid\]/s);
});

test('fmt formats templates and libraries, and names one that does not parse', () => {
  const folder = temporaryFolder('notes');
  const template = join(folder, 'templates/office/note.jsonnet');
  const library = join(folder, 'templates/lib/names.libsonnet');
  const good = readFileSync(template, 'utf8');
  writeFileSync(template, good.replaceAll("'", '"'));
  mkdirSync(join(library, '..'), { recursive: true });
  writeFileSync(library, '{a:1}');
  const { code, out } = edict(folder, ['fmt', '--check', '-o', 'json']);
  assert.equal(code, 1);
  assert.deepEqual((JSON.parse(out) as { changed: string[] }).changed, [
    'templates/lib/names.libsonnet',
    'templates/office/note.jsonnet',
  ]);
  assert.equal(edict(folder, ['fmt', 'templates/lib']).out, 'templates/lib/names.libsonnet\n');
  assert.equal(readFileSync(library, 'utf8'), '{ a: 1 }\n');
  assert.notEqual(readFileSync(template, 'utf8'), good);
  assert.equal(edict(folder, ['fmt']).code, 0);
  assert.equal(readFileSync(template, 'utf8'), good);
  writeFileSync(library, '{\n  a: ]\n}\n');
  const broken = edict(folder, ['fmt']);
  assert.equal(broken.code, 1);
  assert.match(broken.err, /templates\/lib\/names\.libsonnet:2:6.*\[TemplateInvalid\]/);
});

test('check warns of what a template never uses, and fails nothing for it', () => {
  const folder = temporaryFolder('notes');
  const template = join(folder, 'templates/office/note.jsonnet');
  writeFileSync(join(folder, 'templates/more.libsonnet'), '{ a():: std.lenght([]) }\n');
  const text = readFileSync(template, 'utf8');
  writeFileSync(template, `local more = import '../more.libsonnet';\nlocal spare = 1;\n${text}`);
  const { code, out } = edict(folder, ['check']);
  assert.equal(code, 0);
  assert.match(
    out,
    /^warning templates\/office\/note\.jsonnet:2:7: the local spare .*\[TemplateLocalUnused\]\n {4}local spare/m,
  );
  assert.match(out, /^ {4}length may be meant\. /m);
  assert.match(out, /^1 kind, 0 faults, 3 warnings, revision /m);
  const { faults, warnings } = JSON.parse(edict(folder, ['check', '-o', 'json']).out) as {
    faults: unknown[];
    warnings: { code: string; location: { file: string; line: number } }[];
  };
  assert.deepEqual(faults, []);
  assert.deepEqual(
    warnings.map(({ code: sort, location: { file, line } }) => [sort, file, line]),
    [
      ['TemplateMemberUnknown', 'templates/more.libsonnet', 1],
      ['TemplateImportUnused', 'templates/office/note.jsonnet', 1],
      ['TemplateLocalUnused', 'templates/office/note.jsonnet', 2],
    ],
  );
  writeFileSync(template, 'local spare = 1; {');
  const broken = edict(folder, ['check']);
  assert.equal(broken.code, 1);
  assert.match(broken.out, /1 stalled \(note\), 1 fault, 1 warning, /);
});

test('children, related objects and charts that a case does not state are taken as the rule set gives them', () => {
  const folder = folderWithCase();
  const path = join(folder, 'test/domains/office/note/a-note-that-exists-is-changed');
  mkdirSync(path);
  const facts = [
    'object:',
    '  apiVersion: office.example.com/v1',
    '  kind: Note',
    '  metadata: {name: welcome, namespace: desk}',
    '  spec: {text: Welcome}',
    'children:',
    '  ConfigMap/desk/welcome:',
    '    apiVersion: v1',
    '    kind: ConfigMap',
    '    metadata: {name: welcome, namespace: desk}',
    '    readiness: Ready',
    '    data: {text: Hello}',
  ];
  writeFileSync(join(path, 'facts.yaml'), `${facts.join('\n')}\n`);
  assert.equal(edict(folder, ['test', '--update']).code, 0);
  const plan = readFileSync(join(path, 'plan.txt'), 'utf8');
  assert.match(plan, /~ update ConfigMap\/desk\/welcome\n {6}data\.text: Hello → Welcome\n/);
  writeFileSync(join(path, 'facts.yaml'), `${facts.join('\n').replace('Ready', 'Failed')}\n`);
  assert.equal(edict(folder, ['test']).code, 1, 'the readiness that a case states must be true');
});
