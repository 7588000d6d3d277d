import type { Cursor } from './cursor.js';
import { failYaml } from './yaml-failure.js';

const SINGLE_RUN = /[^'\s\u0085\0]+/y;
const DOUBLE_RUN = /[^"\\\s\u0085\0]+/y;
/** What ends a plain scalar or may. */
const PLAIN_RUN = /[^\s\u0085\0:,?[\]{}]+/y;

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};

const HEXADECIMAL: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Reads a text in single or double quotes. */
export function scanQuoted(cursor: Cursor, isSingle: boolean): string {
  const start = cursor.line;
  const quote = isSingle ? "'" : '"';
  cursor.skip();
  let text = '';
  for (;;) {
    if (cursor.isDocumentMark()) failYaml('found unexpected document indicator', start);
    if (cursor.isEnd()) failYaml('found unexpected end of stream', start);
    const { content, isContinued } = isSingle ? singleRun(cursor) : doubleRun(cursor, start);
    text += content;
    if (cursor.is(quote)) break;
    text += scanBlanks(cursor, isContinued).text;
  }
  cursor.skip();
  return text;
}

/** Reads a plain scalar. `lineEnded` says that it was ended by the end of a line. */
export function scanPlain(
  cursor: Cursor,
  indent: number,
  isFlow: boolean,
): { readonly text: string; readonly lineEnded: boolean } {
  const start = cursor.line;
  let text = '';
  let pending = '';
  let lineEnded = false;
  while (!cursor.isDocumentMark() && !cursor.is('#')) {
    const run = plainRun(cursor, isFlow);
    if (run !== '') {
      text += pending + run;
      pending = '';
      lineEnded = false;
    }
    if (!cursor.isBlank() && !cursor.isBreak()) break;
    const blanks = scanBlanks(cursor, false, (isTab) => {
      if (isTab && cursor.column < indent) failYaml('found a tab character that violates indentation', start);
    });
    pending = blanks.text;
    lineEnded = blanks.hasBreak;
    if (!isFlow && cursor.column < indent) break;
  }
  return { text, lineEnded };
}

/** Characters up to a blank or an indicator. */
function plainRun(cursor: Cursor, isFlow: boolean): string {
  let run = '';
  while (!cursor.isBlankOrEnd()) {
    if (cursor.is(':') && cursor.isBlankOrEnd(1)) break;
    if (isFlow && ',?[]{}'.includes(cursor.text[cursor.position] ?? '')) break;
    const taken = cursor.take(PLAIN_RUN);
    run += taken === '' ? take(cursor) : taken;
  }
  return run;
}

/** One unit: an indicator where it is none, or a space that is none to YAML. */
function take(cursor: Cursor): string {
  const unit = cursor.text[cursor.position] ?? '';
  cursor.skip();
  return unit;
}

interface Run {
  readonly content: string;
  /** The line break at its end is escaped. */
  readonly isContinued: boolean;
}

function singleRun(cursor: Cursor): Run {
  let content = '';
  while (!cursor.isBlankOrEnd()) {
    if (cursor.is("'")) {
      if (!cursor.is("'", 1)) break;
      content += "'";
      cursor.skip(2);
    } else {
      content += cursor.take(SINGLE_RUN) || take(cursor);
    }
  }
  return { content, isContinued: false };
}

function doubleRun(cursor: Cursor, start: number): Run {
  let content = '';
  while (!cursor.isBlankOrEnd() && !cursor.is('"')) {
    if (!cursor.is('\\')) {
      content += cursor.take(DOUBLE_RUN) || take(cursor);
    } else if (cursor.isBreak(1)) {
      cursor.skip();
      cursor.readBreak();
      return { content, isContinued: true };
    } else {
      content += scanEscape(cursor, start);
    }
  }
  return { content, isContinued: false };
}

function scanEscape(cursor: Cursor, start: number): string {
  const letter = cursor.text[cursor.position + 1] ?? '';
  cursor.skip(2);
  const known = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (known !== undefined) return known;
  const length = Object.hasOwn(HEXADECIMAL, letter) ? HEXADECIMAL[letter] : undefined;
  if (length === undefined) return failYaml('found unknown escape character', start);
  const digits = cursor.text.slice(cursor.position, cursor.position + length);
  if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length < length) {
    failYaml('did not find expected hexadecimal number', start);
  }
  cursor.skip(length);
  const value = Number.parseInt(digits, 16);
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    failYaml('found invalid Unicode character escape code', start);
  }
  return String.fromCodePoint(value);
}

/**
 * Reads blanks and breaks: blanks alone stay, one break becomes a space, of more the first is left out.
 * `check` is called for each blank after a break.
 */
function scanBlanks(
  cursor: Cursor,
  isContinued: boolean,
  check: (isTab: boolean) => void = () => undefined,
): { readonly text: string; readonly hasBreak: boolean } {
  let blanks = '';
  let leading = '';
  let trailing = '';
  let hasBreak = isContinued;
  while (cursor.isBlank() || cursor.isBreak()) {
    if (cursor.isBlank()) {
      if (hasBreak) check(cursor.is('\t'));
      if (hasBreak) cursor.skip();
      else blanks += take(cursor);
    } else if (hasBreak) {
      trailing += cursor.readBreak();
    } else {
      leading = cursor.readBreak();
      hasBreak = true;
    }
  }
  if (!hasBreak) return { text: blanks, hasBreak };
  if (leading !== '\n') return { text: leading + trailing, hasBreak };
  return { text: trailing === '' ? ' ' : trailing, hasBreak };
}
