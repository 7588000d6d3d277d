/** How often something was asked and answered so. */
export interface RequestCount {
  readonly verb: string;
  /** `plural.group`. */
  readonly resource: string;
  /** HTTP status; 0 where there was no answer. */
  readonly code: number;
  readonly count: number;
}

/** Counts requests by verb, resource and answer. */
export class RequestCounts {
  readonly #counts = new Map<string, { verb: string; resource: string; code: number; count: number }>();

  add(verb: string, resource: string, code: number): void {
    const key = `${verb} ${resource} ${code}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { verb, resource, code, count: 1 });
    else known.count++;
  }

  /** Everything since the start. */
  read(): readonly RequestCount[] {
    return [...this.#counts.values()].map((count) => ({ ...count }));
  }
}
