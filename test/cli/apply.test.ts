import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edict, temporaryFolder } from './run-edict.js';

/** A note of this text, in a file of its own. */
function writeNote(folder: string, text: string): void {
  const note = `apiVersion: office.example.com/v1\nkind: Note\nmetadata: {name: welcome}\nspec: {text: ${text}}\n`;
  writeFileSync(join(folder, 'note.yaml'), note);
}

function head(folder: string): string {
  const git = join(folder, '.edict/git/git.example.com/office/notes.git');
  return execFileSync('git', ['-C', git, 'rev-parse', 'main'], { encoding: 'utf8' });
}

function plannedActions(folder: string): readonly string[] {
  const { objects } = JSON.parse(edict(folder, ['plan', 'note.yaml', '-o', 'json']).out) as {
    objects: { changes: { action: string }[] }[];
  };
  return objects.flatMap(({ changes }) => changes.map(({ action }) => action));
}

test('what was planned is applied once, changed, and deleted with everything', () => {
  const folder = temporaryFolder('notes');
  writeNote(folder, 'Welcome');
  assert.deepEqual(plannedActions(folder), ['create', 'create']);
  assert.ok(!existsSync(join(folder, '.edict/cluster')), 'a plan writes nothing');

  assert.equal(edict(folder, ['apply', 'note.yaml']).code, 0);
  const first = head(folder);
  const again = edict(folder, ['apply', 'note.yaml']);
  assert.equal(again.code, 0);
  assert.match(again.out, /Note\/default\/welcome +done +no change/);
  assert.equal(head(folder), first, 'no commit is made where nothing changes');
  assert.deepEqual(new Set(plannedActions(folder)), new Set(['none']));

  writeNote(folder, 'Goodbye');
  assert.match(edict(folder, ['plan', 'note.yaml']).out, /text: Welcome → Goodbye/);
  assert.deepEqual(plannedActions(folder), ['update', 'update']);
  assert.equal(edict(folder, ['apply', 'note.yaml']).code, 0);
  assert.notEqual(head(folder), first);

  assert.equal(edict(folder, ['delete', 'note.yaml']).code, 0);
  const git = join(folder, '.edict/git/git.example.com/office/notes.git');
  const files = execFileSync('git', ['-C', git, 'ls-tree', '-r', '--name-only', 'main'], { encoding: 'utf8' });
  assert.doesNotMatch(files, /notes\//);
  assert.equal(edict(folder, ['delete', 'note.yaml']).code, 1, 'what is gone cannot be deleted');
});

test('an object goes with everything though the files of its kind are broken', () => {
  const folder = temporaryFolder('notes');
  writeNote(folder, 'Welcome');
  edict(folder, ['apply', 'note.yaml']);
  writeFileSync(join(folder, 'templates/office/note.jsonnet'), '{ desired(facts):: ');
  const refused = edict(folder, ['apply', 'note.yaml']);
  assert.equal(refused.code, 1, 'nothing else is done for such a kind');
  assert.match(edict(folder, ['delete', 'note.yaml']).out, /Note\/default\/welcome +gone/);
  const git = join(folder, '.edict/git/git.example.com/office/notes.git');
  const files = execFileSync('git', ['-C', git, 'ls-tree', '-r', '--name-only', 'main'], { encoding: 'utf8' });
  assert.doesNotMatch(files, /notes\//);
  assert.ok(!existsSync(join(folder, '.edict/cluster/default/note.office.example.com/welcome.yaml')));
});

test('a denied object is exit code 3, and what was published before stays', () => {
  const folder = temporaryFolder('notes');
  writeNote(folder, 'Welcome');
  edict(folder, ['apply', 'note.yaml']);
  const before = head(folder);
  writeNote(folder, 'damn');
  const plan = edict(folder, ['plan', 'note.yaml']);
  assert.equal(plan.code, 3);
  assert.match(plan.out, /deny a note is polite \[office\/note\/request Rude spec\.text\]/);
  assert.equal(edict(folder, ['apply', 'note.yaml']).code, 3);
  assert.equal(head(folder), before);
});

test('a warning is shown and forbids nothing', () => {
  const folder = temporaryFolder('notes');
  writeNote(folder, 'Welcome!');
  const { code, out } = edict(folder, ['apply', 'note.yaml']);
  assert.equal(code, 0);
  assert.match(out, /warn a note does not shout/);
});

test('an object with faults is exit code 1 and keeps the others from nothing', () => {
  const folder = temporaryFolder('notes');
  const note = (name: string, spec: string): string =>
    `apiVersion: office.example.com/v1\nkind: Note\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
  writeFileSync(
    join(folder, 'notes.yaml'),
    [note('good', '{text: Hello}'), note('bad', '{text: 1, tone: kind}')].join('---\n'),
  );
  const { code, out } = edict(folder, ['apply', 'notes.yaml', '-o', 'json']);
  assert.equal(code, 1);
  const { objects } = JSON.parse(out) as {
    objects: { object: string; faults: { code: string; location: object }[] }[];
  };
  const bad = objects.find(({ object }) => object.endsWith('/bad'));
  assert.deepEqual(
    bad?.faults.map(({ code: fault, location }) => [fault, (location as { line: number }).line]),
    [
      ['ObjectInvalid', 9],
      ['ObjectInvalid', 9],
    ],
  );
  const good = objects.find(({ object }) => object.endsWith('/good'));
  assert.deepEqual(good?.faults, []);
  assert.match(head(folder), /^[0-9a-f]{40}\n$/);
});

test('facts and a rendering can be looked at without anything being written', () => {
  const folder = temporaryFolder('notes');
  const [facts] = JSON.parse(edict(folder, ['facts', 'examples', '-o', 'json']).out) as { object: { kind: string } }[];
  assert.equal(facts?.object.kind, 'Note');
  const rendered = JSON.parse(edict(folder, ['render', 'examples', '-o', 'json']).out) as {
    kind?: string;
    path?: string;
  }[];
  assert.deepEqual(
    rendered.map(({ kind, path }) => kind ?? path),
    ['ConfigMap', 'notes/welcome.yaml'],
  );
  assert.ok(!existsSync(join(folder, '.edict/cluster')));
});

test('another folder may hold the state, and the rules may stand elsewhere', () => {
  const folder = temporaryFolder();
  const rules = temporaryFolder('notes');
  const words = ['-C', rules, '--state', 'here', 'apply', join(rules, 'examples')];
  assert.equal(edict(folder, words).code, 0);
  assert.match(readFileSync(join(folder, 'here/git/git.example.com/office/notes.git/HEAD'), 'utf8'), /main/);
});
