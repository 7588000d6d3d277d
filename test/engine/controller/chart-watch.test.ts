import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChartWatch } from '#controller/chart-watch.js';
import type { ChartReference } from '#model/chart.js';
import type { ObjectKey } from '#model/object.js';
import type { ChartReader } from '#observe/chart-reader.js';

const key = (name: string): ObjectKey => ({ apiVersion: 'example.org/v1', kind: 'Thing', namespace: 'shop', name });
const chart = (name: string): ChartReference => ({ repository: 'oci://charts', chart: name, version: '^1' });

/** Charts by name; one that is not there cannot be read. */
class Charts implements ChartReader {
  readonly digests = new Map<string, string>();
  readonly read: ChartReader['read'] = async ({ chart: name }) => {
    this.reads++;
    const digest = this.digests.get(name);
    if (digest === undefined) throw new Error('not there');
    return { metadata: {}, values: {}, profiles: {}, digest };
  };
  reads = 0;
}

test('an object is found when a chart that its last pass saw has changed, and each chart is read once', async () => {
  const [watch, charts] = [new ChartWatch(), new Charts()];
  charts.digests.set('web', '1').set('job', '1');
  for (const name of ['a', 'b']) await watch.reader(key(name), charts).read(chart('web'));
  await watch.reader(key('c'), charts).read(chart('job'));
  charts.reads = 0;
  assert.deepEqual([await watch.changed(charts), charts.reads], [[], 2]);
  charts.digests.set('web', '2');
  assert.deepEqual(await watch.changed(charts), [key('a'), key('b')]);
  await watch.reader(key('a'), charts).read(chart('web'));
  assert.deepEqual(await watch.changed(charts), [key('b')]);
  watch.forget(key('b'));
  assert.deepEqual(await watch.changed(charts), []);
  // A pass that asks for other charts, and one that ends before it asks for any.
  await watch.reader(key('c'), charts).read(chart('web'));
  watch.reader(key('c'), charts);
  charts.digests.set('job', '2');
  assert.deepEqual(await watch.changed(charts), []);
});

test('a chart that appears is found, and one that cannot be read for a while changes nothing', async () => {
  const [watch, charts] = [new ChartWatch(), new Charts()];
  await assert.rejects(watch.reader(key('a'), charts).read(chart('web')));
  assert.deepEqual(await watch.changed(charts), []);
  charts.digests.set('web', '1');
  assert.deepEqual(await watch.changed(charts), [key('a')]);
  await watch.reader(key('a'), charts).read(chart('web'));
  charts.digests.clear();
  assert.deepEqual(await watch.changed(charts), []);
});
