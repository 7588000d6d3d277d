import { fail } from '../failure.js';
import { codePointLength, hasSurrogates, sliceCodePoints } from './code-points.js';
import { requireInteger } from './integers.js';
import { numberText } from './number-text.js';
import type { Plain } from './plain.js';

/** What Go calls white space, which is not quite what JavaScript does. */
const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const OUTER_SPACE = new RegExp(`^${SPACE}|${SPACE}$`, 'g');

/** Capitals that the reference's Unicode 15 does not know, while a newer JavaScript does. */
const UNKNOWN_CAPITAL = /[\u1c89\ua7cb\ua7cc\ua7ce\ua7d2\ua7d4\ua7da\ua7dc\u{10d50}-\u{10d65}\u{16ea0}-\u{16eb8}]/u;

/** std.stringChars. */
export function stringChars(text: string): string[] {
  return hasSurrogates(text) ? [...text] : text.split('');
}

/** std.substr. */
export function substr(text: string, from: number, length: number): string {
  if (!Number.isInteger(from)) fail(`substr second parameter should be an integer, got ${numberText(from)}`);
  if (from < 0) fail(`substr second parameter should be greater than zero, got ${numberText(from)}`);
  requireInteger(length);
  if (length < 0) fail(`substr third parameter should be greater than zero, got ${length}`);
  return sliceCodePoints(text, from, from + length);
}

/** std.strReplace. */
export function strReplace(text: string, from: string, to: string): string {
  if (from === '') fail("'from' string must not be zero length.");
  return text.replaceAll(from, () => to);
}

/** std.findSubstr: where the pattern begins, in code points; occurrences may overlap. */
export function findSubstr(pattern: string, text: string): number[] {
  const places: number[] = [];
  if (pattern === '') return places;
  let passed = 0;
  let point = 0;
  const isPlain = !hasSurrogates(text);
  for (let unit = text.indexOf(pattern); unit >= 0; unit = text.indexOf(pattern, unit + 1)) {
    point += isPlain ? unit - passed : codePointLength(text.slice(passed, unit));
    passed = unit;
    places.push(point);
  }
  return places;
}

/** std.asciiUpper. */
export function asciiUpper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** std.asciiLower. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** std.equalsIgnoreCase: by Unicode's simple case folding. */
export function equalsIgnoreCase(left: string, right: string): boolean {
  const a = [...left];
  const b = [...right];
  return a.length === b.length && a.every((character, index) => foldsTo(character, b[index] as string));
}

/** std.trim. */
export function trim(text: string): string {
  return text.replace(OUTER_SPACE, '');
}

/** std.stripChars: without the characters at either end that are among those of a text or elements of an array. */
export function stripChars(text: string, characters: string | readonly Plain[]): string {
  return rstripChars(lstripChars(text, characters), characters);
}

/** std.lstripChars. */
export function lstripChars(text: string, characters: string | readonly Plain[]): string {
  const set: ReadonlySet<Plain> = new Set(characters);
  let start = 0;
  for (const character of text) {
    if (!set.has(character)) break;
    start += character.length;
  }
  return text.slice(start);
}

/** std.rstripChars. */
export function rstripChars(text: string, characters: string | readonly Plain[]): string {
  const set: ReadonlySet<Plain> = new Set(characters);
  let end = text.length;
  while (end > 0) {
    const isPair = end > 1 && (text.codePointAt(end - 2) ?? 0) > 0xffff;
    const start = end - (isPair ? 2 : 1);
    if (!set.has(text.slice(start, end))) break;
    end = start;
  }
  return text.slice(0, end);
}

/** std.resolvePath: the path with its last part replaced. */
export function resolvePath(path: string, last: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1) + last;
}

function foldsTo(left: string, right: string): boolean {
  if (left === right) return true;
  // Equal capitals are not enough, but cheap, and two that fold alike have equal capitals or equal small letters.
  if (left.toLowerCase() !== right.toLowerCase() && left.toUpperCase() !== right.toUpperCase()) return false;
  if (UNKNOWN_CAPITAL.test(left + right)) return false;
  return new RegExp(`^\\u{${left.codePointAt(0)?.toString(16)}}$`, 'iu').test(right);
}
