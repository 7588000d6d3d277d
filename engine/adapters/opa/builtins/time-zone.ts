import { BuiltinError } from './builtin.js';

/** A moment as a clock in a zone shows it. */
export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Seconds east of Greenwich. */
  readonly offset: number;
}

/** Tells the offset of a zone, in seconds east of Greenwich, at a second since 1970. */
export type Zone = (second: number) => number;

const utc: Zone = () => 0;
const zones = new Map<string, Zone>([
  ['', utc],
  ['UTC', utc],
]);

/** The zone of an IANA name. Throws BuiltinError, also for `Local`: a verdict must not depend on where it is made. */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (name === 'Local') throw new BuiltinError('the zone of the machine is not available to policies');
  const zone = namedZone(name);
  zones.set(name, zone);
  return zone;
}

function namedZone(name: string): Zone {
  if (/^[+-]/.test(name)) throw new BuiltinError('unknown time zone');
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw new BuiltinError('unknown time zone', { cause });
  }
  return (second) => {
    const parts = new Map(format.formatToParts(second * 1000).map(({ type, value }) => [type as string, value]));
    const number = (type: string) => Number(parts.get(type));
    const year = parts.get('era')?.startsWith('B') ? 1 - number('year') : number('year');
    const shown = secondOf([year, number('month'), number('day'), number('hour'), number('minute'), number('second')]);
    return shown - second;
  };
}

/** Seconds since 1970 of a civil time in UTC; fields beyond their range carry over, as in Go's `time.Date`. */
export function secondOf([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: readonly number[]): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000;
}

/** Seconds since 1970 of a civil time in a zone. @see time.Date of Go for times that a change of offset skips or repeats. */
export function secondIn(zone: Zone, fields: readonly number[]): number {
  const second = secondOf(fields);
  return Number.isNaN(second) ? second : second - zone(second - zone(second));
}

const BILLION = 1_000_000_000n;

/** What a clock in `zone` shows at a nanosecond since 1970. */
export function civilTime(nanoseconds: bigint, zone: Zone): CivilTime {
  const nanosecond = BigInt.asUintN(64, ((nanoseconds % BILLION) + BILLION) % BILLION);
  const second = Number((nanoseconds - nanosecond) / BILLION);
  const offset = zone(second);
  const date = new Date((second + offset) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(nanosecond),
    weekday: date.getUTCDay(),
    offset,
  };
}

const LARGEST = 2n ** 63n;

/** Nanoseconds since 1970. Throws BuiltinError beyond 64 bits. */
export function nanosecondsOf(second: number, nanosecond: number): bigint {
  const result = Number.isSafeInteger(second) ? BigInt(second) * BILLION + BigInt(nanosecond) : LARGEST;
  if (result >= LARGEST || result < -LARGEST) throw new BuiltinError('time outside of valid range');
  return result;
}
