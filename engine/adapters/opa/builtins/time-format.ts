import { BuiltinError } from './builtin.js';
import { dayNames, layoutPieces, monthNames } from './time-layout.js';
import { type CivilTime, secondOf } from './time-zone.js';

/** Formats a time by a layout of Go's package time. Throws BuiltinError for the abbreviation of a zone that is not UTC. */
export function formatTime(time: CivilTime, layout: string): string {
  return layoutPieces(layout)
    .map(({ literal, name }) => literal + (name === undefined ? '' : formatPiece(time, name)))
    .join('');
}

function two(value: number, fill = '0'): string {
  return String(value).padStart(2, fill);
}

function dayOfYear({ year, month, day }: CivilTime): number {
  const DAY = 86_400;
  return (secondOf([year, month, day]) - secondOf([year, 1, 1])) / DAY + 1;
}

const FORMATTERS: Readonly<Record<string, (time: CivilTime) => string>> = {
  January: ({ month }) => monthNames[month - 1]!,
  Jan: ({ month }) => monthNames[month - 1]!.slice(0, 3),
  '1': ({ month }) => String(month),
  '01': ({ month }) => two(month),
  Monday: ({ weekday }) => dayNames[weekday]!,
  Mon: ({ weekday }) => dayNames[weekday]!.slice(0, 3),
  '2': ({ day }) => String(day),
  _2: ({ day }) => two(day, ' '),
  '02': ({ day }) => two(day),
  __2: (time) => String(dayOfYear(time)).padStart(3, ' '),
  '002': (time) => String(dayOfYear(time)).padStart(3, '0'),
  '15': ({ hour }) => two(hour),
  '3': ({ hour }) => String(hour % 12 || 12),
  '03': ({ hour }) => two(hour % 12 || 12),
  '4': ({ minute }) => String(minute),
  '04': ({ minute }) => two(minute),
  '5': ({ second }) => String(second),
  '05': ({ second }) => two(second),
  '2006': ({ year }) => (year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0')),
  '06': ({ year }) => two(Math.abs(year) % 100),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
  MST: ({ offset }) => {
    if (offset !== 0) throw new BuiltinError('abbreviations of time zones are not available: use -0700');
    return 'UTC';
  },
};

function formatPiece(time: CivilTime, name: string): string {
  const formatter = FORMATTERS[name];
  if (formatter !== undefined) return formatter(time);
  return /^[.,]/.test(name) ? formatFraction(time, name) : formatOffset(time.offset, name);
}

function formatFraction({ nanosecond }: CivilTime, name: string): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .padEnd(name.length - 1, '0')
    .slice(0, name.length - 1);
  if (name[1] === '0') return name[0] + digits;
  const shown = digits.replace(/0+$/, '');
  return shown === '' ? '' : name[0] + shown;
}

/** `-07:00` and its like; those that begin with `Z` show a `Z` for UTC. */
function formatOffset(offset: number, name: string): string {
  if (name.startsWith('Z') && offset === 0) return 'Z';
  const seconds = Math.abs(offset);
  const parts = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60, seconds % 60].map((part) => two(part));
  const count = name.replaceAll(/[^0-9]/g, '').length / 2;
  return (offset < 0 ? '-' : '+') + parts.slice(0, count).join(name.includes(':') ? ':' : '');
}
