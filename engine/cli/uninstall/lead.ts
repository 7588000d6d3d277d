import { hostname } from 'node:os';
import process from 'node:process';
import { systemClock } from '#adapters/clock/system-clock.js';
import type { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.js';
import { LeaderElection } from '#adapters/kubernetes/lease.js';
import { pause } from '#adapters/kubernetes/pause.js';
import type { RestClient } from '#adapters/kubernetes/rest-client.js';
import { EdictError } from '#errors/edict-error.js';
import { isJsonObject } from '#model/json.js';
import { asJson, type KubernetesObject } from '#model/object.js';
import { LEASE } from '../run/connect.js';

/** Milliseconds in which an engine that is at work renews its lease. */
const RENEWAL = 4_000;
/** Milliseconds for which a lease is waited for: that of a process that was killed runs out in less. */
const PATIENCE = 20_000;

/** Takes the place of the engine that leads, so that none works meanwhile. */
export class Lead {
  readonly #client: RestClient;
  readonly #cluster: Pick<KubernetesCluster, 'get'>;
  readonly #namespace: string;
  readonly #stop = new AbortController();
  #held: Promise<unknown> = Promise.resolve();

  /** `namespace` is that of the engine. */
  constructor(client: RestClient, cluster: Pick<KubernetesCluster, 'get'>, namespace: string) {
    [this.#client, this.#cluster, this.#namespace] = [client, cluster, namespace];
  }

  /** Leads from now on; where there is no lease, nobody does. Throws EngineRunning where an engine is at work. */
  async take(): Promise<void> {
    const lease = await this.#read();
    if (lease === null) return;
    if (holderOf(lease) !== '') {
      await pause(RENEWAL, this.#stop.signal);
      const later = await this.#read();
      if (later !== null && later.metadata.resourceVersion !== lease.metadata.resourceVersion && holderOf(later) !== '')
        throw this.#running(holderOf(later));
    }
    const election = this.#election();
    const patience = AbortSignal.timeout(PATIENCE);
    try {
      await election.acquire(AbortSignal.any([this.#stop.signal, patience]));
    } catch (error) {
      if (!patience.aborted) throw error;
      throw this.#running(holderOf(lease));
    }
    this.#held = election.hold(this.#stop.signal);
  }

  /** Leads no longer. */
  async leave(): Promise<void> {
    this.#stop.abort();
    await this.#held;
  }

  #read(): Promise<KubernetesObject | null> {
    const key = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: this.#namespace, name: LEASE };
    return this.#cluster.get(key);
  }

  #election(): LeaderElection {
    const identity = `uninstall_${hostname()}_${process.pid}`;
    const [client, namespace] = [this.#client, this.#namespace];
    return new LeaderElection({ client, namespace, name: LEASE, identity, clock: systemClock });
  }

  #running(holder: string): EdictError {
    return new EdictError({
      code: 'EngineRunning',
      message: 'an engine is at work, and would take everything back',
      location: { object: `Lease/${this.#namespace}/${LEASE}` },
      fragment: holder,
      remedy: 'Remove its Deployment first.',
    });
  }
}

function holderOf(lease: KubernetesObject): string {
  const { spec } = asJson(lease);
  return isJsonObject(spec) && typeof spec.holderIdentity === 'string' ? spec.holderIdentity : '';
}
