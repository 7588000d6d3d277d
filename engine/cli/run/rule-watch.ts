import type { FolderTree } from '#adapters/files/folder-tree.js';
import { Snapshot } from '#catalog/snapshot.js';
import type { Timer } from '#controller/timer.js';

/** What a watch looks at, and whom it tells. */
export interface RuleWatchOptions {
  readonly tree: Pick<FolderTree, 'list' | 'read' | 'fingerprint'>;
  readonly timer: Timer;
  /** Takes another rule set. Where it rejects, the same one is offered again. */
  readonly changed: (files: Snapshot) => Promise<void>;
  /** Told why the files could not be looked at, or taken. */
  readonly trouble: (error: unknown) => void;
}

/** Milliseconds between two looks. */
const PERIOD = 2_000;
/** Milliseconds for which files have to be left alone before they are read. */
const QUIET = 1_000;
/** Milliseconds before files that could not be read or taken are tried again. */
const RETRY = 30_000;

/**
 * Sees when the files of a rule set have changed, and reads them once they are left alone. Looks at them from time to time
 * rather than being told: a volume of a cluster and a folder that is kept by Git change by a link that leads elsewhere,
 * of which nobody tells.
 */
export class RuleWatch {
  readonly #options: RuleWatchOptions;
  /** The fingerprint of what was read last. */
  #fingerprint: string;
  #digest: string | undefined;
  #isForced = false;
  #isLooking = false;
  #isClosed = false;
  #cancel: () => void = () => undefined;

  /** `fingerprint` is that of the files that are at work. */
  constructor(options: RuleWatchOptions, fingerprint: string) {
    this.#options = options;
    this.#fingerprint = fingerprint;
    this.#later(PERIOD);
  }

  /** Takes the files as they are as soon as they are left alone, also where nothing has changed. */
  force(): void {
    this.#isForced = true;
    if (!this.#isLooking) this.#later(0);
  }

  /** Ends looking. */
  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  #later(milliseconds: number): void {
    this.#cancel();
    if (!this.#isClosed) this.#cancel = this.#options.timer.after(milliseconds, () => void this.#look());
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    let pause = PERIOD;
    try {
      const seen = await this.#options.tree.fingerprint();
      if (seen !== this.#fingerprint || this.#isForced) await this.#take();
    } catch (error) {
      pause = RETRY;
      // Whatever it was, the files are taken anew when it is over.
      [this.#fingerprint, this.#digest] = ['', undefined];
      this.#options.trouble(error);
    }
    this.#isLooking = false;
    this.#later(this.#isForced ? 0 : pause);
  }

  async #take(): Promise<void> {
    const { changed } = this.#options;
    const isForced = this.#isForced;
    this.#isForced = false;
    const { files, fingerprint } = await this.#readQuiet();
    // What was only touched is what it was.
    if (!this.#isClosed && (isForced || files.digest !== this.#digest)) await changed(files);
    this.#fingerprint = fingerprint;
    this.#digest = files.digest;
  }

  /** Reads the files when nobody changes them: neither before they are read, nor meanwhile. */
  async #readQuiet(): Promise<{ readonly files: Snapshot; readonly fingerprint: string }> {
    const { tree, timer } = this.#options;
    for (let before = await tree.fingerprint(); ; ) {
      await new Promise<void>((done) => timer.after(QUIET, done));
      const quiet = await tree.fingerprint();
      if (quiet === before || this.#isClosed) {
        const files = await Snapshot.of(tree);
        before = await tree.fingerprint();
        if (quiet === before || this.#isClosed) return { files, fingerprint: quiet };
      } else before = quiet;
    }
  }
}
