import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { config, deployment, type Neighbours, startNeighbours } from './neighbours.js';

let world: Neighbours;

before(async () => {
  world = await startNeighbours();
});
after(async () => {
  await world?.stop();
});

const OURS = /^edict:tenant:[0-9a-f]{16} Apply$/;
const HELM = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'default' };

/** What events tell of a Tenant. */
const told = (name: string): Promise<string> =>
  world.succeed([
    'get',
    'events',
    `--field-selector=involvedObject.name=${name}`,
    '-o',
    'jsonpath={.items[*].message}',
  ]);

test('what kubectl apply made is taken over: what is not rendered goes, and kubectl has no part in it any more', async () => {
  await world.given(
    deployment(
      'web',
      [
        { name: 'app', image: 'app:1' },
        { name: 'old', image: 'old:1' },
      ],
      { replicas: 3 },
    ),
  );
  const uid = await world.field('deployment/web', '.metadata.uid');
  await world.tenant('one', { resources: [deployment('web', [{ name: 'app', image: 'app:2' }], { replicas: 2 })] });
  await world.says('one', 'Ready', 'Settled');
  assert.equal(await world.field('deployment/web', '.metadata.uid'), uid);
  assert.equal(await world.field('deployment/web', '.spec.template.spec.containers[*].image'), 'app:2');
  assert.equal(await world.field('deployment/web', '.spec.replicas'), '2');
  assert.doesNotMatch(await world.field('deployment/web', '.metadata.annotations'), /last-applied/);
  const managers = await world.managers('deployment/web');
  assert.equal(managers.length, 1, managers.join());
  assert.match(managers.join(), OURS);
  await world.becomes(
    'the events',
    () => told('one'),
    /Adopted Deployment\/default\/web \(taken over from kubectl-client-side-apply\)/,
  );
  const before = await world.writes('deployments');
  await world.restart();
  await world.tenant('fence', { resources: [config('fence', {})] });
  await world.says('fence', 'Ready', 'Settled');
  assert.equal(await world.writes('deployments'), before, 'a restart writes nothing');
});

test('what kubectl apply --server-side and kubectl create made is taken over as well', async () => {
  await world.given(config('applied', { a: '1', b: '1' }), 'apply', '--server-side', '-f', '-');
  await world.succeed(['create', 'configmap', 'created', '--from-literal=a=1', '--from-literal=b=1']);
  await world.tenant('two', { resources: [config('applied', { a: '2' }), config('created', { a: '1' })] });
  await world.says('two', 'Ready', 'Settled');
  for (const [name, value] of [
    ['applied', '2'],
    ['created', '1'],
  ]) {
    assert.equal(await world.field(`configmap/${name}`, '.data'), `{"a":"${value}"}`);
    assert.match((await world.managers(`configmap/${name}`)).join(), OURS);
  }
  await world.succeed(['delete', 'tenant', 'two']);
});

test('what Helm made is taken over with its marks, and is told with the release that still lists it', async () => {
  const made = {
    ...config('chart', { a: '1' }),
    metadata: {
      name: 'chart',
      namespace: 'default',
      annotations: HELM,
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    },
  };
  await world.given(made, 'create', '--field-manager=helm', '-f', '-');
  await world.tenant('three', { resources: [config('chart', { a: '2' })] });
  await world.says('three', 'Ready', 'Settled');
  const metadata = await world.field('configmap/chart', '.metadata');
  assert.doesNotMatch(metadata, /helm|managed-by/i);
  await world.becomes(
    'the events',
    () => told('three'),
    /taken over from helm \(Helm release default\/shop, which deletes it when it is uninstalled\)/,
  );
});

test('who is not adopted is named in status and events, and nothing of the object changes', async () => {
  await world.given(config('foreign', { a: '1' }), 'create', '--field-manager=operator-x', '-f', '-');
  const version = await world.field('configmap/foreign', '.metadata.resourceVersion');
  await world.tenant('four', { resources: [config('foreign', { a: '2' })] });
  assert.match(
    await world.says('four', 'Stalled', 'FieldTaken'),
    /ConfigMap\/default\/foreign is there already, made by operator-x/,
  );
  await world.becomes('the events', () => told('four'), /made by operator-x/);
  assert.equal(await world.field('configmap/foreign', '.metadata.resourceVersion'), version);
});

test('a field that is not rendered is left to whoever scales, before and after everything else changes', async () => {
  const rendered = (image: string): object => ({ resources: [deployment('scaled', [{ name: 'app', image }])] });
  await world.tenant('five', rendered('app:1'));
  await world.says('five', 'Ready', 'Settled');
  await world.succeed(['scale', 'deployment/scaled', '--replicas=4']);
  const replicas = () => world.field('deployment/scaled', '.spec.replicas');
  await world.tenant('five', rendered('app:2'));
  await world.becomes(
    'the image',
    () => world.field('deployment/scaled', '.spec.template.spec.containers[0].image'),
    'app:2',
  );
  assert.equal(await replicas(), '4');
  await world.succeed(['set', 'image', 'deployment/scaled', 'app=app:3']);
  await world.becomes(
    'the image',
    () => world.field('deployment/scaled', '.spec.template.spec.containers[0].image'),
    'app:2',
  );
  assert.equal(await replicas(), '4');
});
