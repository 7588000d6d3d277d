import { sortedKeys } from './code-points.js';
import { escapeStringJson } from './escape.js';
import { numberText } from './number-text.js';
import { isPlainArray, type Plain } from './plain.js';

/** std.toString: a string as it is, anything else as JSON on one line. */
export function toText(value: Plain): string {
  return typeof value === 'string' ? value : jsonLine(value);
}

/** JSON on one line, with blanks after commas and colons and inside what is empty. */
export function jsonLine(value: Plain): string {
  if (typeof value === 'string') return escapeStringJson(value);
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isPlainArray(value)) return value.length === 0 ? '[ ]' : `[${value.map(jsonLine).join(', ')}]`;
  const keys = sortedKeys(value);
  if (keys.length === 0) return '{ }';
  return `{${keys.map((key) => `${escapeStringJson(key)}: ${jsonLine(value[key] as Plain)}`).join(', ')}}`;
}
