import type { Random } from '../jsonnet/random.js';

/** What a request is to a client of the Kubernetes API. */
export type Sort = 'read' | 'list' | 'write' | 'watch';

/** What can go wrong with a request, by the name under which it is counted. */
export type Fault =
  | 'slow answer'
  | 'connection reset'
  | 'answer lost after the deed'
  | 'answer broken off'
  | 'no answer at all'
  | '409'
  | '410'
  | '429'
  | '500'
  | '503'
  | 'list comes back empty';

/** What can go wrong with a watch that was opened. */
export type StreamFault =
  | 'watch cut between events'
  | 'watch cut inside an event'
  | 'watch falls silent'
  | '410 inside a watch'
  | 'garbage inside a watch'
  | 'events late'
  | 'events twice';

/** How likely each fault is. */
export interface FaultTable {
  readonly requests: { readonly [sort in Sort]: { readonly [fault in Fault]?: number } };
  /** How each watch ends, by weight. */
  readonly ends: { readonly [fault in Exclude<StreamFault, 'events late' | 'events twice'>]: number };
  /** Chances, for each watch, that its events come late, and that they come twice. */
  readonly late: number;
  readonly twice: number;
  /** Milliseconds that a watch lives, at least and at most. */
  readonly life: readonly [number, number];
  /** Milliseconds of a slow answer, at most. */
  readonly slowness: number;
  /** Lists that come back empty one after the other, at most. */
  readonly emptyInARow: number;
  /** Milliseconds for which a token is good. */
  readonly tokenLife: number;
}

const ANY = { 'slow answer': 0.06, 'connection reset': 0.02, '429': 0.02, '500': 0.02, '503': 0.02 } as const;
const READ = { ...ANY, 'answer broken off': 0.02, 'no answer at all': 0.002 } as const;

/** Far more of everything than any cluster has: on average every eighth request fails, and every watch. */
export const FAULTS: FaultTable = {
  requests: {
    read: READ,
    list: { ...READ, '410': 0.05, 'list comes back empty': 0.25 },
    write: { ...READ, 'answer lost after the deed': 0.03, '409': 0.02 },
    watch: { ...ANY, '410': 0.1, 'list comes back empty': 0.25 },
  },
  ends: {
    'watch cut between events': 3,
    'watch cut inside an event': 3,
    '410 inside a watch': 4,
    'garbage inside a watch': 1,
    'watch falls silent': 1,
  },
  late: 0.2,
  twice: 0.2,
  life: [2_000, 25_000],
  slowness: 2_000,
  emptyInARow: 3,
  tokenLife: 20_000,
};

/** The fault that a request gets, by chance. */
export function drawFault(table: FaultTable, sort: Sort, random: Random): Fault | undefined {
  let dice = random.next();
  for (const [fault, chance] of Object.entries(table.requests[sort])) {
    dice -= chance;
    if (dice < 0) return fault as Fault;
  }
  return undefined;
}

/** How a watch ends, by chance. */
export function drawEnd({ ends }: FaultTable, random: Random): keyof FaultTable['ends'] {
  const names = Object.entries(ends).flatMap(([name, weight]) => Array.from({ length: weight }, () => name));
  return random.pick(names) as keyof FaultTable['ends'];
}
