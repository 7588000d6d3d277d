import { readFileSync } from 'node:fs';
import { cpuUsage } from 'node:process';

/** Milliseconds that work took: by the clock, and of CPU in all threads and in the child processes that ended meanwhile. */
export interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** Work of one contender in one round: as many operations as the comparison says. */
export type Work = (round: number) => void | Promise<void>;

/** What the rounds of a comparison tell of one contender, for one operation. */
export interface Measured extends Time {
  /** Median over the rounds of how often its time is that of the first contender of the same round. */
  readonly wallRatio: number;
  /** CPU time of all rounds over that of the first contender: single rounds are too short for the clock of children. */
  readonly cpuRatio: number;
}

/** How often to measure. */
export interface Rounds {
  readonly rounds: number;
  /** Operations in one round. */
  readonly operations: number;
}

const MILLISECONDS_PER_TICK = 10;

/** Times one piece of work. */
export async function time<Result>(work: () => Result | Promise<Result>): Promise<Time & { readonly result: Result }> {
  const cpuBefore = cpuMilliseconds();
  const before = performance.now();
  const result = await work();
  return { wall: performance.now() - before, cpu: cpuMilliseconds() - cpuBefore, result };
}

/**
 * Measures contenders in turns, A B A B, after one round that does not count, so that whatever else the machine does
 * meets all alike. `wall` is the median of the rounds, `cpu` their mean.
 */
export async function compare<Name extends string>(
  contenders: { readonly [name in Name]: Work },
  { rounds, operations }: Rounds,
): Promise<{ readonly [name in Name]: Measured }> {
  const names = Object.keys(contenders) as Name[];
  const times = new Map<Name, Time[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const taken = await time(() => contenders[name](round));
      if (round >= 0) times.get(name)?.push(taken);
    }
  }
  const first = times.get(names[0]!) ?? [];
  const measured = names.map((name) => [name, summary(times.get(name) ?? [], first, operations)] as const);
  return Object.fromEntries(measured) as { readonly [name in Name]: Measured };
}

function summary(times: readonly Time[], first: readonly Time[], operations: number): Measured {
  return {
    wall: median(times.map(({ wall }) => wall)) / operations,
    cpu: sum(times.map(({ cpu }) => cpu)) / times.length / operations,
    wallRatio: median(times.map(({ wall }, round) => wall / (first[round]?.wall ?? Number.NaN))),
    cpuRatio: sum(times.map(({ cpu }) => cpu)) / sum(first.map(({ cpu }) => cpu)),
  };
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Since the start: all threads of this process, and all its children that have ended, to the clock tick. */
function cpuMilliseconds(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000 + childTicks() * MILLISECONDS_PER_TICK;
}

/** `cutime` and `cstime` of this process. @see proc(5); 0 where there is no /proc. */
function childTicks(): number {
  try {
    const text = readFileSync('/proc/self/stat', 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[13]) + Number(fields[14]);
  } catch {
    return 0;
  }
}
