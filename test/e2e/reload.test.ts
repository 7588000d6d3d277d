import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { countWrites } from '../testbed/api-metrics.js';
import { installation, Lab, NAMESPACE } from './lab.js';

const FEED = 'templates/lab/feed.jsonnet';
const NEWS = 'configmap/news';

let lab: Lab;
before(async () => {
  lab = await Lab.open('test/fixtures/rulesets/board', { 'edict.yaml': installation() });
  const custom = (kind: string, name: string, spec: object): Promise<void> =>
    lab.apply({ apiVersion: 'lab.example.org/v1', kind, metadata: { name }, spec });
  await custom('Feed', 'news', { text: 'first', team: 'red' });
  await custom('Board', 'wall', { title: 'news', team: 'red' });
  await lab.until('both have what they ask for', async () => (await shown()) === 'first first');
});
after(() => lab?.close());

/** What the Secret of the Board says. */
async function shown(): Promise<string> {
  return Buffer.from(await lab.field('secret/board-wall', '.data.shown'), 'base64').toString();
}

const note = (): Promise<string> => lab.field(NEWS, '.data.note');
const isCurrent = (): Promise<string | undefined> => lab.metric('edict_catalog_last_reload_successful');
const secretWrites = async (): Promise<number> => countWrites(await lab.plane.metrics(), 'secrets');

test('another template changes the children of its kind, and no object of another kind is written', async () => {
  const [version, writes] = [await lab.field('board/wall', '.metadata.resourceVersion'), await secretWrites()];
  const catalog = await lab.metric('edict_catalog_info');
  lab.write(FEED, lab.read(FEED).replace("std.get(object.spec, 'note', '')", "'from the rules'"));
  await lab.until('the child says what the new template says', async () => (await note()) === 'from the rules');
  assert.equal(await lab.field('board/wall', '.metadata.resourceVersion'), version);
  assert.equal(await secretWrites(), writes);
  assert.notEqual(await lab.metric('edict_catalog_info'), catalog);
  assert.equal(await isCurrent(), '1');
});

test('a fault stalls the kind that uses the file, says so, and the others go on by the new files', async () => {
  const [sound, board] = [lab.read(FEED), 'templates/lab/board.jsonnet'];
  lab.write(board, lab.read(board).replace("std.join(' '", "std.join('+'"));
  lab.write(FEED, sound.replace('desired(facts)', 'desired(facts'));
  await lab.until('a metric tells', async () => (await lab.metric('edict_catalog_faults')) === '1');
  assert.match(lab.edict.log, /a file of the rule set has a fault.*templates\/lab\/feed\.jsonnet/);
  await lab.until('the other kind goes by its new template', async () => (await shown()) === 'first+first');
  assert.equal(await note(), 'from the rules');
  await lab.kubectl(['delete', NEWS, '-n', NAMESPACE]);
  await lab.until('the Board sees it', async () => (await shown()) === '');

  lab.write(FEED, sound);
  await lab.until('what the mended kind asks for is there again', async () => (await shown()) === 'first+first');
  assert.equal(await lab.metric('edict_catalog_faults'), '0');
});

test('a faulty or missing edict.yaml changes nothing, and is told', async () => {
  const [catalog, sound] = [await lab.metric('edict_catalog_info'), lab.read(FEED)];
  lab.write(FEED, sound.replace('from the rules', 'never seen'));
  lab.write('edict.yaml', 'spec: {instance: [}');
  await lab.until('the rule set is refused', async () => (await isCurrent()) === '0');
  assert.match(lab.edict.log, /the rule set was refused: the one before stays.*edict\.yaml/);
  lab.remove('edict.yaml');
  await lab.until('that it is gone is told', () => lab.edict.log.includes('edict.yaml is gone'));
  await lab.kubectl(['delete', NEWS, '-n', NAMESPACE]);
  await lab.until('the rules of before are at work', async () => (await note()) === 'from the rules');
  assert.equal(await lab.metric('edict_catalog_info'), catalog);

  lab.write(FEED, sound);
  lab.write('edict.yaml', installation());
  await lab.until('all is well again', async () => (await isCurrent()) === '1');
});

test('a rule that leaves lets its children be; when it comes back they are put right, at once by SIGHUP', async () => {
  const files = ['rules/lab/feed.yaml', FEED, 'crds/lab/feed.yaml'].map((path) => ({ path, text: lab.read(path) }));
  const patch = (name: string, spec: object): Promise<string> =>
    lab.kubectl(['patch', name, '-n', NAMESPACE, '--type=merge', '-p', JSON.stringify({ spec })]);
  for (const { path } of files) lab.remove(path);
  await lab.until('one rule is left', () =>
    /the rule set was loaded[^\n]*"kinds":1[^\n]*\n(?!.*was loaded)/s.test(lab.edict.log),
  );
  const uid = await lab.field(NEWS, '.metadata.uid');
  await patch('feed/news', { text: 'second' });
  await patch('board/wall', { title: 'none' });
  await lab.until('the Board goes on', async () => (await shown()) === '+first');
  assert.deepEqual([await lab.field(NEWS, '.data.text'), await lab.field(NEWS, '.metadata.uid')], ['first', uid]);

  for (const { path, text } of files) lab.write(path, text);
  lab.edict.signal('SIGHUP');
  await lab.until('the child is as it should be', async () => (await shown()) === '+second');
  assert.equal(await lab.field(NEWS, '.metadata.uid'), uid);
  assert.doesNotMatch(lab.edict.log, /"defect"/);
});
