import type { Address } from '#adapters/http/address.js';
import { PageServer } from '#adapters/http/page-server.js';
import { metricsPages, probePages, unsynced } from '#adapters/http/pages.js';
import type { PassMetrics } from '#adapters/metrics/pass-metrics.js';
import type { Controller } from '#controller/controller.js';
import type { ClusterReader } from '#observe/cluster-reader.js';

/** Where the process answers Prometheus and the kubelet. */
export interface BindAddresses {
  readonly metrics: Address | 'off';
  readonly probes: Address | 'off';
}

/** What the servers tell of. */
export interface ServerSources {
  readonly controller: Controller;
  readonly cluster: ClusterReader;
  readonly metrics: PassMetrics;
  /** What else the process is not ready for. */
  readonly missing: () => readonly string[];
  readonly defect: (error: unknown) => void;
}

/** The servers of a process. It is not ready before `begin`. */
export interface Servers {
  readonly begin: () => void;
  readonly close: () => Promise<void>;
}

/** Answers on the addresses that are not off. Throws AddressUnavailable, and then answers on none. */
export async function openServers(addresses: BindAddresses, sources: ServerSources): Promise<Servers> {
  const { controller, cluster, metrics, defect } = sources;
  let hasBegun = false;
  const missing = async (): Promise<readonly string[]> => [
    ...(hasBegun ? await unsynced(controller.held, cluster) : ['the rule set is not at work yet']),
    ...sources.missing(),
  ];
  const opened: PageServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((server) => server.close()));
  };
  try {
    for (const [address, pages] of [
      [addresses.probes, probePages(missing)],
      [addresses.metrics, metricsPages(metrics)],
    ] as const) {
      if (address !== 'off') opened.push(await PageServer.open({ address, pages, defect }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    begin: () => {
      hasBegun = true;
    },
    close,
  };
}
