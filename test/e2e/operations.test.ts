import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, NAMESPACE } from './lab.js';
import { parcel } from './parcel.js';

let lab: Lab;
before(async () => {
  lab = await Lab.open('test/fixtures/rulesets/parcel');
  await lab.kubectl(['create', 'namespace', 'far']);
});
after(() => lab?.close());

const pause = (name: string, ...words: string[]): Promise<string> =>
  lab.kubectl(['annotate', `parcel/${name}`, '-n', NAMESPACE, ...words]);
const text = (name: string): Promise<string> => lab.field(`configmap/${name}`, '.data.text');

test('nothing is written for a paused object until it is no longer paused, and its plan tells what would be', async () => {
  await lab.apply(parcel('held', [{ name: 'held', data: { text: 'one' } }]));
  await lab.ready('parcel/held');
  await pause('held', 'edict.dev/paused=true');
  await lab.apply(parcel('held', [{ name: 'held', data: { text: 'two' } }, { name: 'held-more' }]));
  await lab.until('the conditions tell', async () =>
    (await lab.condition('parcel/held', 'Ready')).startsWith('False Paused'),
  );
  assert.match(await lab.condition('parcel/held', 'Reconciling'), /^True Paused .*edict\.dev\/paused/);
  await lab.kubectl(['delete', 'configmap/held', '-n', NAMESPACE]);
  await sleep(1500);
  assert.equal(await lab.kubectl(['get', 'configmaps', '-n', NAMESPACE, '-o', 'name']), 'configmap/kube-root-ca.crt\n');
  await pause('held', 'edict.dev/paused-');
  await lab.ready('parcel/held');
  assert.equal(await text('held'), 'two');
});

test('a plan of the cluster tells what would be done for a paused object, and writes nothing', async () => {
  const object = parcel('planned', [{ name: 'planned', data: { text: 'one' } }]);
  await lab.apply(object);
  await lab.ready('parcel/planned');
  await pause('planned', 'edict.dev/paused=true');
  await lab.apply(parcel('planned', [{ name: 'planned', data: { text: 'two' } }, { name: 'more' }]));
  const standing = await lab.verb('plan', '--cluster');
  assert.equal(standing.code, 0, standing.err);
  assert.match(
    standing.out,
    /Parcel\/team\/planned[\s\S]*paused nothing of this is done until edict\.dev\/paused is removed/,
  );
  assert.match(
    standing.out,
    /\+ create ConfigMap\/team\/more[\s\S]*~ update ConfigMap\/team\/planned[\s\S]*data\.text: one → two/,
  );

  const file = join(lab.root, 'new.yaml');
  writeFileSync(file, JSON.stringify(parcel('unborn', [{ name: 'unborn' }])));
  const unborn = await lab.verb('plan', file);
  assert.equal(unborn.code, 0, unborn.err);
  assert.match(unborn.out, /\+ create ConfigMap\/team\/unborn/);
  const rendered = await lab.verb('render', file);
  assert.match(rendered.out, /name: unborn/, rendered.err);
  assert.equal(await lab.field('parcel/unborn', '.metadata.uid'), '');
  assert.equal(await lab.field('configmap/more', '.metadata.uid'), '');
});

test('what is saved of the cluster is a test case', async () => {
  const folder = join(lab.root, 'test/domains/post/parcel/a-parcel-as-it-stands');
  writeFileSync(join(lab.root, 'one.yaml'), JSON.stringify(parcel('planned', [{ name: 'planned' }])));
  const saved = await lab.verb('facts', join(lab.root, 'one.yaml'), '--save', folder);
  assert.equal(saved.code, 0, saved.err);
  const facts = readFileSync(join(folder, 'facts.yaml'), 'utf8');
  assert.match(facts, /ConfigMap\/team\/planned:[\s\S]*readiness: Ready/);
});

test('an audit lists what policies object to of what stands, and who is exempt until when', async () => {
  await lab.apply(parcel('exempt', [{ name: 'x' }], { labels: {} }));
  await lab.apply(parcel('unlabelled', [], { labels: {} }));
  const text = await lab.verb('audit', '--cluster');
  assert.equal(text.code, 0, text.err);
  assert.match(text.out, /warn +Parcel\/team\/unlabelled +common\/labels\/request +it has no label team\n/);
  assert.match(text.out, /warn +Parcel\/team\/unlabelled +post\/parcel\/request +a parcel without items is empty\n/);
  assert.match(
    text.out,
    /exempt +Parcel\/team\/exempt +common\/labels\/request +it has no label team, exempt until 2099-12-31\n/,
  );
  assert.equal((await lab.verb('audit', '--cluster', '--strict')).code, 3);
  await lab.apply(parcel('denied', [{ name: 'x', namespace: 'kube-system' }]));
  const json = await lab.verb('audit', '--cluster', '-o', 'json');
  assert.equal(json.code, 3);
  const { findings } = JSON.parse(json.out) as { findings: { level: string; object: string; code: string }[] };
  assert.deepEqual(
    findings.map(({ level, object }) => `${level} ${object}`),
    [
      'deny Parcel/team/denied',
      'warn Parcel/team/unlabelled',
      'warn Parcel/team/unlabelled',
      'exempt Parcel/team/exempt',
    ],
  );
  for (const name of ['exempt', 'unlabelled', 'denied', 'planned'])
    await lab.kubectl(['delete', `parcel/${name}`, '-n', NAMESPACE]);
});

