import { fail } from '../failure.js';
import { numberText } from './number-text.js';

const LIMIT = 2 ** 31;

/** The number, which must be an integer of 32 bits: what std functions take for counts and indexes. */
export function requireInteger(value: number): number {
  if (Number.isInteger(value) && value >= -LIMIT && value < LIMIT) return value;
  return fail(`Expected an integer, but got ${numberText(value)}`);
}
