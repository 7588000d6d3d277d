import { cpuUsage } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '#adapters/kubernetes/api-error.js';
import { loadConnection } from '#adapters/kubernetes/kube-config.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';
import type { JsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { install } from '../../e2e/running-edict.js';
import { countWrites } from '../../testbed/api-metrics.js';
import type { ControlPlane } from '../../testbed/control-plane.js';
import { usageOf } from '../../testbed/process-usage.js';
import { startControlPlane } from '../../testbed/start-control-plane.js';

/** The namespace that everything is in. */
const NAMESPACE = 'bench';
/** Requests in flight of whoever is compared with the engine. */
export const CONNECTIONS = 16;
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const PERFORMERS = `/apis/hourglass.eigenlayer.io/v1alpha1/namespaces/${NAMESPACE}/performers`;

/** Collections of what is written. */
export const PATHS = { Performer: PERFORMERS, Pod: `${CORE}/pods`, Service: `${CORE}/services` } as const;

/** Milliseconds of CPU that each has used so far. */
export interface CpuTimes {
  readonly client: number;
  readonly apiServer: number;
  readonly etcd: number;
}

/**
 * etcd and an API server, with CRDs and rights of the rule set, and a client of the admin. No controllers and no kubelet: what
 * they would do besides is not what is measured.
 */
export class Stand {
  readonly plane: ControlPlane;
  readonly client: RestClient;
  /** Of an account that has the rights that the rules need and no more. */
  readonly kubeconfig: string;
  /** A client of that account: the API server takes a twentieth more for a request of its than for one of the admin. */
  readonly operator: RestClient;

  private constructor(plane: ControlPlane, client: RestClient, operator: RestClient, kubeconfig: string) {
    this.plane = plane;
    this.client = client;
    this.operator = operator;
    this.kubeconfig = kubeconfig;
  }

  /** Starts one. */
  static async start(): Promise<Stand> {
    const plane = await startControlPlane({ controllerManager: false });
    const kubeconfig = await install(plane);
    const clientOf = async (path: string): Promise<RestClient> =>
      new RestClient(await loadConnection({ variables: {}, paths: [path] }));
    const stand = new Stand(plane, await clientOf(plane.kubeconfig()), await clientOf(kubeconfig), kubeconfig);
    await stand.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    // What the controller manager would make, and pods need.
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: NAMESPACE } };
    await stand.post(`${CORE}/serviceaccounts`, account);
    return stand;
  }

  /** Creates an object, and gives it as it is then. */
  async post(path: string, body: object): Promise<KubernetesObject> {
    const answer = await this.client.request({ method: 'POST', path, body, verb: 'create', resource: 'bench' });
    return answer.body as unknown as KubernetesObject;
  }

  /** Server-side apply, with the account of the engine. */
  async apply(object: KubernetesObject, fieldManager: string): Promise<void> {
    await this.operator.request({
      method: 'PATCH',
      path: `${PATHS[object.kind as keyof typeof PATHS]}/${object.metadata.name}`,
      query: { fieldManager, force: 'false', fieldValidation: 'Strict' },
      body: asJson(object),
      contentType: 'application/apply-patch+yaml',
      verb: 'patch',
      resource: 'bench',
    });
  }

  /** Merges into an object, or into its subresource. */
  async merge(path: string, body: JsonObject, client = this.client): Promise<void> {
    const contentType = 'application/merge-patch+json';
    await client.request({ method: 'PATCH', path, body, contentType, verb: 'patch', resource: 'bench' });
  }

  /** Deletes an object, if it is there. */
  async remove(path: string): Promise<void> {
    try {
      await this.client.request({ method: 'DELETE', path, verb: 'delete', resource: 'bench' });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }

  async get(path: string): Promise<KubernetesObject> {
    const { body } = await this.client.request({ method: 'GET', path, verb: 'get', resource: 'bench' });
    return body as unknown as KubernetesObject;
  }

  /** How many objects a collection has: an answer of one object says how many there are besides. */
  async count(path: string): Promise<number> {
    const query = { limit: '1' };
    const { body } = await this.client.request({ method: 'GET', path, query, verb: 'list', resource: 'bench' });
    const { items, metadata } = body as { items: readonly object[]; metadata: { remainingItemCount?: number } };
    return items.length + (metadata.remainingItemCount ?? 0);
  }

  /** Waits until a collection has so many objects. */
  async countTo(path: string, wanted: number): Promise<void> {
    // Not too often: whoever asks is served by those whose work is measured.
    while ((await this.count(path)) < wanted) await sleep(200);
  }

  /** Requests so far that would change something, but for what tells that somebody lives: leases and events. */
  async writes(): Promise<number> {
    const counts = await this.plane.metrics();
    return countWrites(counts.filter(({ resource }) => resource !== 'leases' && resource !== 'events'));
  }

  /** Waits until the API server rests: after a start, a new kind or a new client it has seconds of work of its own. */
  async calm(): Promise<void> {
    for (let seconds = 0; seconds < 60; seconds += 1) {
      const before = this.cpu().apiServer;
      await sleep(1000);
      if (this.cpu().apiServer - before < 80) return;
    }
  }

  /** CPU used so far; `client` is the process of that id, or this one. */
  cpu(pid?: number): CpuTimes {
    const { user, system } = cpuUsage();
    const of = (process: number | undefined): number => usageOf(process).cpuSeconds * 1000;
    return {
      client: pid === undefined ? (user + system) / 1000 : of(pid),
      apiServer: of(this.plane.server('kube-apiserver').pid),
      etcd: of(this.plane.server('etcd').pid),
    };
  }

  async stop(): Promise<void> {
    this.client.close();
    this.operator.close();
    await this.plane.stop();
  }
}

/** The difference of two readings. */
export function cpuBetween(before: CpuTimes, after: CpuTimes): CpuTimes {
  return {
    client: after.client - before.client,
    apiServer: after.apiServer - before.apiServer,
    etcd: after.etcd - before.etcd,
  };
}

/** Does something for each item, as many at once as there are connections. */
export async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const run = async (): Promise<void> => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, run));
}

/** Performers with names of their own, from number `first` on. */
export function performers(first: number, count: number): readonly KubernetesObject[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'hourglass.eigenlayer.io/v1alpha1',
    kind: 'Performer',
    metadata: { name: nameOf(first + index), namespace: NAMESPACE },
    spec: {
      avsAddress: '0x1234567890abcdef1234567890abcdef12345678',
      image: 'ghcr.io/acme/price-feed:v1.5.0',
      version: 'v1.5.0',
      config: { grpcPort: 9090, environment: { LOG_LEVEL: 'info', REGION: 'eu-central-1' } },
      resources: { requests: { cpu: '100m', memory: '128Mi' } },
    },
  }));
}

/** The name of performer number `index`. */
export const nameOf = (index: number): string => `feed-${String(index).padStart(5, '0')}`;
