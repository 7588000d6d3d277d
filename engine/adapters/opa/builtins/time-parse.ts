import { BuiltinError } from './builtin.js';
import { dayNames, type LayoutPiece, layoutPieces, monthNames } from './time-layout.js';
import { nanosecondsOf, secondOf } from './time-zone.js';

interface Fields {
  year: number;
  month: number | undefined;
  day: number | undefined;
  dayOfYear: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  half: 'am' | 'pm' | undefined;
  /** Seconds east of Greenwich, where the text tells. */
  offset: number;
}

function bad(): BuiltinError {
  return new BuiltinError('the text does not match the layout, or a field of it is out of range');
}

/**
 * Reads a time by a layout of Go's package time, in UTC where the text names no offset. Gives nanoseconds since 1970.
 * @see time/format.go, parse
 */
export function parseTime(layout: string, text: string): bigint {
  return resolve(fieldsOf(layoutPieces(layout), text));
}

/** Whether a text is a time by the pieces of a layout, also of a year that nanoseconds do not reach. */
export function isTimeText(layout: readonly LayoutPiece[], text: string): boolean {
  try {
    monthAndDay(fieldsOf(layout, text));
    return true;
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    return false;
  }
}

function fieldsOf(pieces: readonly LayoutPiece[], text: string): Fields {
  const parser = new Parser(text);
  for (const [index, { literal, name }] of pieces.entries()) {
    parser.skip(literal);
    if (name !== undefined) parser.piece(name, pieces[index + 1]!);
  }
  if (parser.rest !== '') throw bad();
  return parser.fields;
}

function resolve(fields: Fields): bigint {
  let { hour } = fields;
  if (fields.half === 'pm' && hour < 12) hour += 12;
  if (fields.half === 'am' && hour === 12) hour = 0;
  const [month, day] = monthAndDay(fields);
  const second = secondOf([fields.year, month, day, hour, fields.minute, fields.second]);
  return nanosecondsOf(second - fields.offset, fields.nanosecond);
}

function monthAndDay({ year, month, day, dayOfYear }: Fields): [number, number] {
  if (dayOfYear === undefined) {
    const length = new Date(Date.UTC(2000 + (year % 400), month ?? 1, 0)).getUTCDate();
    if ((day ?? 1) < 1 || (day ?? 1) > length) throw bad();
    return [month ?? 1, day ?? 1];
  }
  const date = new Date(secondOf([year, 1, dayOfYear]) * 1000);
  const found: [number, number] = [date.getUTCMonth() + 1, date.getUTCDate()];
  const matches = (month ?? found[0]) === found[0] && (day ?? found[1]) === found[1];
  if (dayOfYear < 1 || date.getUTCFullYear() !== year || !matches) throw bad();
  return found;
}

class Parser {
  rest: string;
  readonly fields: Fields = {
    year: 0,
    month: undefined,
    day: undefined,
    dayOfYear: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    half: undefined,
    offset: 0,
  };

  constructor(text: string) {
    this.rest = text;
  }

  /** Passes over literal text; a run of spaces matches any run, also none. */
  skip(literal: string): void {
    for (const part of literal.split(/( +)/)) {
      if (part === '') continue;
      if (part.startsWith(' ')) {
        if (this.rest !== '' && !this.rest.startsWith(' ')) throw bad();
        this.rest = this.rest.replace(/^ +/, '');
      } else if (this.rest.startsWith(part)) this.rest = this.rest.slice(part.length);
      else throw bad();
    }
  }

  piece(name: string, next: { readonly literal: string; readonly name: string | undefined }): void {
    if (/^[.,]/.test(name)) this.#fraction(name);
    else if (/^[-Z]/.test(name)) this.#offset(name);
    else if (name === 'MST') this.#zone();
    else this.#field(name);
    // Go takes a fraction after the seconds also where the layout has none.
    const isNext = next.literal === '' && next.name !== undefined && /^[.,]/.test(next.name);
    if ((name === '5' || name === '05') && !isNext) this.#fraction('.9');
  }

