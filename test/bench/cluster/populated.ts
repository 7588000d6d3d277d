import { setTimeout as sleep } from 'node:timers/promises';
import { RunningEdict } from '../../e2e/running-edict.js';
import { freePort } from '../../testbed/free-port.js';
import { type ProcessUsage, usageOf } from '../../testbed/process-usage.js';
import { inParallel, PATHS, performers, Stand } from './stand.js';

const BATCH = 1_000;

/** An API server, an engine on it, and performers whose Pods are ready: nothing is left to do. */
export class Populated {
  readonly stand: Stand;
  readonly count: number;
  readonly #ports: { readonly probes: number; readonly metrics: number };
  #edict: RunningEdict;

  private constructor(stand: Stand, count: number, ports: { readonly probes: number; readonly metrics: number }) {
    this.stand = stand;
    this.count = count;
    this.#ports = ports;
    this.#edict = this.#start();
  }

  /** Starts one with so many performers. */
  static async start(count: number): Promise<Populated> {
    const stand = await Stand.start();
    const populated = new Populated(stand, count, { probes: await freePort(), metrics: await freePort() });
    try {
      await populated.#edict.running();
      for (let from = 0; from < count; from += BATCH) await populated.#add(from, Math.min(BATCH, count - from));
      await populated.quiet();
    } catch (error) {
      await populated.stop();
      throw error;
    }
    return populated;
  }

  /** Starts the engine again; gives the seconds until it says that it is ready. */
  async startEngine(): Promise<number> {
    const begun = performance.now();
    this.#edict = this.#start(this.#edict.state);
    const answers = async (): Promise<boolean> =>
      (await fetch(`http://127.0.0.1:${this.#ports.probes}/readyz`).catch(() => undefined))?.ok === true;
    while (!(await answers())) await sleep(20);
    return (performance.now() - begun) / 1000;
  }

  async stopEngine(): Promise<void> {
    await this.#edict.stop();
  }

  /** What the engine has used so far. */
  get usage(): ProcessUsage {
    return usageOf(this.#edict.pid);
  }

  /** Waits until the engine has looked at every object, and had nothing to do three times in a row: the rule has a clock. */
  async quiet(): Promise<void> {
    for (let idle = 0; idle < 3; await sleep(500)) {
      const text = await (await fetch(`http://127.0.0.1:${this.#ports.metrics}/metrics`)).text();
      const isIdle = sumOf(text, 'edict_queue_depth') === 0 && sumOf(text, 'edict_reconcile_total') >= this.count;
      idle = isIdle ? idle + 1 : 0;
    }
  }

  /** Makes a Pod ready, as a kubelet would, before the rule takes it for lost. */
  async makeReady(name: string): Promise<void> {
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString() }];
    await this.stand.merge(`${PATHS.Pod}/performer-${name}/status`, { status: { phase: 'Running', conditions } });
  }

  async stop(): Promise<void> {
    await this.#edict.stop();
    this.#edict.forget();
    await this.stand.stop();
  }

  #start(state?: string): RunningEdict {
    const { probes, metrics } = this.#ports;
    return new RunningEdict(this.stand.kubeconfig, state, [
      `--health-probe-bind-address=127.0.0.1:${probes}`,
      `--metrics-bind-address=127.0.0.1:${metrics}`,
    ]);
  }

  async #add(from: number, count: number): Promise<void> {
    await inParallel(performers(from, count), async (object) => void (await this.stand.post(PATHS.Performer, object)));
    for (const path of [PATHS.Pod, PATHS.Service]) await this.stand.countTo(path, from + count);
    await inParallel(performers(from, count), ({ metadata }) => this.makeReady(metadata.name));
  }
}

function sumOf(metrics: string, name: string): number {
  const samples = [...metrics.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))];
  return samples.reduce((total, [, value]) => total + Number(value), 0);
}
