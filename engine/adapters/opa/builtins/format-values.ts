import { escapeAsGo, quoteAsGo } from '../rego-text.js';
import { type FormatState, pad, signOf } from './format-state.js';

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, O: 8, d: 10, v: 10, x: 16, X: 16 };
const LARGEST_POINT = 0x10ffffn;
const REPLACEMENT = '\ufffd';

function character(value: bigint): string {
  if (value < 0n || value > LARGEST_POINT || (value >= 0xd800n && value <= 0xdfffn)) return REPLACEMENT;
  return String.fromCodePoint(Number(value));
}

/** One of the verbs `vdboOxXcqU` for an integer of 64 bits; undefined for any other. @see fmt/format.go, fmtInteger */
export function formatInteger(value: bigint, verb: string, state: FormatState): string | undefined {
  if (verb === 'c') return pad(character(value), state);
  if (verb === 'q') return pad(`'${escapeAsGo(character(value), { quote: "'", ascii: state.plus })}'`, state);
  if (verb === 'U') return formatUnicode(value, state);
  const base = BASES[verb];
  if (base === undefined) return undefined;
  if (state.precision === 0 && value === 0n) return pad('', state, false);
  const sign = signOf(value < 0n, { ...state, plusValue: false });
  const isPadded = state.precision === undefined && state.zero && !state.minus && state.width !== undefined;
  const precision = state.precision ?? (isPadded ? state.width! - sign.length : 0);
  const digits = digitsOf(value, base, verb).padStart(precision, '0');
  return pad(sign + prefixOf(digits, verb, state) + digits, state, false);
}

function digitsOf(value: bigint, base: number, verb: string): string {
  const digits = (value < 0n ? -value : value).toString(base);
  return verb === 'X' ? digits.toUpperCase() : digits;
}

function prefixOf(digits: string, verb: string, state: FormatState): string {
  if (verb === 'O') return state.sharp && !digits.startsWith('0') ? '0o0' : '0o';
  if (!state.sharp) return '';
  if (verb === 'o') return digits.startsWith('0') ? '' : '0';
  return { b: '0b', x: '0x', X: '0X' }[verb] ?? '';
}

function formatUnicode(value: bigint, state: FormatState): string {
  const unsigned = BigInt.asUintN(64, value);
  const digits = unsigned
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(state.precision ?? 4, 4), '0');
  const isShown =
    state.sharp &&
    unsigned <= LARGEST_POINT &&
    escapeAsGo(character(unsigned), { quote: '', ascii: false }).length <= 2;
  return pad(`U+${digits}${isShown ? ` '${character(unsigned)}'` : ''}`, state, false);
}

/** One of the verbs `bodsvxXO` for an integer of any size; undefined for any other. @see math/big/intconv.go, Format */
export function formatBigInteger(value: bigint, verb: string, state: FormatState): string | undefined {
  const base = verb === 's' ? 10 : BASES[verb];
  if (base === undefined) return undefined;
  const sharp = state.sharp || state.sharpValue;
  const sign = signOf(value < 0n, state);
  const prefix = verb === 'O' ? '0o' : ((sharp ? { b: '0b', o: '0', x: '0x', X: '0X' }[verb] : undefined) ?? '');
  const digits = digitsOf(value, base, verb).padStart(state.precision ?? 0, '0');
  const missing = (state.width ?? 0) - sign.length - prefix.length - digits.length;
  if (missing > 0 && !state.minus && state.zero && state.precision === undefined) {
    return sign + prefix + '0'.repeat(missing) + digits;
  }
  return pad(sign + prefix + digits, state, false);
}

/** One of the verbs `vsxXq` for text; undefined for any other. @see fmt/print.go, fmtString */
export function formatText(value: string, verb: string, state: FormatState): string | undefined {
  switch (verb) {
    case 'v':
      return state.sharpValue ? formatText(value, 'q', state) : formatText(value, 's', state);
    case 's':
      return pad(truncated(value, state), state);
    case 'q': {
      const text = truncated(value, state);
      if (state.sharp && canBackquote(text)) return pad(`\`${text}\``, state);
      return pad(quoteAsGo(text, state.plus), state);
    }
    case 'x':
      return formatHex(value, state);
    case 'X':
      return formatHex(value, state).toUpperCase();
    default:
      return undefined;
  }
}

function truncated(value: string, { precision }: FormatState): string {
  return precision === undefined ? value : [...value].slice(0, precision).join('');
}

function canBackquote(text: string): boolean {
  return !/[\u0000-\u0008\u000a-\u001f`\u007f\ufeff]/.test(text);
}

function formatHex(value: string, state: FormatState): string {
  const bytes = [...Buffer.from(value, 'utf8').subarray(0, state.precision)];
  const prefix = state.sharp ? '0x' : '';
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  if (digits.length === 0) return pad('', state);
  const text = state.space ? digits.map((pair) => prefix + pair).join(' ') : prefix + digits.join('');
  return pad(text, state);
}
