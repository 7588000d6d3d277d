import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '#cli/settle.js';
import type { Workspace } from '#cli/workspace.js';
import { EdictError } from '#errors/edict-error.js';
import type { JsonObject } from '#model/json.js';
import type { Submission } from '#publish/integrate.js';
import type { Engine } from '#reconcile/engine.js';
import { CONFIG, type Facts, mirror, THING } from './thing.js';
import { config, ended, file, World } from './world.js';

const workspaceOf = ({ cluster, engine }: World): Workspace =>
  ({ cluster, engine, catalog: engine.catalog }) as unknown as Workspace;

test('owners are woken by their children and by what they read, until nothing is woken any more', async () => {
  const seen: string[] = [];
  const world = new World({
    rule: {
      reads: { resources: [{ as: 'base', ...THING, name: { path: 'spec.base' } }] },
      writes: { resources: [CONFIG] },
    },
    template: {
      desired: ({ object, related, children }: Facts) => {
        seen.push(object.metadata.name);
        const size = (related.base as { spec?: JsonObject } | null)?.spec?.size ?? object.spec.size ?? 0;
        return {
          resources: [
            config(object.metadata.name, { size: String(size), children: String(Object.keys(children).length) }),
          ],
        };
      },
    },
  });
  await world.thing('base', { size: 1 });
  await world.thing('user', { base: 'base' });
  await world.thing('other', { size: 5 });
  const objects = await world.cluster.list(THING);
  const passes = await settle(objects, workspaceOf(world), () => undefined);
  assert.deepEqual(
    passes.map((pass) => `${pass.object.metadata.name} ${ended(pass)}`),
    ['base settled', 'other settled', 'user settled'],
  );
  const dataOf = async (name: string) => ((await world.get(CONFIG, name)) as unknown as { data: JsonObject }).data;
  assert.deepEqual(await dataOf('user'), { size: '1', children: '1' });

  seen.length = 0;
  await settle([await world.thing('base', { size: 2 })], workspaceOf(world), () => undefined);
  assert.equal(seen.includes('other'), false);
});

test('rules that undo each other’s work are stopped and named', async () => {
  let turn = 0;
  const world = new World({ template: { desired: () => ({ resources: [config('x', { turn: String(turn++) })] }) } });
  await world.thing('one');
  const [pass] = await settle(await world.cluster.list(THING), workspaceOf(world), () => undefined);
  assert.equal(pass === undefined ? '' : ended(pass), 'stalled Unsettled');
  assert.ok(turn <= 10);
});

test('a lost race is planned anew', async () => {
  const world = new World({ template: mirror });
  await world.thing('one', { files: [file('a', '1')] });
  let lost = 0;
  const submit = (submission: Submission) => {
    if (lost++ > 0) return world.engine.queue.submit(submission);
    return Promise.reject(new EdictError({ code: 'RepositoryConflict', message: 'moved', location: {} }));
  };
  const engine: Engine = { ...world.engine, queue: { submit } };
  const [pass] = await settle(
    await world.cluster.list(THING),
    { ...workspaceOf(world), engine } as Workspace,
    () => undefined,
  );
  assert.equal(pass === undefined ? '' : ended(pass), 'settled');
  assert.equal(await world.text('a'), '1');
});

test('no more passes of a rule work at once than it allows, while any number may wait for one commit', async () => {
  const world = new World({ template: mirror, rule: { concurrency: 3 }, window: 40 });
  for (let index = 0; index < 20; index++) await world.thing(`thing-${index}`, { files: [file(`f${index}`, '1')] });
  let [working, most] = [0, 0];
  const templates: Engine['templates'] = {
    call: async (call) => {
      most = Math.max(most, ++working);
      await new Promise((resolve) => setTimeout(resolve, 1));
      working--;
      return world.engine.templates.call(call);
    },
  };
  const workspace = { ...workspaceOf(world), engine: { ...world.engine, templates } } as Workspace;
  const passes = await settle(await world.cluster.list(THING), workspace, () => undefined);
  assert.deepEqual([...new Set(passes.map(ended))], ['settled']);
  assert.deepEqual([most, world.commits()], [3, 1]);
});
