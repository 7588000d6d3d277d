import { fail } from '../failure.js';
import { codePointLength } from './code-points.js';
import { numberText } from './number-text.js';

/** std.char: the character of a code point; what is none, such as half a surrogate pair, is U+FFFD. */
export function characterOf(codePoint: number): string {
  if (codePoint > 0x10ffff) fail(`Invalid unicode codepoint, got ${numberText(codePoint)}`);
  if (codePoint < 0) fail(`Codepoints must be >= 0, got ${numberText(codePoint)}`);
  const whole = Math.trunc(codePoint);
  return whole >= 0xd800 && whole < 0xe000 ? '\ufffd' : String.fromCodePoint(whole);
}

/** std.codepoint: the code point of a text that is one character. */
export function codePointOf(text: string): number {
  const length = codePointLength(text);
  if (length !== 1) fail(`codepoint takes a string of length 1, got length ${length}`);
  return text.codePointAt(0) ?? 0;
}
