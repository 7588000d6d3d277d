import { integerOf, numberOfInteger } from '../rego-number.js';
import { isRegoArray, isRegoNumber, type RegoValue } from '../rego-value.js';
import { BuiltinError, type Builtins, integerAt, textAt } from './builtin.js';
import { parseDuration } from './time-duration.js';
import { formatTime } from './time-format.js';
import { dayNames, namedLayouts } from './time-layout.js';
import { parseTime } from './time-parse.js';
import { civilTime, nanosecondsOf, secondIn, secondOf, type Zone, zoneOf } from './time-zone.js';

interface Moment {
  readonly nanoseconds: bigint;
  readonly zone: Zone;
  readonly layout: string;
}

function optionalText(value: RegoValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') throw new BuiltinError('zone and layout must be strings');
  return value;
}

/** A number of nanoseconds, or `[nanoseconds, zone, layout]` of which the last two may be missing. */
function momentOf(value: RegoValue): Moment {
  const [number, zone, layout] = isRegoArray(value) ? value : [value];
  if (number === undefined || !isRegoNumber(number)) {
    throw new BuiltinError('operand must be either number (ns) or [number (ns), string (tz)]');
  }
  const nanoseconds = integerOf(number);
  if (nanoseconds === undefined || BigInt.asIntN(64, nanoseconds) !== nanoseconds) {
    throw new BuiltinError('timestamp too big');
  }
  return { nanoseconds, zone: zoneOf(optionalText(zone)), layout: optionalText(layout) };
}

function civilOf(value: RegoValue) {
  const { nanoseconds, zone } = momentOf(value);
  return civilTime(nanoseconds, zone);
}

const SIXTY = 60;

/** Years, months, days, hours, minutes and seconds between two moments, as a clock in the zone of the first counts. */
function difference(first: Moment, second: Moment): RegoValue {
  const moments = [first.nanoseconds, second.nanoseconds].sort(
    (left, right) => Number(left > right) - Number(left < right),
  );
  const [from, to] = moments.map((nanoseconds) => civilTime(nanoseconds, first.zone));
  let [year, month, day] = [to!.year - from!.year, to!.month - from!.month, to!.day - from!.day];
  let [hour, minute, second_] = [to!.hour - from!.hour, to!.minute - from!.minute, to!.second - from!.second];
  if (second_ < 0) [second_, minute] = [second_ + SIXTY, minute - 1];
  if (minute < 0) [minute, hour] = [minute + SIXTY, hour - 1];
  if (hour < 0) [hour, day] = [hour + 24, day - 1];
  if (day < 0) {
    const beyond = new Date(secondOf([from!.year, from!.month, 32]) * 1000).getUTCDate();
    [day, month] = [day + 32 - beyond, month - 1];
  }
  if (month < 0) [month, year] = [month + 12, year - 1];
  return [year, month, day, hour, minute, second_];
}

function addDate(operands: readonly RegoValue[]): RegoValue {
  const { nanoseconds, zone } = momentOf(operands[0]!);
  const [years, months, days] = [1, 2, 3].map((position) => Number(integerAt(operands, position)));
  const { year, month, day, hour, minute, second, nanosecond } = civilTime(nanoseconds, zone);
  const moved = secondIn(zone, [year + years!, month + months!, day + days!, hour, minute, second]);
  return numberOfInteger(nanosecondsOf(moved, nanosecond));
}

/** @see v1/topdown/time.go of OPA 1.22 */
export const timeBuiltins: Builtins = {
  'time.now_ns': (_operands, { now }) => {
    if (now === undefined) throw new BuiltinError('there is no time: the rule has no clock');
    return numberOfInteger(now);
  },
  'time.parse_rfc3339_ns': (operands) => numberOfInteger(parseTime(namedLayouts.RFC3339!, textAt(operands, 0))),
  'time.parse_ns': (operands) => {
    const layout = textAt(operands, 0);
    return numberOfInteger(
      parseTime(Object.hasOwn(namedLayouts, layout) ? namedLayouts[layout]! : layout, textAt(operands, 1)),
    );
  },
  'time.parse_duration_ns': (operands) => numberOfInteger(parseDuration(textAt(operands, 0))),
  'time.format': ([value]) => {
    const { nanoseconds, zone, layout } = momentOf(value!);
    const chosen = layout === '' ? 'RFC3339Nano' : layout;
    return formatTime(
      civilTime(nanoseconds, zone),
      Object.hasOwn(namedLayouts, chosen) ? namedLayouts[chosen]! : chosen,
    );
  },
  'time.date': ([value]) => {
    const { year, month, day } = civilOf(value!);
    return [year, month, day];
  },
  'time.clock': ([value]) => {
    const { hour, minute, second } = civilOf(value!);
    return [hour, minute, second];
  },
  'time.weekday': ([value]) => dayNames[civilOf(value!).weekday]!,
  'time.add_date': addDate,
  'time.diff': ([first, second]) => difference(momentOf(first!), momentOf(second!)),
};
