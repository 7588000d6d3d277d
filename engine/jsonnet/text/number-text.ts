/** Fractions of this many parts have few enough decimals to be written as they are. */
const PLAIN_PARTS = 1024;
const PLAIN_LIMIT = 100_000;
/** A number whose decimal expansion ends after 18 significant digits has at most 25 binary places. */
const TIE_PARTS = 2 ** 25;

/** A finite number as Jsonnet prints it: integers in full, others with as many as 17 significant digits. */
export function numberText(value: number): string {
  if (Number.isInteger(value)) return integerText(value);
  if (Number.isInteger(value * PLAIN_PARTS) && Math.abs(value) < PLAIN_LIMIT) return String(value);
  const [digits = '', exponent] = seventeenDigits(value).split('e');
  const point = digits.indexOf('.');
  const trimmed = point < 0 ? digits : digits.replace(/\.?0+$/, '');
  return exponent === undefined ? smallText(trimmed) : `${trimmed}e${twoDigits(exponent)}`;
}

/** A finite number with the fewest digits that identify it, never with an exponent. */
export function shortestText(value: number): string {
  if (Number.isInteger(value)) return wholeText(value);
  const text = String(value);
  const [digits = '', exponent] = text.split('e-');
  if (exponent === undefined) return text;
  const sign = digits.startsWith('-') ? '-' : '';
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${digits.replace(/[-.]/g, '')}`;
}

/** Exactly, however large. */
function integerText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Math.abs(value) < 1e21 && Number.isSafeInteger(value) ? String(value) : String(BigInt(value));
}

/** The shortest digits, then zeros. */
function wholeText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const [digits = '', exponent] = text.split('e+');
  if (exponent === undefined) return text;
  const fraction = digits.split('.')[1] ?? '';
  return digits.replace('.', '') + '0'.repeat(Number(exponent) - fraction.length);
}

/** toPrecision(17), but what lies exactly between two decimals goes to the even one, not to the larger. */
function seventeenDigits(value: number): string {
  const rounded = value.toPrecision(17);
  if (!Number.isInteger(value * TIE_PARTS)) return rounded;
  const [exact = ''] = value.toPrecision(60).split('e');
  const [digits = '', exponent] = rounded.split('e');
  const kept = exact.slice(0, digits.length);
  const isTie = /^50*$/.test(exact.slice(digits.length));
  if (!isTie || /[13579]$/.test(kept)) return rounded;
  return exponent === undefined ? kept : `${kept}e${exponent}`;
}

/** JavaScript writes an exponent below 1e-6, C below 1e-4. */
function smallText(text: string): string {
  const match = /^(-?)0\.(0{4,})([1-9])(\d*)$/.exec(text);
  if (match === null) return text;
  const [, sign, zeros = '', first, rest] = match;
  return `${sign}${first}${rest === '' ? '' : `.${rest}`}e-${String(zeros.length + 1).padStart(2, '0')}`;
}

function twoDigits(exponent: string): string {
  return exponent.slice(0, 1) + exponent.slice(1).padStart(2, '0');
}
