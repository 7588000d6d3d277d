import type { CatalogEntry } from '#catalog/catalog.js';
import { kindsOf } from '#model/rule.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import { type Pages, plain } from './page-server.js';

/** Gives every metric as text. */
interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** `/metrics`, for Prometheus. */
export function metricsPages(metrics: Metrics): Pages {
  return new Map([
    ['/metrics', async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.text() })],
  ]);
}

/** `/healthz` and `/readyz`, for the kubelet. `missing` tells what the process is not ready for, a line each. */
export function probePages(missing: () => Promise<readonly string[]>): Pages {
  return new Map([
    // That it answers is all there is to say: a restart mends nothing that the process knows of itself.
    ['/healthz', async () => plain(200, 'ok')],
    [
      '/readyz',
      async () => {
        const lines = await missing();
        return lines.length === 0 ? plain(200, 'ok') : plain(503, lines.join('\n'));
      },
    ],
  ]);
}

/** Why rules are held, a line for each: which of their kinds were not read yet. */
export async function unsynced(held: readonly CatalogEntry[], cluster: ClusterReader): Promise<readonly string[]> {
  const lines = held.map(async ({ rule }) => {
    const kinds = kindsOf(rule);
    const states = await Promise.all(kinds.map((kind) => cluster.availability(kind)));
    const names = kinds.flatMap(({ apiVersion, kind }, index) =>
      states[index] === 'syncing' ? [`${apiVersion}/${kind}`] : [],
    );
    // The last of them may have been read since the rule was held.
    const what = names.length === 0 ? 'its kinds' : [...new Set(names)].join(', ');
    return `rule ${rule.domain}/${rule.slug} waits until ${what} ${names.length === 1 ? 'is' : 'are'} read`;
  });
  return Promise.all(lines);
}
