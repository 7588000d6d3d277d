const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Whether code points and UTF-16 units of the text may differ. */
export function hasSurrogates(text: string): boolean {
  return SURROGATE.test(text);
}

/** The text with U+FFFD in place of every surrogate that is not one of a pair. */
export function wellFormed(text: string): string {
  return SURROGATE.test(text) ? text.replace(LONE_SURROGATE, '\ufffd') : text;
}

/** Orders texts by their code points: negative, zero or positive. */
export function compareCodePoints(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Number of code points. */
export function codePointLength(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** The code points from `from` up to and without `to`; both are non-negative integers. */
export function sliceCodePoints(text: string, from: number, to: number): string {
  if (!SURROGATE.test(text)) return text.slice(from, Math.max(from, to));
  const start = unitIndex(text, 0, from);
  return text.slice(start, unitIndex(text, start, to - from));
}

/** The names of an object's fields in Jsonnet's order. */
export function sortedKeys(object: object): string[] {
  const keys = Object.keys(object);
  if (keys.length < 2) return keys;
  // The default order is by UTF-16 units, and fast; it differs only where surrogates stand.
  return keys.some(hasSurrogates) ? keys.sort(compareCodePoints) : keys.sort();
}

/** Pairs of surrogates stand for code points above all others. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The index of the unit that begins the code point `count` after the one at `start`. */
function unitIndex(text: string, start: number, count: number): number {
  let index = start;
  for (let left = count; left > 0 && index < text.length; left--) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}
