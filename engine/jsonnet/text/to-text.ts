import { sortedKeys } from './code-points.js';
import { escapeStringJson } from './escape.js';
import { numberText } from './number-text.js';
import { isPlainArray, type Plain, type PlainObject } from './plain.js';

/** std.toString: a string as it is, anything else as JSON on one line. */
export function toText(value: Plain): string {
  return typeof value === 'string' ? value : jsonLine(value);
}

/** JSON on one line, with blanks after commas and colons and inside what is empty. */
function jsonLine(value: Plain): string {
  if (typeof value === 'string') return escapeStringJson(value);
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  return isPlainArray(value) ? arrayLine(value) : objectLine(value);
}

function arrayLine(elements: readonly Plain[]): string {
  let text = '';
  for (const element of elements) text += (text === '' ? '[' : ', ') + jsonLine(element);
  return text === '' ? '[ ]' : `${text}]`;
}

function objectLine(object: PlainObject): string {
  let text = '';
  for (const key of sortedKeys(object)) {
    text += `${text === '' ? '{' : ', '}${escapeStringJson(key)}: ${jsonLine(object[key] as Plain)}`;
  }
  return text === '' ? '{ }' : `${text}}`;
}
