import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edict, edictHere, temporaryFolder } from './run-edict.js';

const verbs = ['check', 'facts', 'render', 'plan', 'apply', 'delete', 'test', 'new', 'show', 'fmt'];
const notes = temporaryFolder('notes');
const colour = '\u001b[';

test('help names every verb and every exit code, and each verb has help of its own', () => {
  const folder = temporaryFolder();
  const { code, out } = edict(folder, ['--help']);
  assert.equal(code, 0);
  for (const verb of verbs) assert.match(out, new RegExp(`^  ${verb}\\b`, 'm'));
  assert.match(out, /Exit codes: 0 .* 1 .* 2 .* 3 /);
  const plan = edict(folder, ['plan', '--help']);
  assert.equal(plan.code, 0);
  assert.match(plan.out, /--namespace/);
});

test('a wrong command line is exit code 2 of the process too', () => {
  assert.equal(edict(notes, ['plam']).code, 2);
});

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.deepEqual(edict('.', ['--version']), { code: 0, out: `${version}\n`, err: '' });
});

const mistakes: { readonly [name: string]: readonly string[] } = {
  'a verb that there is not': ['plam'],
  'an option that there is not': ['plan', '--colour'],
  'a format that there is not': ['check', '-o', 'xml'],
  'a path that there is not': ['plan', 'nowhere.yaml'],
  'an argument too many': ['check', 'examples'],
  'an argument too few': ['delete'],
  'a namespace that is none': ['plan', '-n', 'Not_A_Name'],
  'two sorts of tests at once': ['test', '--cases', '--policies'],
  'a filter that nothing matches': ['test', 'no-such-case'],
  'a kind that there is not': ['show', 'notee'],
  'a kind in lower case': ['new', 'office', 'memo'],
};
for (const [mistake, words] of Object.entries(mistakes)) {
  test(`${mistake} is a wrong command line`, async () => {
    const { code, err, out } = await edictHere(notes, words);
    assert.deepEqual({ code, out }, { code: 2, out: '' });
    assert.notEqual(err, '');
  });
}

test('a slip in the name of a verb or a kind is answered with what was meant', async () => {
  assert.match((await edictHere(notes, ['plam'])).err, /plan/);
  assert.match((await edictHere(notes, ['show', 'notee'])).err, /note\?/);
});

test('there is colour only where it is asked for', () => {
  assert.ok(!edict(notes, ['plan', 'examples']).out.includes(colour));
  assert.ok(edict(notes, ['plan', 'examples', '--color']).out.includes(colour));
  assert.ok(edict(notes, ['plan', 'examples'], { FORCE_COLOR: '1' }).out.includes(colour));
  assert.ok(!edict(notes, ['plan', 'examples', '--no-color'], { FORCE_COLOR: '1' }).out.includes(colour));
});

test('the same findings are given as text, JSON and YAML', () => {
  const json = JSON.parse(edict(notes, ['plan', 'examples', '-o', 'json']).out) as {
    objects: { object: string; outcome: { state: string }; changes: { action: string }[] }[];
  };
  assert.deepEqual(
    json.objects.map(({ object, outcome, changes }) => [object, outcome.state, changes.map(({ action }) => action)]),
    [['Note/desk/welcome', 'settled', ['create', 'create']]],
  );
  assert.match(edict(notes, ['plan', 'examples', '-o', 'yaml']).out, /^objects:\n {2}- changes:\n/m);
  assert.match(edict(notes, ['plan', 'examples']).out, /^Note\/desk\/welcome\n {2}\+ create /);
  assert.deepEqual(
    (JSON.parse(edict(notes, ['check', '-o', 'json']).out) as { kinds: { kind: string }[] }).kinds.map(
      ({ kind }) => kind,
    ),
    ['Note'],
  );
});

test('a rule set with a fault is exit code 1, with file and line', () => {
  const folder = temporaryFolder('notes');
  writeFileSync(join(folder, 'templates/office/note.jsonnet'), '{\n  desired(facts):: {\n');
  const { code, out } = edict(folder, ['check']);
  assert.equal(code, 1);
  assert.match(out, /templates\/office\/note\.jsonnet:\d+.*\[TemplateInvalid\]/s);
});