  #take(pattern: RegExp): string {
    const found = pattern.exec(this.rest)?.[0];
    if (found === undefined) throw bad();
    this.rest = this.rest.slice(found.length);
    return found;
  }

  #number(pattern: RegExp, least: number, most: number): number {
    const value = Number(this.#take(pattern));
    if (value < least || value > most) throw bad();
    return value;
  }

  #word(words: readonly string[], length?: number): number {
    const index = words.findIndex((word) => {
      const wanted = word.slice(0, length).toLowerCase();
      return this.rest.slice(0, wanted.length).toLowerCase() === wanted;
    });
    if (index === -1) throw bad();
    this.rest = this.rest.slice(length ?? words[index]!.length);
    return index;
  }

  #field(name: string): void {
    const fields = this.fields;
    const digits = name.startsWith('0') ? /^\d\d/ : /^\d\d?/;
    if (name === 'January') fields.month = this.#word(monthNames) + 1;
    else if (name === 'Jan') fields.month = this.#word(monthNames, 3) + 1;
    else if (name === 'Monday') this.#word(dayNames);
    else if (name === 'Mon') this.#word(dayNames, 3);
    else if (name === '2006') fields.year = Number(this.#take(/^\d{4}/));
    else if (name === '06') fields.year = century(Number(this.#take(/^\d\d/)));
    else if (name === '1' || name === '01') fields.month = this.#number(digits, 1, 12);
    else if (name === '_2') fields.day = Number(this.#take(/^ ?\d\d?/));
    else if (name === '2' || name === '02') fields.day = this.#number(digits, 0, 99);
    else if (name === '__2') fields.dayOfYear = Number(this.#take(/^ {0,2}\d{1,3}/));
    else if (name === '002') fields.dayOfYear = Number(this.#take(/^\d{3}/));
    else if (name === '15') fields.hour = this.#number(/^\d\d?/, 0, 23);
    else if (name === '3' || name === '03') fields.hour = this.#number(digits, 0, 12);
    else if (name === '4' || name === '04') fields.minute = this.#number(digits, 0, 59);
    else if (name === '5' || name === '05') fields.second = this.#number(digits, 0, 59);
    else if (name === 'PM') fields.half = this.#take(/^[AP]M/) === 'PM' ? 'pm' : 'am';
    else fields.half = this.#take(/^[ap]m/) === 'pm' ? 'pm' : 'am';
  }

  #fraction(name: string): void {
    const isExact = name[1] === '0';
    const pattern = isExact ? new RegExp(`^[.,]\\d{${name.length - 1}}`) : /^[.,]\d+/;
    if (!isExact && !pattern.test(this.rest)) return;
    this.fields.nanosecond = Number(this.#take(pattern).slice(1, 10).padEnd(9, '0'));
  }

  #offset(name: string): void {
    if (name.startsWith('Z') && this.rest.startsWith('Z')) {
      this.rest = this.rest.slice(1);
      return;
    }
    const pattern = name.replace(/^[-Z]/, '[-+]').replaceAll(/\d\d/g, '\\d\\d');
    const text = this.#take(new RegExp(`^${pattern}`));
    const [hours = 0, minutes = 0, seconds = 0] = text.match(/\d\d/g)!.map(Number);
    if (hours > 24 || minutes > 60 || seconds > 60) throw bad();
    this.fields.offset = (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
  }

  /** An abbreviation of a zone says nothing of its offset; Go also leaves that of `GMT+3` out. */
  #zone(): void {
    if (this.rest.startsWith('UTC')) this.rest = this.rest.slice(3);
    else
      this.#take(
        /^(?:GMT(?:[+-](?:1?\d|2[0-3])(?!\d))?|ChST|MeST|[+-]\d\d?(?!\d)|(?:[A-Z]{4}T|[A-Z]{3}T|WITA|[A-Z]{3})(?![A-Z]))/,
      );
  }
}

/** Two digits of a year: 69 is 1969, 68 is 2068. */
function century(year: number): number {
  return year + (year >= 69 ? 1900 : 2000);
}
