import { fail } from '../failure.js';
import { requireInteger } from './integers.js';

/** std.split. */
export function split(text: string, separator: string): string[] {
  requireSeparator(separator);
  return text.split(separator);
}

/** std.splitLimit: at most so many cuts from the left; -1 is no limit. */
export function splitLimit(text: string, separator: string, limit: number): string[] {
  let left = requireLimit(limit);
  requireSeparator(separator);
  const parts: string[] = [];
  let start = 0;
  for (let end = text.indexOf(separator); end >= 0 && left > 0; end = text.indexOf(separator, start)) {
    parts.push(text.slice(start, end));
    start = end + separator.length;
    left--;
  }
  return [...parts, text.slice(start)];
}

/** std.splitLimitR: at most so many cuts from the right; -1 is no limit. */
export function splitLimitR(text: string, separator: string, limit: number): string[] {
  const count = requireLimit(limit);
  requireSeparator(separator);
  // As many cuts as there are from the left, which matters where a separator overlaps itself.
  let left = Math.min(count, text.split(separator).length - 1);
  const parts: string[] = [];
  let rest = text;
  for (; left > 0; left--) {
    const start = rest.lastIndexOf(separator);
    parts.push(rest.slice(start + separator.length));
    rest = rest.slice(0, start);
  }
  return [...parts, rest].reverse();
}

function requireLimit(limit: number): number {
  if (requireInteger(limit) < -1) fail(`the limit of a split should be -1 or non-negative, got ${limit}`);
  return limit === -1 ? Infinity : limit;
}

function requireSeparator(separator: string): void {
  if (separator === '') fail('the separator of a split should have length 1 or greater, got 0');
}
