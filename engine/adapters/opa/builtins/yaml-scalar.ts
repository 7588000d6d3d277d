import { isReadAsText } from './yaml-plain.js';

/** What ends a line in YAML, of what may stand outside double quotes. */
const BREAK = /[\n\u2028\u2029]/;
/** What ends a line in YAML. */
const ANY_BREAK = /[\n\r\u0085\u2028\u2029]/;
/** What stands only as an escape, halves of what lies beyond 16 bits included. */
const SPECIAL = /[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const SPACE_BEFORE_BREAK = / [\n\u2028\u2029]/;
const SPACE_AFTER_BREAK = /[\n\u2028\u2029] /;
/** What has a meaning at the start of a text, before a space, or after one. */
const INDICATOR = /^[#,[\]{}&*!|>'"%@`]|^(?:---|\.\.\.)|^[-?](?:[ \t]|$)|:(?:[ \t]|$)|[ \t\u2028\u2029]#/;
const BYTE_ORDER_MARK = '\ufeff';
const MOST_BYTES_OF_KEY = 128;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\u0007': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\u001b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

/** Whether a text can be a key that needs no `?`. */
export function isSimpleKey(text: string): boolean {
  return !ANY_BREAK.test(text) && Buffer.byteLength(text) <= MOST_BYTES_OF_KEY;
}

/**
 * A text as go-yaml writes it, with its further lines indented by `indent` spaces. Where `ownLines` it may become a block
 * of lines, which ends without a line break unless the text does.
 * @see emitterc.go of go.yaml.in/yaml/v3
 */
export function writeText(text: string, indent: number, ownLines: boolean): string {
  const isSpecial = SPECIAL.test(text);
  if (text.includes('\n')) {
    const isBlock = ownLines && !isSpecial && !text.endsWith(' ') && !SPACE_BEFORE_BREAK.test(text);
    return isBlock ? block(text, indent) : doubleQuoted(text);
  }
  const isEscaped = isSpecial || text.includes('\t') || SPACE_BEFORE_BREAK.test(text) || SPACE_AFTER_BREAK.test(text);
  if (isEscaped || !isReadAsText(text)) return doubleQuoted(text);
  const isPlain = !/^ | $/.test(text) && !BREAK.test(text) && !INDICATOR.test(text);
  return isPlain ? text : `'${indented(text.replaceAll("'", "''"), indent)}'`;
}

/** Puts spaces before what follows line breaks. */
function indented(text: string, indent: number): string {
  return text.replace(/([\n\u2028\u2029])(?![\n\u2028\u2029]|$)/g, `$1${' '.repeat(indent)}`);
}

function block(text: string, indent: number): string {
  const hint = /^[ \n\u2028\u2029]/.test(text) ? '2' : '';
  return `|${hint}${chomping(text)}\n${' '.repeat(/^[\n\u2028\u2029]/.test(text) ? 0 : indent)}${indented(text, indent)}`;
}

/** Says what becomes of the line breaks at the end: `-` none, `+` all, otherwise one. */
function chomping(text: string): string {
  if (!/[\n\u2028\u2029]$/.test(text)) return '-';
  return text.length === 1 || BREAK.test(text.at(-2)!) ? '+' : '';
}

function doubleQuoted(text: string): string {
  // go-yaml looks for the mark at the start of the text, wherever it is in it.
  const mustEscape = text.startsWith(BYTE_ORDER_MARK)
    ? /./gsu
    : /[^\x20\x21\x23-\x5b\x5d-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\u2028\u2029]/gu;
  return `"${text.replace(mustEscape, escaped)}"`;
}

function escaped(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return `\\${short}`;
  const digits = character.codePointAt(0)!.toString(16).toUpperCase();
  if (digits.length <= 2) return `\\x${digits.padStart(2, '0')}`;
  return digits.length <= 4 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
