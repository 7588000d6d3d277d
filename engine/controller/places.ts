/** Awaits something in no place: others work meanwhile. */
export type Pause = <Result>(wait: () => Promise<Result>) => Promise<Result>;

/** How much goes on at once. */
export interface PlacesOptions {
  /** Of all kinds together; who pauses is not counted. */
  readonly concurrency: number;
  /** Of one kind, by its identity. Asked whenever something may begin. */
  readonly limitOf: (kind: string) => number;
  /** Told when a place has become free. */
  readonly freed: () => void;
}

/** Somebody at work. */
interface Worker {
  readonly kind: string;
  hasPlace: boolean;
  pauses: number;
}

/** The places in which work is done. Work that waits for something else gives its place up meanwhile. */
export class Places {
  readonly #options: PlacesOptions;
  readonly #taken = new Map<string, number>();
  /** Those who waited for something, and now for a place to go on in. */
  readonly #returning: { readonly worker: Worker; readonly enter: () => void }[] = [];
  #all = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Whether one more of a kind may begin. Those who return come first. */
  isFree(kind: string): boolean {
    this.#welcome();
    return this.#hasRoom(kind);
  }

  /** Does `work` in a place, which has to be free. */
  async run(kind: string, work: (pause: Pause) => Promise<void>): Promise<void> {
    const worker: Worker = { kind, hasPlace: false, pauses: 0 };
    this.#enter(worker);
    try {
      await work((wait) => this.#pause(worker, wait));
    } finally {
      this.#leave(worker);
    }
  }

  async #pause<Result>(worker: Worker, wait: () => Promise<Result>): Promise<Result> {
    worker.pauses++;
    this.#leave(worker);
    try {
      return await wait();
    } finally {
      worker.pauses--;
      await new Promise<void>((enter) => {
        this.#returning.push({ worker, enter });
        this.#welcome();
      });
    }
  }

  #welcome(): void {
    const waiting = this.#returning.splice(0);
    for (const { worker, enter } of waiting) {
      // Several waits of one worker may overlap: only after the last of them it needs its place.
      const needsPlace = worker.pauses === 0 && !worker.hasPlace;
      if (needsPlace && !this.#hasRoom(worker.kind, 1)) this.#returning.push({ worker, enter });
      else {
        if (needsPlace) this.#enter(worker);
        enter();
      }
    }
  }

  /** A limit of 0 holds only what has not begun: `least` is what there is for those who have. */
  #hasRoom(kind: string, least = 0): boolean {
    const { concurrency, limitOf } = this.#options;
    return this.#all < concurrency && (this.#taken.get(kind) ?? 0) < Math.max(least, limitOf(kind));
  }

  #enter(worker: Worker): void {
    worker.hasPlace = true;
    this.#all++;
    this.#taken.set(worker.kind, (this.#taken.get(worker.kind) ?? 0) + 1);
  }

  #leave(worker: Worker): void {
    if (!worker.hasPlace) return;
    worker.hasPlace = false;
    this.#all--;
    this.#taken.set(worker.kind, (this.#taken.get(worker.kind) ?? 0) - 1);
    this.#welcome();
    this.#options.freed();
  }
}
