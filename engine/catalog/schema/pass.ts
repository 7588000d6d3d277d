import { type Fault, fragmentOf } from '#errors/fault.js';
import type { Json } from '#model/json.js';
import { formatPath, type Path } from '#model/path.js';

const MAXIMUM_FAULTS = 100;

/** What a fault says besides its place. `value` is shown shortened, unless its path is sensitive. */
export interface Refusal {
  readonly message: string;
  readonly remedy: string;
  readonly value?: Json;
}

/** One walk over one object: where it stands and what it found. */
export class Pass {
  /** The path of the value being looked at; walkers push and pop. */
  readonly path: (string | number)[] = [];
  /** At most 100 faults are kept: an object with that many is refused all the same. */
  readonly faults: Fault[] = [];
  /** Paths of fields that the schema does not know. */
  readonly pruned: string[] = [];
  readonly #object: string;
  readonly #sensitive: readonly Path[];

  constructor(object: string, sensitive: readonly Path[] = []) {
    this.#object = object;
    this.#sensitive = sensitive;
  }

  /** Records a fault at the current path. */
  refuse({ message, remedy, value }: Refusal): void {
    if (this.faults.length >= MAXIMUM_FAULTS) return;
    const shown = value !== undefined && !this.isSensitive();
    this.faults.push({
      code: 'ObjectInvalid',
      message,
      location: { object: this.#object, path: formatPath(this.path) },
      ...(shown ? { fragment: fragmentOf(JSON.stringify(value)) } : {}),
      remedy,
    });
  }

  /** Records a fault at `key` below the current path. */
  refuseAt(key: string | number, refusal: Refusal): void {
    this.path.push(key);
    this.refuse(refusal);
    this.path.pop();
  }

  /** Records that the field `key` of the current value was dropped. */
  prune(key: string): void {
    this.path.push(key);
    this.pruned.push(formatPath(this.path));
    this.path.pop();
  }

  /** Whether the current value holds, or is part of, a value that may not be shown. List positions do not count. */
  isSensitive(): boolean {
    if (this.#sensitive.length === 0) return false;
    const fields = this.path.filter((segment) => typeof segment === 'string');
    return this.#sensitive.some((sensitive) => {
      const wanted = sensitive.filter((segment) => typeof segment === 'string');
      return wanted.every((segment, index) => index >= fields.length || segment === fields[index]);
    });
  }

  /** A pass at the same place that records into itself: for alternatives that may fail. */
  attempt(): Pass {
    const attempt = new Pass(this.#object, this.#sensitive);
    attempt.path.push(...this.path);
    return attempt;
  }
}
