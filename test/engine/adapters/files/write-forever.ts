import { argv, stdout } from 'node:process';
import { FolderCluster } from '#adapters/files/folder-cluster.js';

/** A program that creates and deletes a parent with ten children for ever. */
const cluster = FolderCluster.open({ root: argv[2] ?? '', clock: { now: () => Date.now() }, mode: 'write' });
const configMap = { apiVersion: 'v1', kind: 'ConfigMap' };
for (let round = 0; ; round++) {
  const object = { ...configMap, metadata: { name: 'parent', namespace: 'shop' }, data: { round: String(round) } };
  const parent = await cluster.applyManifest(object);
  const ownerReferences = [{ ...configMap, name: 'parent', uid: parent.metadata.uid ?? '' }];
  for (let child = 0; child < 10; child++) {
    const metadata = { name: `child-${child}`, namespace: 'shop', ownerReferences };
    await cluster.applyManifest({ ...configMap, metadata, data: { round: String(round) } });
  }
  if (round % 2 === 1)
    await cluster.delete({ key: { ...configMap, ...object.metadata }, uid: parent.metadata.uid ?? '' });
  stdout.write('round\n');
}
