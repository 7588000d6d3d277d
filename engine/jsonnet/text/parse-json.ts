import { fail } from '../failure.js';
import { wellFormed } from './code-points.js';
import { isPlainArray, type Plain } from './plain.js';

const DEEPEST = 10_000;
/** What JSON.parse leaves as it is and Go does not: halves of surrogate pairs, and numbers that may be infinite. */
const SUSPECT = /\\u[dD][89a-fA-F]|[0-9][eE]|[0-9]{300}/;

/** std.parseJson. A key that occurs twice has its last value. */
export function parseJson(text: string): Plain {
  if (text.length > DEEPEST && depthOf(text) > DEEPEST) fail('failed to parse JSON: exceeded max depth');
  const value = parse(text);
  return SUSPECT.test(text) ? checked(value) : value;
}

function parse(text: string): Plain {
  try {
    return JSON.parse(text) as Plain;
  } catch (error) {
    return fail(`failed to parse JSON: ${(error as Error).message}`);
  }
}

function checked(value: Plain): Plain {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : fail('failed to parse JSON: number too large');
  if (value === null || typeof value === 'boolean') return value;
  if (isPlainArray(value)) return value.map(checked);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [wellFormed(key), checked(field)]));
}

/** How deep the brackets outside strings are nested. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return deepest;
}
