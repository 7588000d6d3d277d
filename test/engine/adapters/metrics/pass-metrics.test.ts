import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricsSources } from '#adapters/metrics/current-gauges.js';
import { PassMetrics } from '#adapters/metrics/pass-metrics.js';
import { ENTRY, FAILED, keyNamed, noticeOf, STALLED } from '../../controller/notice.js';

const RULE = 'test/thing';

function metricsOf(sources: Partial<MetricsSources> = {}): PassMetrics {
  return new PassMetrics({
    catalog: () => ({ revision: 'abc', loaded: 5000, isCurrent: true, faults: 2 }),
    entries: () => [ENTRY],
    queue: () => new Map(),
    requests: () => [],
    isLeader: () => true,
    ...sources,
  });
}

/** The values of a metric, by its labels as they are written. */
async function valuesOf(metrics: PassMetrics, name: string): Promise<{ readonly [labels: string]: number }> {
  const lines = (await metrics.text()).split('\n').map((line) => line.match(/^([a-z_]+)(?:\{(.*)\})? (\S+)$/));
  return Object.fromEntries(
    lines.flatMap((line) => (line?.[1] === name ? [[line[2] ?? '', Number(line[3])] as const] : [])),
  );
}

test('there are exactly the metrics that dashboard and alerts know, and those of the process', async () => {
  const text = await metricsOf().text();
  const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  assert.deepEqual(names.filter((name) => name.startsWith('edict_')).sort(), [
    'edict_admission_duration_seconds histogram',
    'edict_admission_reviews_total counter',
    'edict_api_requests_total counter',
    'edict_catalog_faults gauge',
    'edict_catalog_info gauge',
    'edict_catalog_last_reload_success_timestamp_seconds gauge',
    'edict_catalog_last_reload_successful gauge',
    'edict_leader gauge',
    'edict_objects gauge',
    'edict_queue_depth gauge',
    'edict_queue_latency_seconds histogram',
    'edict_queue_oldest_seconds gauge',
    'edict_reconcile_duration_seconds histogram',
    'edict_reconcile_stage_duration_seconds histogram',
    'edict_reconcile_total counter',
    'edict_verdicts_total counter',
  ]);
  assert.ok(names.includes('process_resident_memory_bytes gauge'));
  assert.deepEqual(
    names.filter((name) => !/^(edict|process|nodejs)_/.test(name)),
    [],
  );
});

test('reviews are counted by what was said, those of kinds without a rule too', async () => {
  const metrics = metricsOf();
  for (const rule of [RULE, RULE, undefined])
    metrics.onReview({ rule, operation: 'CREATE', result: rule === undefined ? 'skipped' : 'denied', duration: 20 });
  assert.deepEqual(await valuesOf(metrics, 'edict_admission_reviews_total'), {
    [`rule="${RULE}",operation="CREATE",result="denied"`]: 2,
    'rule="",operation="CREATE",result="skipped"': 1,
  });
  assert.equal((await valuesOf(metrics, 'edict_admission_duration_seconds_sum'))[`rule="${RULE}"`], 0.04);
});

test('passes are counted by outcome, with what they took and what policies said', async () => {
  const metrics = metricsOf();
  metrics.onPass(noticeOf('a'));
  metrics.onPass(noticeOf('b', { outcome: FAILED }));
  assert.deepEqual(await valuesOf(metrics, 'edict_reconcile_stage_duration_seconds_sum'), {
    [`rule="${RULE}",stage="observe"`]: 0.008,
    [`rule="${RULE}",stage="publish"`]: 0.9,
  });
  const verdict = { policy: 'p', level: 'deny', code: '', message: 'no', path: '' } as const;
  metrics.onPass(noticeOf('c', { outcome: STALLED, verdicts: [verdict, verdict, { ...verdict, level: 'warn' }] }));
  assert.deepEqual(await valuesOf(metrics, 'edict_reconcile_total'), {
    [`rule="${RULE}",outcome="settled"`]: 1,
    [`rule="${RULE}",outcome="waiting"`]: 0,
    [`rule="${RULE}",outcome="stalled"`]: 1,
    [`rule="${RULE}",outcome="failed"`]: 1,
  });
  assert.deepEqual(await valuesOf(metrics, 'edict_verdicts_total'), {
    [`rule="${RULE}",level="deny"`]: 2,
    [`rule="${RULE}",level="warn"`]: 1,
    [`rule="${RULE}",level="unknown"`]: 0,
  });
  assert.deepEqual(await valuesOf(metrics, 'edict_reconcile_duration_seconds_sum'), { [`rule="${RULE}"`]: 1.5 });
  assert.deepEqual(await valuesOf(metrics, 'edict_queue_latency_seconds_sum'), { [`rule="${RULE}"`]: 6 });
});

