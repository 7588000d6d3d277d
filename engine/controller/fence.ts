import type { ClusterWriter } from '#publish/cluster-writer.js';
import type { Submitter } from '#publish/repository-queue.js';
import type { Engine } from '#reconcile/engine.js';

/** An engine for one pass, and whether it refused the pass a write. */
export interface Guarded {
  readonly engine: Engine;
  readonly wasRefused: () => boolean;
}

/**
 * Stands between passes and the world. A pass that is refused a write is abandoned there: each write is whole in itself
 * and safe to repeat, so a later pass, here or in another process, does what is left.
 */
export class Fence {
  readonly #mayWrite: () => boolean;
  #state: 'open' | 'finishing' | 'closed' = 'open';

  /** `mayWrite` is asked before each write. */
  constructor(mayWrite: () => boolean) {
    this.#mayWrite = mayWrite;
  }

  /** Lets only those passes write that have begun to. */
  finish(): void {
    this.#state = 'finishing';
  }

  /** Lets nobody write. */
  close(): void {
    this.#state = 'closed';
  }

  /** The engine as one pass has it. */
  guard(engine: Engine): Guarded {
    let [hasWritten, wasRefused] = [false, false];
    const permitted = async <Result>(write: () => Promise<Result>): Promise<Result> => {
      const mayGoOn = this.#state === 'open' || (this.#state === 'finishing' && hasWritten);
      wasRefused ||= !mayGoOn || !this.#mayWrite();
      // A pass that was refused one write makes no other: its status would tell of what it never did.
      if (wasRefused) throw new Error('the pass was abandoned: this process may no longer write');
      hasWritten = true;
      return write();
    };
    const guarded = {
      ...engine,
      writer: guardedWriter(engine.writer, permitted),
      queue: guardedQueue(engine.queue, permitted),
    };
    return { engine: guarded, wasRefused: () => wasRefused };
  }
}

type Permitted = <Result>(write: () => Promise<Result>) => Promise<Result>;

function guardedWriter(writer: ClusterWriter, permitted: Permitted): ClusterWriter {
  return {
    apply: (request) => (request.dryRun === true ? writer.apply(request) : permitted(() => writer.apply(request))),
    delete: (request) => permitted(() => writer.delete(request)),
    updateStatus: (request) => permitted(() => writer.updateStatus(request)),
    updateFinalizers: (request) => permitted(() => writer.updateFinalizers(request)),
  };
}

function guardedQueue(queue: Submitter, permitted: Permitted): Submitter {
  return {
    submit: (submission) => permitted(() => queue.submit(submission)),
    expect: () => queue.expect?.() ?? (() => undefined),
  };
}
