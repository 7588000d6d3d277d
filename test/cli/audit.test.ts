import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { edictHere, temporaryFolder } from './run-edict.js';

const folder = temporaryFolder('rulesets/parcel');
const parcel = (name: string, items: readonly object[], labels: object = { team: 'post' }): object => ({
  apiVersion: 'post.example.org/v1',
  kind: 'Parcel',
  metadata: { name, namespace: 'team', labels },
  spec: { items },
});
function given(...objects: readonly object[]): void {
  writeFileSync(join(folder, 'given.yaml'), objects.map((each) => JSON.stringify(each)).join('\n---\n'));
}

test('what policies object to is listed, what forbids first, and who is exempt', async () => {
  given(
    parcel('exempt', [], {}),
    parcel('fine', [{ name: 'x' }]),
    parcel('denied', [{ name: 'y', namespace: 'kube-system' }], {}),
  );
  const { code, out } = await edictHere(folder, ['audit', 'given.yaml']);
  assert.equal(code, 3);
  assert.deepEqual(out.trim().split('\n'), [
    'LEVEL   OBJECT              POLICY                 MESSAGE',
    'deny    Parcel/team/denied  post/parcel/request    nothing is sent to kube-system (spec.items)',
    'warn    Parcel/team/denied  common/labels/request  it has no label team',
    'warn    Parcel/team/exempt  post/parcel/request    a parcel without items is empty',
    'exempt  Parcel/team/exempt  common/labels/request  it has no label team, exempt until 2099-12-31',
    '',
    'Audit: 3 objects, 1 deny, 0 unknown, 2 warn, 1 exempt, 0 not judged.',
  ]);
});

test('warnings and exemptions alone are exit code 0, and warnings 3 where they count', async () => {
  given(parcel('exempt', [{ name: 'x' }], {}));
  assert.equal((await edictHere(folder, ['audit', 'given.yaml', '--strict'])).code, 0);
  given(parcel('empty', []));
  assert.equal((await edictHere(folder, ['audit', 'given.yaml'])).code, 0);
  assert.equal((await edictHere(folder, ['audit', 'given.yaml', '--strict'])).code, 3);
});

test('an object that cannot be judged whole is told as such, and keeps no other from being judged', async () => {
  given(parcel('empty', []), { ...parcel('odd', []), spec: { items: 'none' } });
  const { code, out } = await edictHere(folder, ['audit', 'given.yaml', '-o', 'json']);
  assert.equal(code, 1);
  const { findings, unjudged } = JSON.parse(out) as { findings: object[]; unjudged: { object: string }[] };
  assert.deepEqual([findings.length, unjudged.map(({ object }) => object)], [1, ['Parcel/team/odd']]);
});
