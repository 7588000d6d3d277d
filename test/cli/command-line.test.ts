import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { VERB_HELP } from '#cli/help.js';
import { edict, edictHere, temporaryFolder } from './run-edict.js';

const verbs = [
  'check',
  'facts',
  'render',
  'plan',
  'apply',
  'delete',
  'test',
  'new',
  'show',
  'jsonnet',
  'fmt',
  'manifests',
];
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
  for (const verb of verbs.filter((each) => each !== 'jsonnet'))
    assert.ok(VERB_HELP[verb]?.includes(verb === 'check' ? 'edict test' : `edict ${verb}`), verb);
  assert.match(edict(folder, ['jsonnet', '--help']).out, /Examples:\n {2}edict jsonnet /);
  assert.match(plan.out, /Examples:/);
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
  'an empty root': ['-C', '', 'check'],
  'an empty local folder': ['--state', '', 'plan'],
  'an empty folder for a case': ['facts', 'examples', '--save', ''],
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

test('without a rule set nothing is found to be well', async () => {
  const empty = temporaryFolder();
  for (const words of [['check'], ['plan'], ['test'], ['-C', join(empty, 'nowhere'), 'check']])
    assert.equal((await edictHere(empty, words)).code, 2, words.join(' '));
});

test('what ends a run is data, too, where data is asked for', async () => {
  const folder = temporaryFolder('notes');
  for (const [words, code, fault] of [
    [['-o', 'json', 'plan', 'nowhere.yaml'], 2, 'UsageInvalid'],
    [['-o', 'json', '--state', 'edict.yaml', 'apply', 'examples'], 1, 'FileUnwritable'],
  ] as const) {
    const run = await edictHere(folder, words);
    const { faults } = JSON.parse(run.out) as { readonly faults: readonly { readonly code: string }[] };
    assert.deepEqual([run.code, faults.map((each) => each.code), run.err === ''], [code, [fault], false]);
  }
});

test('what the system refuses is a fault that names the place', async () => {
  const folder = temporaryFolder('notes');
  writeFileSync(join(folder, 'taken'), '');
  const { code, err } = await edictHere(folder, ['--state', 'taken', 'apply', 'examples']);
  assert.equal(code, 1);
  assert.match(err, /taken.*\[File(Unwritable|Unreadable)\]/);
});

test('no text of an object, a file name or an argument reaches the terminal as a control sequence', async () => {
  const folder = temporaryFolder('notes');
  const control = '\u001b';
  const name = JSON.stringify(`a${control}[2J${control}]0;title\u0007\u009b31m\u202e`);
  mkdirSync(join(folder, 'objects'));
  const heading = 'apiVersion: office.example.com/v1\nkind: Note\nmetadata:';
  writeFileSync(join(folder, 'objects/name.yaml'), `${heading} {name: ${name}, namespace: a}\n`);
  writeFileSync(join(folder, 'objects/field.yaml'), `${heading} {name: b, namespace: a}\nspec: {${name}: 1}\n`);
  writeFileSync(join(folder, `objects/x${control}[31m.yaml`), 'a: [');
  const runs = ['plan', 'apply', 'render', 'facts'].flatMap((verb) => [
    [verb, 'objects'],
    [verb, 'objects', '-o', 'json'],
    [verb, `${control}[31m`],
  ]);
  for (const words of [...runs, [`${control}[31m`], ['show', `${control}[31m`]]) {
    const { code, out, err } = await edictHere(folder, words);
    assert.notEqual(code, 0, words.join(' '));
    assert.doesNotMatch(out + err, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, words.join(' '));
  }
});

test('JSON is given by every verb, and says that a deleted object is settled', async () => {
  const folder = temporaryFolder('notes');
  const json = async (...words: string[]): Promise<{ objects?: { outcome: { state: string } }[] }> =>
    JSON.parse((await edictHere(folder, [...words, '-o', 'json'])).out);
  await json('apply', 'examples');
  await json('facts', '--save', 'test/domains/office/note/a-note-is-kept');
  await json('test');
  await json('fmt', '--check');
  await json('show', 'note');
  assert.deepEqual(
    (await json('delete', 'examples')).objects?.map(({ outcome }) => outcome.state),
    ['settled'],
  );
});

test('webhooks are turned neither on nor off by a slip', async () => {
  const folder = temporaryFolder('notes');
  const { code, err } = edict(folder, ['run'], { ENABLE_WEBHOOKS: 'maybe' });
  assert.equal(code, 2, err);
  assert.match(err, /ENABLE_WEBHOOKS is "maybe"\..*true or false/s);
  for (const flag of ['--webhook-url=http://192.0.2.1:9443', '--webhook-bind-address=9443'])
    assert.equal((await edictHere(folder, ['run', flag])).code, 2, flag);
});
