import type { LogFields, LogLine } from './log-line.js';

type Value = Exclude<LogFields[string], undefined>;

/** Far longer lines are cut by those who collect them, in the midst of their JSON. */
const LONGEST_TEXT = 4096;
const LONGEST_LIST = 20;

/** A line as JSON: `time`, `level` and `message`, and the fields beside them. */
export function formatJson({ time, level, message, fields }: LogLine): string {
  const head = { time: timeOf(time), level, message };
  // Once more at the end: no field may stand for one of these.
  return jsonOf({ ...head, ...Object.fromEntries(shown(fields)), ...head });
}

/** A line for people: time, level and message, then `field=value`. */
export function formatText({ time, level, message, fields }: LogLine): string {
  const pairs = shown(fields).map(([name, value]) => `${name}=${textOf(value)}`);
  return [timeOf(time), level.toUpperCase().padEnd(5), jsonOf(message).slice(1, -1), ...pairs].join(' ');
}

const timeOf = (time: number): string => new Date(time).toISOString();

function shown(fields: LogFields): readonly (readonly [string, Value])[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, Array.isArray(value) ? shortenedList(value) : shortened(value as Value)] as const];
  });
}

function shortenedList(list: readonly string[]): readonly string[] {
  const more = list.length - LONGEST_LIST;
  const first = list.slice(0, LONGEST_LIST).map((text) => String(shortened(text)));
  return more > 0 ? [...first, `and ${more} more`] : first;
}

function shortened(value: Value): Value {
  return typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT - 1)}…` : value;
}

/** JSON on one line, in which what could move a cursor, change the direction of writing or hide is an escape. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A value as it is where that can be read in one way only, else as JSON. */
function textOf(value: Value): string {
  const json = jsonOf(value);
  if (typeof value !== 'string') return json;
  return json === `"${value}"` && /^[^\s=[\]{}]+$/.test(value) ? value : json;
}
