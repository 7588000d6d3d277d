import assert from 'node:assert/strict';
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
