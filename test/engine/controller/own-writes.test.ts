import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#model/json.js';
import { type KubernetesObject, keyOf } from '#model/object.js';
import type { ApplyRequest, ClusterWriter } from '#publish/cluster-writer.js';
import type { Engine } from '#reconcile/engine.js';
import { CONFIG, type Facts, mirror, THING } from '../reconcile/thing.js';
import { config } from '../reconcile/world.js';
import { Bench, type BenchOptions } from './bench.js';

/** The passes that a new object with two children takes. */
async function passesOf(options: BenchOptions, spec = { resources: [config('c1'), config('c2')] }): Promise<number> {
  const bench = new Bench(options);
  await bench.controller.start();
  await bench.world.thing('one', spec);
  await bench.quiet();
  assert.ok((await bench.world.get(CONFIG, 'c1')) !== null);
  assert.deepEqual(bench.defects, []);
  return bench.passes().length;
}

/** An engine whose writer does something else with what is applied. */
const applying =
  (apply: (writer: ClusterWriter, request: ApplyRequest) => ReturnType<ClusterWriter['apply']>) =>
  (engine: Engine): Engine => {
    const { writer } = engine;
    const other: ClusterWriter = {
      apply: (request) => apply(writer, request),
      updateStatus: (request) => writer.updateStatus(request),
      updateFinalizers: (request) => writer.updateFinalizers(request),
      delete: (request) => writer.delete(request),
    };
    return { ...engine, writer: other };
  };

test('children that a pass makes itself lead to no other pass, unless a change policy looks at children', async () => {
  assert.equal(await passesOf({}), 1);
  assert.equal(await passesOf({ change: () => [] }), 2);
});

test('a template that looks at children is asked again, and leads to another pass only where it asks for something else', async () => {
  const asking = (more: (children: number) => readonly unknown[]) => (facts: Facts) => {
    const { resources } = mirror.desired(facts) as { readonly resources: readonly unknown[] };
    return { resources: [...resources, ...more(Object.keys(facts.children).length)] };
  };
  assert.equal(await passesOf({ template: { desired: asking(() => []) } }), 1);
  assert.equal(
    await passesOf({ template: { desired: asking((children) => (children < 2 ? [] : [config('c3')])) } }),
    2,
  );
});

test('a status tells of the children that its pass has made', async () => {
  const status = ({ children }: Facts): unknown => ({ note: `${Object.keys(children).length} children` });
  const bench = new Bench({ template: { ...mirror, status } });
  await bench.controller.start();
  await bench.world.thing('one', { resources: [config('c1'), config('c2')] });
  await bench.quiet();
  assert.equal(((await bench.world.get(THING, 'one'))?.status as JsonObject | undefined)?.note, '2 children');
  assert.deepEqual(bench.passes(), ['one settled']);
});

test('an object that waits for its children is woken by who makes them ready', async () => {
  const bench = new Bench();
  await bench.controller.start();
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };
  await bench.world.thing('one', { resources: [pod] });
  await bench.quiet();
  assert.deepEqual(bench.passes(), ['one waiting ResourceNotReady']);
  const live = await bench.world.get(pod, 'p');
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await bench.world.cluster.updateStatus({ key: keyOf(live!), uid: live!.metadata.uid!, status });
  await bench.quiet();
  assert.deepEqual(bench.passes(), ['one settled']);
});

test('a verdict is looked at again once what it is about is done', async () => {
  const warning = (engine: Engine): Engine => {
    const entries = engine.catalog.entries.map((entry) => {
      const request = entry.policies.request.map((policy) => ({ ...policy, enforce: 'Warn' as const }));
      return { ...entry, policies: { ...entry.policies, request } };
    });
    return { ...engine, catalog: { ...engine.catalog, entries } };
  };
  assert.equal(await passesOf({ request: () => [], engine: warning }), 1);
  assert.equal(await passesOf({ request: () => ['it is odd'], engine: warning }), 2);
});

test('what an owner reads is news to it even where it wrote it itself', async () => {
  const rule = { reads: { resources: [{ ...CONFIG, as: 'configs', labels: { app: 'a' } }] } };
  const labelled = {
    resources: [{ ...config('c1'), metadata: { name: 'c1', namespace: 'shop', labels: { app: 'a' } } }],
  };
  assert.equal(await passesOf({ rule }, labelled), 2);
});

test('what somebody makes of a child on its way is looked at again', async () => {
  const disowned = applying(async (writer, request) => {
    const answer = await writer.apply(request);
    const managedFields = [{ manager: 'a-webhook', operation: 'Update' }];
    return { ...answer, metadata: { ...answer.metadata, managedFields } };
  });
  assert.equal(await passesOf({ engine: disowned }), 2);
});

/** A bench where somebody does something to the child c1 before its first write is answered. */
function meddling(meddle: (bench: Bench, request: ApplyRequest) => Promise<unknown>): Bench {
  let isDone = false;
  const bench: Bench = new Bench({
    engine: applying(async (writer, request) => {
      const answer = await writer.apply(request);
      if (!isDone && request.object.metadata.name === 'c1') {
        isDone = true;
        await meddle(bench, request);
      }
      return answer;
    }),
  });
  return bench;
}

test('what somebody else does to a child meanwhile is put right', async () => {
  let isDone = false;
  const bench = meddling(async ({ world }) => {
    isDone = true;
    await world.delete(CONFIG, 'c1');
  });
  await bench.controller.start();
  await bench.world.thing('one', { resources: [config('c1')] });
  await bench.quiet();
  assert.ok(isDone && (await bench.world.get(CONFIG, 'c1')) !== null);
});

test('what somebody else makes of a child while it is being written is put right', async () => {
  const bench = meddling(({ world }, { object }) =>
    world.store({ ...object, data: { a: 'theirs' } } as KubernetesObject, 'somebody'),
  );
  await bench.controller.start();
  await bench.world.thing('one', { resources: [config('c1', { a: 'ours' })] });
  await bench.quiet();
  assert.deepEqual((await bench.world.get(CONFIG, 'c1'))?.data, { a: 'ours' });
});
