import type { ChartReference } from '#model/chart.js';
import { identityOf, type ObjectKey } from '#model/object.js';
import type { ChartReader } from '#observe/chart-reader.js';

/** The charts of one object, by reference: the digest that its last pass saw, undefined where there was no such chart. */
interface Use {
  readonly key: ObjectKey;
  readonly seen: Map<string, string | undefined>;
}

/** Knows which objects saw which charts, and finds those for which a chart has changed since: nobody tells of that. */
export class ChartWatch {
  readonly #uses = new Map<string, Use>();

  /** A reader for one pass over an object: what the pass asks for is what the object uses from now on. */
  reader(key: ObjectKey, charts: ChartReader): ChartReader {
    const use: Use = { key, seen: new Map() };
    return {
      read: async (reference) => {
        this.#uses.set(identityOf(key), use);
        const name = JSON.stringify(reference);
        use.seen.set(name, undefined);
        const chart = await charts.read(reference);
        use.seen.set(name, chart.digest);
        return chart;
      },
    };
  }

  /** Forgets an object that is gone. */
  forget(key: ObjectKey): void {
    this.#uses.delete(identityOf(key));
  }

  /** Reads each chart once, and gives the objects that would see another one now. */
  async changed(charts: ChartReader): Promise<readonly ObjectKey[]> {
    const uses = [...this.#uses.values()];
    const names = new Set(uses.flatMap(({ seen }) => [...seen.keys()]));
    const digests = new Map<string, string>();
    for (const name of names) {
      const digest = await digestOf(charts, JSON.parse(name) as ChartReference);
      if (digest !== undefined) digests.set(name, digest);
    }
    const sees = ({ seen }: Use): boolean =>
      [...seen].every(([name, digest]) => !digests.has(name) || digests.get(name) === digest);
    return uses.filter((use) => !sees(use)).map(({ key }) => key);
  }
}

/** Undefined where the chart cannot be read now: that changes nothing for those who have it, and they tell of it themselves. */
async function digestOf(charts: ChartReader, reference: ChartReference): Promise<string | undefined> {
  try {
    return (await charts.read(reference)).digest;
  } catch {
    return undefined;
  }
}
