import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CaseCluster } from '#cli/cases/case-cluster.js';
import { parseCaseFacts } from '#cli/cases/case-facts.js';
import { diffLines } from '#cli/output/unified-diff.js';
import { EdictError } from '#errors/edict-error.js';
import { edictHere, temporaryFolder } from './run-edict.js';

const facts = `object:
  apiVersion: office.example.com/v1
  kind: Note
  metadata: {name: welcome, namespace: desk}
  spec: {text: Welcome, paper: letter}
related:
  paper:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: letter, namespace: desk}
    data: {colour: blue, size: a4}
  seals:
  - apiVersion: v1
    kind: Secret
    metadata: {name: wax, namespace: desk, labels: {seal-of: welcome}}
    type: Opaque
    keys: [lion, rose]
`;

/** A rule set with one case of these facts; gives the path of the case. */
function folderWith(text: string): { readonly folder: string; readonly path: string } {
  const folder = temporaryFolder('notes');
  const path = join(folder, 'test/domains/office/note/a-sealed-note-on-blue-paper');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'facts.yaml'), text);
  return { folder, path };
}

async function faultCodes(folder: string): Promise<readonly string[]> {
  const { out } = await edictHere(folder, ['test', '--cases', '-o', 'json']);
  const { cases } = JSON.parse(out) as { cases: { faults: { code: string }[] }[] };
  return cases.flatMap(({ faults }) => faults.map(({ code }) => code));
}

test('related objects of a case are found as the rule finds them, and a Secret shows its keys', async () => {
  const { folder, path } = folderWith(facts);
  assert.equal((await edictHere(folder, ['test', '--cases', '--update'])).code, 0);
  const rendered = readFileSync(join(path, 'expected/cluster/ConfigMap.welcome.yaml'), 'utf8');
  assert.match(rendered, /data:\n {2}colour: blue\n {2}seals: lion rose\n {2}text: Welcome\n/);
});

test('related objects that the rule would not find are refused', async () => {
  const { folder } = folderWith(facts.replace('seal-of: welcome', 'seal-of: other'));
  assert.deepEqual(await faultCodes(folder), ['CaseInvalid']);
});

test('a file that is no part of a case is refused, and never removed', async () => {
  const { folder, path } = folderWith(facts);
  writeFileSync(join(path, 'notes.txt'), 'mine');
  assert.deepEqual(await faultCodes(folder), ['CaseInvalid']);
  assert.equal((await edictHere(folder, ['test', '--cases', '--update'])).code, 1);
  assert.equal(readFileSync(join(path, 'notes.txt'), 'utf8'), 'mine');
});

test('facts that are saved with related objects come to the same again', async () => {
  const { folder, path } = folderWith(facts);
  rmSync(path, { recursive: true });
  const place = join(folder, '.edict/cluster/desk');
  mkdirSync(join(place, 'configmap'), { recursive: true });
  mkdirSync(join(place, 'secret'), { recursive: true });
  const paper = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: letter, namespace: desk}\ndata: {colour: blue}\n';
  const seal =
    'apiVersion: v1\nkind: Secret\nmetadata: {name: wax, namespace: desk, labels: {seal-of: welcome}}\ndata: {lion: c2VjcmV0}\n';
  writeFileSync(join(place, 'configmap/letter.yaml'), paper);
  writeFileSync(join(place, 'secret/wax.yaml'), seal);
  const note =
    'apiVersion: office.example.com/v1\nkind: Note\nmetadata: {name: welcome, namespace: desk}\nspec: {text: Welcome, paper: letter}\n';
  writeFileSync(join(folder, 'note.yaml'), note);
  assert.equal((await edictHere(folder, ['facts', 'note.yaml', '--save', path])).code, 0);
  assert.doesNotMatch(readFileSync(join(path, 'facts.yaml'), 'utf8'), /c2VjcmV0|secret/);
  assert.equal((await edictHere(folder, ['test', '--cases', '--update'])).code, 0);
  assert.match(readFileSync(join(path, 'expected/cluster/ConfigMap.welcome.yaml'), 'utf8'), /seals: lion\n/);
});

const wrong: { readonly [what: string]: string } = {
  'no object': 'related: {}',
  'an object without a name': 'object: {apiVersion: v1, kind: Note, metadata: {}}',
  'a field that there is not': `${facts}relatives: {}`,
  'children that are no objects': `${facts}children: {a: 1}`,
  'a time that is none': `${facts}time: yesterday`,
  'parameters that are a list': `${facts}parameters: []`,
  'a list': '[]',
};
for (const [what, text] of Object.entries(wrong)) {
  test(`${what} is refused as facts of a case`, () => {
    assert.throws(
      () => parseCaseFacts(text, 'facts.yaml'),
      (error) => error instanceof EdictError && error.code === 'CaseInvalid',
    );
  });
}

test('in the cluster of a case a deletion is begun and not ended, and the last finalizer lets an object go', async () => {
  const cluster = new CaseCluster({ now: () => 0 }, { version: 'v1.36.0', capabilities: [] });
  const key = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'desk', name: 'a' };
  const object = { ...key, metadata: { namespace: 'desk', name: 'a', finalizers: ['example.com/f'] } };
  const { metadata } = cluster.put(object);
  const uid = metadata.uid ?? '';
  await cluster.delete({ key, uid: 'another' });
  assert.equal((await cluster.get(key))?.metadata.deletionTimestamp, undefined);
  await cluster.delete({ key, uid });
  assert.equal((await cluster.get(key))?.metadata.deletionTimestamp, '1970-01-01T00:00:00Z');
  await cluster.updateFinalizers({ key, uid, remove: ['example.com/f'] });
  assert.equal(await cluster.get(key), null);
});

const signs = (before: string, after: string): string =>
  diffLines(before, after)
    .map(({ sign, text }) => sign + text)
    .join('\n');

test('a diff shows what changed, with three lines around it', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
  const text = (changed: readonly string[]): string => `${changed.join('\n')}\n`;
  assert.equal(signs(text(lines), text(lines)), '');
  assert.equal(
    signs(text(lines), text(lines.with(9, 'new'))),
    ['@-7 +7 @@', ' line 7', ' line 8', ' line 9', '-line 10', '+new', ' line 11', ' line 12', ' line 13'].join('\n'),
  );
  assert.equal(signs('', 'a\n'), '@-1 +1 @@\n+a');
  assert.equal(signs('a\n', ''), '@-1 +1 @@\n-a');
  assert.match(signs('a\n', 'a'), /no new line at the end/);
  const apart = signs(text(lines), text(lines.with(0, 'first').with(19, 'last')));
  assert.equal(apart.match(/@@/g)?.length, 2);
});
