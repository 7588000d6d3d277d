import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApplyRequest, ClusterWriter } from '#publish/cluster-writer.js';
import type { Engine } from '#reconcile/engine.js';
import { CONFIG, type Facts, mirror } from '../reconcile/thing.js';
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

test('children that a pass makes itself lead to no other pass, unless somebody looks at children', async () => {
  assert.equal(await passesOf({}), 1);
  const desired = (facts: Facts): unknown => ({
    ...mirror.desired(facts),
    files: Object.keys(facts.children).flatMap(() => []),
  });
  assert.equal(await passesOf({ template: { desired } }), 2);
  const status = ({ children }: Facts): unknown => ({ note: `${Object.keys(children).length} children` });
  assert.equal(await passesOf({ template: { ...mirror, status } }), 2);
  assert.equal(await passesOf({ change: () => [] }), 2);
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

test('what somebody else does to a child meanwhile is put right', async () => {
  let isDone = false;
  const bench: Bench = new Bench({
    engine: applying(async (writer, request) => {
      const answer = await writer.apply(request);
      if (!isDone) {
        isDone = true;
        await bench.world.delete(CONFIG, request.object.metadata.name);
      }
      return answer;
    }),
  });
  await bench.controller.start();
  await bench.world.thing('one', { resources: [config('c1')] });
  await bench.quiet();
  assert.ok(isDone && (await bench.world.get(CONFIG, 'c1')) !== null);
});