test('the deletion of a paused object waits, with the reason, and goes on when it is no longer paused', async () => {
  await lab.apply(parcel('stays', [{ name: 'stays', namespace: 'far' }]));
  await lab.ready('parcel/stays');
  await pause('stays', 'edict.dev/paused=true');
  await lab.kubectl(['delete', 'parcel/stays', '-n', NAMESPACE, '--wait=false']);
  await lab.until('the conditions tell', async () =>
    (await lab.condition('parcel/stays', 'Ready')).startsWith('False Paused'),
  );
  await sleep(1000);
  assert.notEqual(await lab.field('configmap/stays', '.metadata.uid', 'far'), '');
  await pause('stays', 'edict.dev/paused-');
  await lab.until('it is gone', async () => (await lab.field('parcel/stays', '.metadata.uid')) === '');
  assert.equal(await lab.field('configmap/stays', '.metadata.uid', 'far'), '');
});

test('uninstalling is refused while an engine is at work, and otherwise shown before it is done', async () => {
  const metadata = { finalizers: ['post.example.org/old-operator', 'somebody.else/finalizer'] };
  await lab.apply(parcel('left', [{ name: 'near' }, { name: 'far', namespace: 'far' }], metadata));
  await lab.ready('parcel/left');
  const names = 'configmap/held\nconfigmap/held-more\nconfigmap/kube-root-ca.crt\nconfigmap/near\n';
  const listed = (): Promise<string> => lab.kubectl(['get', 'configmaps', '-n', NAMESPACE, '-o', 'name']);
  await lab.until('what was deleted before is collected', async () => (await listed()) === names);
  const refused = await lab.verb('uninstall', '--yes');
  assert.deepEqual([refused.code, refused.out], [1, '']);
  assert.match(refused.err, /EngineRunning/);
  assert.equal(await lab.edict.stop(), 0);
  const shown = await lab.verb('uninstall', '--children', 'Orphan');
  assert.equal(shown.code, 2, shown.err);
  assert.deepEqual(shown.out.trim().split(/\s*\n/), [
    'TO RELEASE                     OBJECTS',
    'owner references of ConfigMap  3',
    'finalizers of Parcel           1',
    'records                        1',
    'Lease                          1',
  ]);
  const dry = await lab.verb('uninstall', '--dry-run', '--yes', '-o', 'json');
  assert.equal(dry.code, 0);
  const { releases, done } = JSON.parse(dry.out) as { releases: { act: string; object: string }[]; done: boolean };
  assert.equal(done, false);
  assert.deepEqual(
    releases.map(({ act, object }) => `${act} ${object}`),
    [
      'finalizers Parcel/team/left',
      'delete ConfigMap/edict-system/edict-inventory-post-parcel',
      'delete Lease/edict-system/edict',
    ],
  );
  assert.match(await lab.field('parcel/left', '.metadata.finalizers'), /edict\.dev/);
});

test('after uninstalling nothing waits for Edict, children stay, and once more does nothing', async () => {
  const done = await lab.verb('uninstall', '--children', 'Orphan', '--yes');
  assert.equal(done.code, 0, done.err);
  assert.equal(await lab.field('parcel/left', '.metadata.finalizers'), '["somebody.else/finalizer"]');
  assert.equal(await lab.field('configmap/near', '.metadata.ownerReferences'), '');
  const own = await lab.kubectl(['get', 'configmaps,leases', '-n', 'edict-system', '-o', 'name']);
  assert.equal(own, 'configmap/kube-root-ca.crt\n');
  const again = await lab.verb('uninstall', '--children', 'Orphan', '--yes');
  assert.deepEqual([again.code, again.out], [0, 'Nothing is held.\n'], again.err);

  await lab.kubectl([
    'patch',
    'parcel/left',
    '-n',
    NAMESPACE,
    '--type=merge',
    '-p',
    '{"metadata":{"finalizers":null}}',
  ]);
  await lab.kubectl(['delete', 'parcel/left', '-n', NAMESPACE, '--timeout=20s']);
  await sleep(2000);
  assert.notEqual(await lab.field('configmap/near', '.metadata.uid'), '');
  assert.notEqual(await lab.field('configmap/far', '.metadata.uid', 'far'), '');
});