test('a rule without passes shows zeros, so that its first failure is a rate', async () => {
  const values = await valuesOf(metricsOf(), 'edict_reconcile_total');
  assert.deepEqual(new Set(Object.values(values)), new Set([0]));
});

test('objects are counted by their last pass, until they are gone', async () => {
  const metrics = metricsOf();
  const objects = async (): Promise<readonly number[]> => Object.values(await valuesOf(metrics, 'edict_objects'));
  assert.deepEqual(await objects(), [0, 0]);
  for (const name of ['a', 'b', 'c']) metrics.onPass(noticeOf(name));
  metrics.onPass(noticeOf('a', { outcome: STALLED }));
  assert.deepEqual(await objects(), [2, 1]);
  metrics.onPass(noticeOf('a', { outcome: STALLED, deleting: true }));
  assert.deepEqual(await objects(), [2, 1]);
  metrics.onPass(noticeOf('a', { deleting: true }));
  metrics.onGone(keyNamed('b'));
  assert.deepEqual(await objects(), [1, 0]);
});

test('the queue and the requests are read when they are asked for', async () => {
  let oldest = 1500;
  const metrics = metricsOf({
    queue: () => new Map([['example.org/Thing', { due: 3, working: 1, oldest }]]),
    requests: () => [{ verb: 'list', resource: 'pods.', code: 403, count: 7 }],
  });
  for (const seconds of [1.5, 2.5]) {
    oldest = seconds * 1000;
    assert.deepEqual(await valuesOf(metrics, 'edict_queue_oldest_seconds'), { [`rule="${RULE}"`]: seconds });
    assert.deepEqual(await valuesOf(metrics, 'edict_queue_depth'), { [`rule="${RULE}"`]: 3 });
    assert.deepEqual(await valuesOf(metrics, 'edict_api_requests_total'), {
      'verb="list",resource="pods.",code="403"': 7,
    });
  }
});

test('a replica that stands by has no objects, and nothing that waits', async () => {
  let leads = true;
  const metrics = metricsOf({
    queue: () => new Map([['example.org/Thing', { due: 3, working: 0, oldest: 9_000_000 }]]),
    isLeader: () => leads,
  });
  metrics.onPass(noticeOf('a'));
  assert.deepEqual(await valuesOf(metrics, 'edict_leader'), { '': 1 });
  leads = false;
  assert.deepEqual(await valuesOf(metrics, 'edict_leader'), { '': 0 });
  assert.deepEqual(await valuesOf(metrics, 'edict_objects'), {});
  assert.deepEqual(await valuesOf(metrics, 'edict_queue_oldest_seconds'), { [`rule="${RULE}"`]: 0 });
});

test('a rule that is no longer there has no queue and no objects', async () => {
  let entries = [ENTRY];
  const metrics = metricsOf({ entries: () => entries });
  metrics.onPass(noticeOf('a'));
  assert.equal(Object.keys(await valuesOf(metrics, 'edict_objects')).length, 2);
  entries = [];
  assert.deepEqual(await valuesOf(metrics, 'edict_objects'), {});
  assert.deepEqual(await valuesOf(metrics, 'edict_queue_depth'), {});
});

test('the rule set at work is told by its revision, with when it was loaded and how it stands with its files', async () => {
  let isCurrent = true;
  const metrics = metricsOf({
    catalog: () => ({ revision: isCurrent ? 'abc' : 'def', loaded: 5000, isCurrent, faults: 2 }),
  });
  assert.deepEqual(await valuesOf(metrics, 'edict_catalog_info'), { 'revision="abc"': 1 });
  assert.deepEqual(await valuesOf(metrics, 'edict_catalog_last_reload_success_timestamp_seconds'), { '': 5 });
  assert.deepEqual(await valuesOf(metrics, 'edict_catalog_faults'), { '': 2 });
  isCurrent = false;
  assert.deepEqual(await valuesOf(metrics, 'edict_catalog_info'), { 'revision="def"': 1 });
  assert.deepEqual(await valuesOf(metrics, 'edict_catalog_last_reload_successful'), { '': 0 });
});
