import { Controller, type ControllerOptions, type PassNotice } from '#controller/controller.js';
import type { ClusterReader } from '#observe/cluster-reader.js';
import type { Engine } from '#reconcile/engine.js';
import { mirror } from '../reconcile/thing.js';
import { ended, World, type WorldOptions } from '../reconcile/world.js';
import { FakeTimer, settled } from './fake-timer.js';

/** What a bench is made of. */
export interface BenchOptions extends Partial<WorldOptions> {
  readonly controller?: Partial<ControllerOptions>;
  readonly engine?: (engine: Engine) => Engine;
  readonly cluster?: (cluster: ClusterReader) => Partial<ClusterReader>;
}

/** A controller over a world, told of every change in it. */
export class Bench {
  readonly world: World;
  readonly timer = new FakeTimer();
  readonly notices: PassNotice[] = [];
  readonly defects: unknown[] = [];
  readonly controller: Controller;
  readonly engine: Engine;

  constructor({ controller = {}, engine = (same) => same, cluster = () => ({}), ...world }: BenchOptions = {}) {
    this.world = new World({ template: mirror, window: 1, ...world });
    const { cluster: folder } = this.world;
    const reader: ClusterReader = {
      availability: (kind) => folder.availability(kind),
      get: (key) => folder.get(key),
      list: (query) => folder.list(query),
      server: () => folder.server(),
      ...cluster(folder),
    };
    this.engine = engine({ ...this.world.engine, cluster: reader });
    this.controller = new Controller({
      engine: this.engine,
      timer: this.timer,
      random: () => 0.5,
      concurrency: 10,
      observers: [{ onPass: (notice) => this.notices.push(notice) }],
      defect: (error) => this.defects.push(error),
      ...controller,
    });
    folder.watch(({ type, object, oldObject }) => {
      const isGone = type === 'Deleted';
      this.controller.changed(isGone ? { before: object, after: undefined } : { before: oldObject, after: object });
    });
  }

  /** Waits until nothing is due or at work. */
  async quiet(): Promise<void> {
    for (let idle = 0; idle < 3; ) {
      await settled();
      const isBusy = [...this.controller.state().values()].some(({ due, working }) => due + working > 0);
      if (isBusy) await new Promise((resolve) => setTimeout(resolve, 1));
      idle = isBusy ? 0 : idle + 1;
    }
  }

  /** Passes since this was last asked. */
  passes(): readonly string[] {
    return this.notices.splice(0).map(({ key, pass }) => `${key.name} ${ended(pass)}`);
  }
}
