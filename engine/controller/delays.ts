import { identityOf, type ObjectKey } from '#model/object.js';
import type { Timer } from './timer.js';

/** Keys that become due later, each once: of several times the earliest counts. */
export class Delays {
  readonly #timer: Timer;
  readonly #due: (key: ObjectKey) => void;
  readonly #delays = new Map<string, { readonly at: number; readonly cancel: () => void }>();

  /** `due` is called when the time of a key has come. */
  constructor(timer: Timer, due: (key: ObjectKey) => void) {
    this.#timer = timer;
    this.#due = due;
  }

  set(key: ObjectKey, milliseconds: number): void {
    const identity = identityOf(key);
    const at = this.#timer.now() + milliseconds;
    const known = this.#delays.get(identity);
    if (known !== undefined && known.at <= at) return;
    known?.cancel();
    const cancel = this.#timer.after(milliseconds, () => {
      this.#delays.delete(identity);
      this.#due(key);
    });
    this.#delays.set(identity, { at, cancel });
  }

  delete(key: ObjectKey): void {
    const identity = identityOf(key);
    this.#delays.get(identity)?.cancel();
    this.#delays.delete(identity);
  }

  clear(): void {
    for (const { cancel } of this.#delays.values()) cancel();
    this.#delays.clear();
  }
}
