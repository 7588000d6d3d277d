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
