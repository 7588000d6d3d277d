import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../bench/finding.js';

interface Sample {
  /** Seconds since the first. */
  readonly at: number;
  /** Megabytes. */
  readonly resident: number;
  readonly heap: number;
}

const METRICS = { resident: 'process_resident_memory_bytes', heap: 'nodejs_heap_size_used_bytes' } as const;
const PERIOD = 2_000;
/** Rows of the table. */
const ROWS = 12;
/** By what share the peak of the last third may be above that of the first. */
const TOLERANCE = 0.1;
/** Seconds of samples below which peaks tell nothing: caches fill, code is compiled. */
const LEAST = 180;

/** Looks at the memory of a process from time to time, by what it tells at /metrics. */
export class Memory {
  readonly #url: string;
  readonly #samples: Sample[] = [];
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(url: string) {
    this.#url = url;
    this.#done = this.#look();
  }

  /** Ends looking. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  /** The memory over time, and by how much it grows in the last two thirds of it. */
  finding(): Finding {
    const step = Math.max(1, Math.floor(this.#samples.length / ROWS));
    const rows = this.#samples
      .filter((_, index) => index % step === 0)
      .map(({ at, resident, heap }) => [at, resident, heap].map(Math.round));
    const trends = (['resident', 'heap'] as const).map((name) => {
      const { perMinute, mean } = this.#trend(name);
      return `${name}: ${perMinute.toFixed(1)} MB a minute at ${mean.toFixed(0)} MB, over the last two thirds`;
    });
    return { title: 'memory of the engine', columns: ['s', 'resident MB', 'heap MB'], rows, notes: trends };
  }

  /** Whether it grows without end, as far as can be told in the time. By peaks: in between the collector gives memory back. */
  violations(): readonly string[] {
    const third = Math.floor(this.#samples.length / 3);
    const peak = (samples: readonly Sample[]): number => Math.max(...samples.map(({ resident }) => resident));
    const [first, last] = [peak(this.#samples.slice(0, third)), peak(this.#samples.slice(-third))];
    if (third === 0 || (this.#samples.at(-1)?.at ?? 0) < LEAST || last <= (1 + TOLERANCE) * first) return [];
    return [`the memory grew from ${first.toFixed(0)} MB at most in the first third to ${last.toFixed(0)} in the last`];
  }

  /** The line of least squares through the last two thirds. */
  #trend(name: 'resident' | 'heap'): { readonly perMinute: number; readonly mean: number } {
    const samples = this.#samples.slice(Math.floor(this.#samples.length / 3));
    const average = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const [time, mean] = [average(samples.map(({ at }) => at)), average(samples.map((sample) => sample[name]))];
    const above = samples.reduce((sum, sample) => sum + (sample.at - time) * (sample[name] - mean), 0);
    const below = samples.reduce((sum, { at }) => sum + (at - time) ** 2, 0);
    return { perMinute: below === 0 ? 0 : (60 * above) / below, mean };
  }

  async #look(): Promise<void> {
    const begun = performance.now();
    while (!this.#isOver) {
      const text = await fetch(this.#url)
        .then((answer) => answer.text())
        .catch(() => '');
      const [resident, heap] = [METRICS.resident, METRICS.heap].map((name) => megabytes(text, name));
      if (resident !== undefined && heap !== undefined)
        this.#samples.push({ at: (performance.now() - begun) / 1000, resident, heap });
      await sleep(PERIOD);
    }
  }
}

function megabytes(text: string, name: string): number | undefined {
  const [, value] = new RegExp(`^${name} (\\S+)$`, 'm').exec(text) ?? [];
  return value === undefined ? undefined : Number(value) / 2 ** 20;
}
