import type { ServerResponse } from 'node:http';
import { LineSplitter } from '#adapters/kubernetes/line-splitter.js';
import type { Random } from '../jsonnet/random.js';
import { drawEnd, type FaultTable, type StreamFault } from './fault-table.js';

/** What a watch is spoilt with. */
export interface FaultyWatchOptions {
  readonly response: ServerResponse;
  readonly table: FaultTable;
  readonly random: Random;
  /** Whether of a streamed list nothing but its end is passed on. */
  readonly isEmpty: boolean;
  readonly count: (fault: StreamFault) => void;
}

const EXPIRED = {
  type: 'ERROR',
  object: {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: 'Expired',
    code: 410,
    message: 'too old',
  },
};
const MOST_LATE = 3_000;

/** Passes the events of one watch on, and spoils them. */
export class FaultyWatch {
  readonly #options: FaultyWatchOptions;
  readonly #splitter = new LineSplitter();
  readonly #delay: number;
  readonly #isTwice: boolean;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isEmpty: boolean;
  #isCut = false;
  #isSilent = false;
  #last = Promise.resolve();

  constructor(options: FaultyWatchOptions) {
    const { table, random, response, isEmpty, count } = options;
    this.#options = options;
    this.#isEmpty = isEmpty;
    this.#delay = random.chance(table.late) ? 1 + random.below(MOST_LATE) : 0;
    this.#isTwice = random.chance(table.twice);
    if (this.#delay > 0) count('events late');
    if (this.#isTwice) count('events twice');
    const [least, most] = table.life;
    const end = drawEnd(table, random);
    this.#later(least + random.below(most - least), () => this.#end(end));
    response.on('close', () => this.heal());
  }

  /** Takes in what the API server says. */
  push(chunk: Buffer): void {
    this.#splitter.push(chunk, (line) => this.#note(line));
  }

  /** Nothing more happens to it: but a watch that fell silent stays so, as its connection does not know. */
  heal(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** The API server ended it. */
  finish(): void {
    if (!this.#isSilent) void this.#last.then(() => this.#options.response.end());
  }

  #note(line: string): void {
    const isMark = line.includes('"k8s.io/initial-events-end":"true"');
    if (this.#isEmpty && !isMark) return;
    if (isMark) this.#isEmpty = false;
    const times = this.#isTwice ? 2 : 1;
    for (let time = 0; time < times; time++) this.#pass(`${line}\n`);
  }

  /** In its order, however late. */
  #pass(text: string): void {
    const due = performance.now() + this.#delay;
    this.#last = this.#last.then(async () => {
      const wait = due - performance.now();
      if (wait > 1) await new Promise<void>((resolve) => setTimeout(resolve, wait));
      this.#write(text);
    });
  }

  #write(text: string): void {
    const { response, count } = this.#options;
    if (this.#isSilent || response.destroyed || response.writableEnded) return;
    if (!this.#isCut) {
      response.write(text);
      return;
    }
    count('watch cut inside an event');
    response.write(text.slice(0, text.length / 2), () => response.destroy());
    this.#isSilent = true;
  }

  #end(end: keyof FaultTable['ends']): void {
    const { response, count } = this.#options;
    switch (end) {
      case 'watch cut inside an event':
        this.#isCut = true;
        return;
      case 'watch falls silent':
        this.#isSilent = true;
        break;
      case 'watch cut between events':
        response.destroy();
        break;
      case '410 inside a watch':
        response.end(`${JSON.stringify(EXPIRED)}\n`);
        break;
      case 'garbage inside a watch':
        response.end('<html>502 Bad Gateway</html>\n');
        break;
    }
    count(end);
  }

  #later(milliseconds: number, action: () => void): void {
    this.#timers.add(setTimeout(action, milliseconds));
  }
}
