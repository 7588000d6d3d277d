import { type LayoutPiece, layoutPieces } from './time-layout.js';
import { isTimeText } from './time-parse.js';

/** What YAML reads as null, a truth value or a number, and what YAML 1.1 read as a truth value. */
const WORDS: ReadonlySet<string> = new Set(
  [
    ' ~ null Null NULL true True TRUE false False FALSE .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF',
    'y Y yes Yes YES on On ON n N no No NO off Off OFF',
  ].flatMap((words) => words.split(' ')),
);
const INTEGER = /^([+-]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/;
/** Binary and octal numbers of YAML 1.2, which go-yaml lets have a sign after the prefix. */
const INNER_SIGN = /^(0b)([+-][01]+)$|^(0o)([+-][0-7]+)$/;
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
/** A fraction, in which Go lets a single underscore stand between digits. */
const INNER_UNDERSCORES = /^\.\d+(_\d+)*([eE][-+]?\d+(_\d+)*)?$/;
const BASE_60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const DATE_START = /^\d{4}-/;
/** Layouts of times by what stands between date and time. */
const LAYOUTS: Readonly<Record<string, readonly LayoutPiece[]>> = {
  T: layoutPieces('2006-1-2T15:4:5.999999999Z07:00'),
  t: layoutPieces('2006-1-2t15:4:5.999999999Z07:00'),
  ' ': layoutPieces('2006-1-2 15:4:5.999999999'),
  '': layoutPieces('2006-1-2'),
};

/** More digits than any number of 64 bits has. */
const MOST_DIGITS = 64;
const [SIGNED_MINIMUM, SIGNED_MAXIMUM, UNSIGNED_MAXIMUM] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n];

/** Whether go-yaml holds an integer of this sign and size as one. */
export function isYamlInteger(sign: string, magnitude: bigint): boolean {
  if (sign === '') return magnitude <= UNSIGNED_MAXIMUM;
  const value = sign === '-' ? -magnitude : magnitude;
  return value >= SIGNED_MINIMUM && value <= SIGNED_MAXIMUM;
}

function magnitudeOf(digits: string): bigint | undefined {
  const [, prefix = '', rest = ''] = /^(0[xXbBoO]|0(?=\d)|)0*(.*)$/.exec(digits)!;
  if (rest.length > MOST_DIGITS) return undefined;
  return BigInt((prefix === '0' ? '0o' : prefix) + (rest === '' ? '0' : rest));
}

function isInteger(text: string): boolean {
  const [, sign = '', digits] = INTEGER.exec(text) ?? [];
  const magnitude = digits === undefined ? undefined : magnitudeOf(digits);
  if (magnitude !== undefined) return isYamlInteger(sign, magnitude);
  const [, binary, binaryDigits, octal, octalDigits] = INNER_SIGN.exec(text) ?? [];
  const signed = binaryDigits ?? octalDigits;
  const inner = signed === undefined ? undefined : magnitudeOf((binary ?? octal)! + signed.slice(1));
  return inner !== undefined && isYamlInteger(signed![0]!, inner);
}

/** A number of decimal digits that a double can hold. */
function isFloat(text: string): boolean {
  return FLOAT.test(text) && Number.isFinite(Number(text));
}

/** Whether a text begins as a date does. To find out whether it is one takes long. */
export function isDateLike(text: string): boolean {
  return DATE_START.test(text);
}

function isTimestamp(text: string): boolean {
  return isDateLike(text) && isTimeText(LAYOUTS[/[Tt ]/.exec(text)?.[0] ?? '']!, text);
}

/**
 * Whether a text, written without quotes, is read as text again, by YAML 1.2 and also by YAML 1.1.
 * @see resolve.go and encode.go of go.yaml.in/yaml/v3
 */
export function isReadAsText(text: string): boolean {
  if (WORDS.has(text)) return false;
  if (text.startsWith('.')) return !(INNER_UNDERSCORES.test(text) && isFloat(text.replaceAll('_', '')));
  if (!/^[\d+-]/.test(text)) return true;
  const digits = text.replaceAll('_', '');
  return !(isTimestamp(text) || isInteger(digits) || isFloat(digits) || BASE_60.test(text));
}
