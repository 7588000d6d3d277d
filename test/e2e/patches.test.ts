import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { config, deployment, type Neighbours, RULE_SET, startNeighbours } from './neighbours.js';

let world: Neighbours;

before(async () => {
  world = await startNeighbours();
});
after(async () => {
  await world?.stop();
});

const CONTAINERS = '.spec.template.spec.containers[*].name';

/** Fields of a Deployment, as a template gives them. */
const sidecar = (name: string, image: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, annotations: { 'example.org/patched': 'yes' } },
  spec: { template: { spec: { containers: [{ name: 'sidecar', image }] } } },
});

test('a sidecar is added to a Deployment of others, changed, put right, and taken away again', async () => {
  await world.given(deployment('web', [{ name: 'app', image: 'app:1' }], { replicas: 3 }));
  await world.tenant('one', { patches: [sidecar('web', 'sidecar:1')] });
  await world.says('one', 'Ready', 'Settled');
  const image = () => world.field('deployment/web', '.spec.template.spec.containers[?(@.name=="sidecar")].image');
  assert.equal(await world.field('deployment/web', CONTAINERS), 'app sidecar');
  assert.equal(await world.field('deployment/web', '.metadata.labels'), '', 'it gets no labels of ours');
  assert.equal(await world.field('deployment/web', '.metadata.ownerReferences'), '');

  await world.tenant('one', { patches: [sidecar('web', 'sidecar:2')] });
  await world.becomes('the image', image, 'sidecar:2');

  // Its owner applies it anew, with another image and without the sidecar, which kubectl leaves alone.
  await world.given(deployment('web', [{ name: 'app', image: 'app:2' }], { replicas: 3 }));
  assert.equal(await world.field('deployment/web', CONTAINERS), 'app sidecar');
  await world.succeed(['annotate', 'deployment/web', 'example.org/patched-']);
  await world.becomes(
    'the annotation',
    () => world.field('deployment/web', '.metadata.annotations.example\\.org/patched'),
    'yes',
  );

  await world.tenant('one', {});
  await world.becomes('the containers', () => world.field('deployment/web', CONTAINERS), 'app');
  assert.equal(await world.field('deployment/web', '.metadata.annotations.example\\.org/patched'), '');
  assert.equal(await world.field('deployment/web', '.spec.replicas'), '3');
  assert.doesNotMatch((await world.managers('deployment/web')).join(), /edict/);
});

test('an object that is not there is awaited by its name, patched when it comes, and again when another takes its place', async () => {
  await world.tenant('two', { patches: [config('later', { ours: '1' })] });
  assert.match(await world.says('two', 'Reconciling', 'PatchTargetMissing'), /ConfigMap\/default\/later .* not there/);
  assert.equal(await world.field('configmap/later', '.metadata.name'), '');
  const data = () => world.field('configmap/later', '.data');
  for (let time = 0; time < 2; time++) {
    await world.given(config('later', { theirs: '1' }));
    await world.becomes('its data', data, '{"ours":"1","theirs":"1"}');
    await world.says('two', 'Ready', 'Settled');
    await world.succeed(['delete', 'configmap', 'later']);
    await world.says('two', 'Reconciling', 'PatchTargetMissing');
  }
});

test('what another manager has is not taken: it is named, and patched when that manager lets go', async () => {
  await world.given(config('shared', { a: 'theirs' }), 'apply', '--server-side', '--field-manager=gardener', '-f', '-');
  await world.tenant('three', { patches: [config('shared', { a: 'ours' })] });
  assert.match(
    await world.says('three', 'Stalled', 'FieldTaken'),
    /gardener owns data\.a of ConfigMap\/default\/shared/,
  );
  assert.equal(await world.field('configmap/shared', '.data.a'), 'theirs');
  await world.given(config('shared', { b: '1' }), 'apply', '--server-side', '--field-manager=gardener', '-f', '-');
  await world.says('three', 'Ready', 'Settled');
  assert.equal(await world.field('configmap/shared', '.data.a'), 'ours');

  await world.tenant('rival', { patches: [config('shared', { a: 'mine' })] });
  assert.match(await world.says('rival', 'Stalled', 'FieldTaken'), /Tenant\/default\/three owns data\.a/);
  await world.succeed(['delete', 'tenant', 'three']);
  await world.says('rival', 'Ready', 'Settled');
  assert.equal(await world.field('configmap/shared', '.data'), '{"a":"mine","b":"1"}');
});

test('a restart writes nothing, and who left while the engine was down is released after it', async () => {
  await world.given(config('quiet', { theirs: '1' }));
  for (const name of ['four', 'five']) await world.tenant(name, { patches: [config('quiet', { [name]: '1' })] });
  for (const name of ['four', 'five']) await world.says(name, 'Ready', 'Settled');
  const before = await world.writes('configmaps');
  await world.restart();
  await world.tenant('fence', { patches: [config('quiet', { fence: '1' })] });
  await world.says('fence', 'Ready', 'Settled');
  assert.equal((await world.writes('configmaps')) - before, 1, 'nothing but the patch of the fence');

  assert.equal(await world.edict.stop(), 0);
  await world.succeed(['delete', 'tenant', 'four', '--wait=false']);
  assert.match(await world.field('configmap/quiet', '.data'), /four/);
  await world.restart();
  await world.becomes(
    'its data',
    () => world.field('configmap/quiet', '.data'),
    '{"fence":"1","five":"1","theirs":"1"}',
  );
  await world.becomes('the tenant', () => world.field('tenant/four', '.metadata.name'), '');
});

test('a rule that patches no more gives all back', async () => {
  await world.given(config('former', { theirs: '1' }));
  await world.tenant('six', { patches: [config('former', { ours: '1' })] });
  await world.says('six', 'Ready', 'Settled');
  const ruleSet = mkdtempSync(join(tmpdir(), 'edict-neighbours-'));
  cpSync(RULE_SET, ruleSet, { recursive: true });
  writeFileSync(join(ruleSet, 'templates/lab/tenant.jsonnet'), '{ desired(facts):: {} }');
  const file = join(ruleSet, 'rules/lab/tenant.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}writes:.*/ms, ''));
  await world.restart(ruleSet);
  await world.becomes('its data', () => world.field('configmap/former', '.data'), '{"theirs":"1"}');
  rmSync(ruleSet, { recursive: true });
});
