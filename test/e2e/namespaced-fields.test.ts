import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { load } from 'js-yaml';
import type { JsonObject } from '#model/json.js';
import { Scene } from './cluster-scene.js';
import { Attempts, type Schema } from './hostile-values.js';
import { allLookedAt, createAs, Guarded, OWN, USER } from './trespass.js';

// Hostile values in every field that the kinds of the project have, by a user who may write these in one namespace.

interface Kind {
  readonly file: string;
  readonly example: JsonObject;
  readonly path: string;
  readonly schema: Schema;
  readonly apiVersion: string;
  readonly kind: string;
}

function kindIn(name: string, example: string): Kind {
  const file = `crds/${name}.yaml`;
  const { spec } = load(readFileSync(file, 'utf8')) as {
    spec: {
      group: string;
      names: { kind: string; plural: string };
      versions: { name: string; schema: { openAPIV3Schema: { properties: { spec: Schema } } } }[];
    };
  };
  const [version] = spec.versions;
  assert.ok(version !== undefined);
  const apiVersion = `${spec.group}/${version.name}`;
  return {
    file,
    example: plain((load(readFileSync(example, 'utf8')) as { spec: JsonObject }).spec),
    path: `/apis/${apiVersion}/namespaces/${OWN}/${spec.names.plural}`,
    schema: version.schema.openAPIV3Schema.properties.spec,
    apiVersion,
    kind: spec.names.kind,
  };
}

/** Without what the cluster would have to have. */
function plain({ scheduling: _scheduling, config, ...spec }: JsonObject): JsonObject {
  const { serviceAccountName: _account, ...rest } = (config ?? {}) as JsonObject;
  return { ...spec, ...(config === undefined ? {} : { config: rest }) };
}

const KINDS = [
  kindIn('performer/performer', 'examples/performer.yaml'),
  kindIn('platform/applicationclaim', 'examples/applicationclaim.yaml'),
];
/** Requests at once. */
const AT_ONCE = 8;

let scene: Scene;
let guarded: Guarded;

before(async () => {
  scene = await Scene.open(undefined, { users: { [USER]: [] } });
  const kinds = KINDS.map(({ path, apiVersion }) => ({
    group: apiVersion.split('/')[0] ?? '',
    resource: path.split('/').at(-1) ?? '',
  }));
  guarded = await Guarded.place(scene, kinds);
  await scene.run();
  // The records of the rules are made with the first of each, and a user of another namespace has one too.
  for (const { kind, apiVersion, example, path } of KINDS) {
    await createAs(scene, path, {
      apiVersion,
      kind,
      metadata: { name: 'calm', namespace: OWN },
      spec: distinct(example, 'calm'),
    });
    await scene.apply({
      apiVersion,
      kind,
      metadata: { name: 'calm', namespace: 'square' },
      spec: distinct(example, 'square'),
    });
    await allLookedAt(scene, path);
    await allLookedAt(scene, path.replace(OWN, 'square'));
  }
  await scene.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'performer-theirs', namespace: OWN },
    spec: { containers: [{ name: 'a', image: 'theirs' }] },
  });
  await guarded.note();
});
after(async () => {
  guarded?.close();
  await scene?.close();
});

/** The same with names of its own where two claims must not have one: what is written would be another's. */
function distinct(spec: JsonObject, name: string): JsonObject {
  const text = JSON.stringify(spec).replace(
    /"(notification|payment)-service"/g,
    (_, service: string) => `"${service}-${name}"`,
  );
  return JSON.parse(text) as JsonObject;
}

/** Creates all objects, some at once; gives how many the API server took. */
async function createAll(path: string, objects: readonly JsonObject[]): Promise<number> {
  const queue = [...objects];
  let taken = 0;
  const worker = async (): Promise<void> => {
    for (let object = queue.pop(); object !== undefined; object = queue.pop())
      if (await createAs(scene, path, object)) taken++;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return taken;
}

for (const { file, path, schema, example, apiVersion, kind } of KINDS) {
  test(`${file}: a hostile value in any field leads nowhere, neither while the object is there nor when it goes`, async () => {
    const objects = [...new Attempts(guarded.port).in(schema, example)].map((spec, index): JsonObject => {
      return {
        apiVersion,
        kind,
        metadata: { name: `try-${index}`, namespace: OWN },
        spec: distinct(spec as JsonObject, `${index}`),
      };
    });
    const taken = await createAll(path, objects);
    assert.ok(taken > 50, `only ${taken} of ${objects.length} attempts got past the schema`);
    await allLookedAt(scene, path);
    if (kind === 'Performer') assert.ok((await scene.list('pods', OWN)).length > 30, 'hardly any got a Pod');
    await guarded.assertUntouched();
    const { status } = await scene.plane.request(path, { method: 'DELETE', token: scene.plane.token(USER) });
    assert.equal(status, 200);
    await scene.until('all are gone', async () => (await allLookedAt(scene, path)).length === 0);
    await guarded.assertUntouched();
  });
}

test('what a custom resource says of itself in metadata makes nothing of others its own', async () => {
  const [{ path, apiVersion, kind, example } = assert.fail()] = KINDS;
  type Named = {
    readonly metadata: {
      readonly name: string;
      readonly uid: string;
      readonly resourceVersion: string;
      readonly labels?: Record<string, string>;
    };
  };
  const theirs = await scene.get<Named>('pod', 'performer-theirs', OWN);
  const calm = await scene.get<Named>('pod', 'performer-calm', 'square');
  const owner = await scene.get<Named>('performer', 'calm', 'square');
  assert.ok(theirs !== undefined && calm !== undefined && owner !== undefined);
  const reference = {
    apiVersion,
    kind,
    name: 'calm',
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  const metadata: readonly JsonObject[] = [
    { name: 'theirs' },
    { name: 'theirs-replaced', annotations: { 'edict.dev/replace': theirs.metadata.uid } },
    { name: 'labelled', labels: calm.metadata.labels ?? {} },
    {
      name: 'annotated',
      annotations: {
        'edict.dev/replace': calm.metadata.uid,
        'edict.dev/deletion': 'Delete',
        'edict.dev/applied': 'x',
        'edict.dev/wave': '-1',
      },
    },
    { name: 'held', finalizers: ['edict.dev/finalizer', 'hourglass.eigenlayer.io/performer-finalizer'] },
    { name: 'referring', ownerReferences: [reference] },
    { name: 'generated', generateName: 'x', uid: owner.metadata.uid },
    { name: 'calm' },
    { name: 'kube-system' },
  ];
  const objects = metadata.map(
    (each): JsonObject => ({ apiVersion, kind, metadata: { ...each, namespace: OWN }, spec: example }),
  );
  await createAll(path, objects);
  await allLookedAt(scene, path);
  const stalled = await scene.condition([`${path.split('/').at(-1)}`, 'theirs', OWN], 'Stalled', /^True FieldTaken/);
  assert.match(stalled.message, /performer-theirs is there already, made by kubectl/);
  await scene.plane.request(path, { method: 'DELETE', token: scene.plane.token(USER) });
  await scene.until('all are gone', async () => (await allLookedAt(scene, path)).length === 0);
  const after = await scene.get<Named>('pod', 'performer-theirs', OWN);
  assert.deepEqual(
    [after?.metadata.uid, after?.metadata.resourceVersion],
    [theirs.metadata.uid, theirs.metadata.resourceVersion],
  );
  await guarded.assertUntouched();
});
