import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewsDesk, type PassNews, targetOf } from '#controller/pass-news.js';
import type { Pass } from '#reconcile/engine.js';
import { CONFIG } from '../reconcile/thing.js';
import { config, file } from '../reconcile/world.js';
import { Bench } from './bench.js';
import { creating, FAILED, keyNamed, noticeOf, STALLED } from './notice.js';

const tell = (desk: NewsDesk, pass: Partial<Pass> = {}): readonly unknown[] => told(desk.look(noticeOf('a', pass)));
const told = ({ isOutcomeNew, written }: PassNews): readonly unknown[] => [
  isOutcomeNew,
  ...written.map((change) => `${change.action} ${targetOf(change)}`),
];
const NOT_READY = { reason: 'ResourceNotReady', message: 'ConfigMap/avs/c is not ready yet' };

test('ids and times in the words of others are no news, another refusal is', () => {
  const desk = new NewsDesk();
  const denied = (message: string): Partial<Pass> => ({
    outcome: { state: 'stalled', reason: 'AdmissionDenied', message, retried: true },
  });
  const isNew = (message: string): boolean => desk.look(noticeOf('one', denied(message))).isOutcomeNew;
  assert.equal(isNew('no, says request 0a1b2c3d-4e5f at 12:30'), true);
  assert.equal(isNew('no, says request 9f8e7d6c-0000 at 12:31'), false);
  assert.equal(isNew('no, the quota is full'), true);
});

test('that all is well is news after something else only', () => {
  const desk = new NewsDesk();
  assert.deepEqual(
    [tell(desk), tell(desk, { outcome: STALLED }), tell(desk), tell(desk)],
    [[false], [true], [true], [false]],
  );
});

test('what an object is stalled by is told once, and again when it is something else', () => {
  const desk = new NewsDesk();
  assert.deepEqual(tell(desk, { outcome: STALLED }), [true]);
  assert.deepEqual(tell(desk, { outcome: STALLED }), [false]);
  assert.deepEqual(tell(desk, { outcome: { ...STALLED, message: 'too small' } as Pass['outcome'] }), [true]);
  assert.deepEqual(tell(desk, { outcome: FAILED }), [true]);
  const elsewhere = { state: 'failed', fault: { ...FAILED.fault, message: 'down, port 4711' } } as const;
  assert.deepEqual(tell(desk, { outcome: elsewhere }), [false]);
  desk.forget(keyNamed('a'));
  assert.deepEqual(tell(desk, { outcome: FAILED }), [true]);
});

test('every change of a pass that came to its end is told, and of one that waits once', () => {
  const desk = new NewsDesk();
  assert.deepEqual(tell(desk, creating('c')), [false, 'create ConfigMap/avs/c']);
  assert.deepEqual(tell(desk, creating('c')), [false, 'create ConfigMap/avs/c']);
  assert.deepEqual(tell(desk, creating('c', NOT_READY)), [true, 'create ConfigMap/avs/c']);
  assert.deepEqual(tell(desk, creating('c', NOT_READY)), [false]);
  const waiting = creating('c', NOT_READY);
  const idle = { ...waiting, changes: { changes: [], held: false } };
  assert.deepEqual(tell(desk, idle), [false], 'it still waits for the same');
  assert.deepEqual(tell(desk, waiting), [false, 'create ConfigMap/avs/c']);
});

test('what a pass left for later is not told as done', () => {
  const desk = new NewsDesk();
  const { published, ...more } = creating('c', NOT_READY);
  assert.ok(published !== undefined);
  assert.deepEqual(tell(desk, { ...more, published: { ...published, resources: new Map() } }), [true]);
  const changes = (more.changes?.changes ?? []).flatMap((change) =>
    change.sink === 'cluster' ? [{ ...change, action: 'delete' as const }] : [],
  );
  const removing = { ...more, changes: { changes, held: false }, published };
  assert.deepEqual(tell(new NewsDesk(), removing), [true]);
  const gone = { ...published, waiting: undefined };
  assert.deepEqual(tell(new NewsDesk(), { ...removing, published: gone }), [true, 'delete ConfigMap/avs/c']);
  assert.deepEqual(
    tell(new NewsDesk(), { ...removing, published: { ...gone, waiting: { reason: 'Deleting', message: '' } } }),
    [true, 'delete ConfigMap/avs/c'],
  );
});

test('files are told with their repository', () => {
  const change = {
    sink: 'git',
    action: 'update',
    repository: { remote: 'gitea', name: 'team/apps', branch: 'main' },
  } as const;
  const file = { ...change, path: 'a.yaml', wave: 0, shared: false, content: 'hush', fields: [], reason: undefined };
  const published = {
    waiting: undefined,
    complete: true,
    resources: new Map(),
    patched: new Set<string>(),
    commits: new Map([['gitea/team/apps', 'c0ffee']]),
  };
  const pass = { changes: { changes: [file], held: false }, published };
  assert.deepEqual(tell(new NewsDesk(), pass), [false, 'update gitea/team/apps:a.yaml']);
});

test('of real passes that is told which was done', async () => {
  const bench = new Bench();
  const desk = new NewsDesk();
  const passes = async (): Promise<readonly unknown[]> => {
    await bench.quiet();
    return bench.notices.splice(0).map((notice) => told(desk.look(notice)));
  };
  const news = async (): Promise<readonly unknown[]> => (await passes()).filter((each) => String(each) !== 'false');
  await bench.world.thing('one', { resources: [config('c'), config('d')], files: [file('f', '1')] });
  await bench.controller.start();
  assert.deepEqual(await news(), [
    [false, 'create gitea/team/apps:f', 'create ConfigMap/shop/c', 'create ConfigMap/shop/d'],
  ]);
  await bench.world.delete(CONFIG, 'c');
  assert.deepEqual(await news(), [[false, 'create ConfigMap/shop/c']]);
  await bench.world.thing('one', { resources: [config('c')], files: [] });
  assert.deepEqual(await news(), [[false, 'delete gitea/team/apps:f', 'delete ConfigMap/shop/d']]);
  await bench.world.thing('one', { stalled: 'too large' });
  assert.deepEqual(await news(), [[true]]);
  await bench.controller.stop(0);
});
