import { sortedKeys } from './code-points.js';
import { escapeStringJson, escapeStringJsonStrictly } from './escape.js';
import { numberText, shortestText } from './number-text.js';
import { isPlainArray, type Plain } from './plain.js';

/** What separates the parts; newline and separator are those of std.manifestJsonEx. */
export interface JsonLayout {
  readonly indent: string;
  readonly newline: string;
  readonly separator: string;
}

/** std.manifestJsonEx; also what is empty takes two lines. */
export function manifestJsonEx(value: Plain, layout: JsonLayout): string {
  return manifestAt(value, layout, layout.newline);
}

/** std.manifestJson. */
export function manifestJson(value: Plain): string {
  return manifestJsonEx(value, { indent: '    ', newline: '\n', separator: ': ' });
}

/** std.manifestJsonMinified. */
export function manifestJsonMinified(value: Plain): string {
  return manifestJsonEx(value, { indent: '', newline: '', separator: ':' });
}

/** What the jsonnet command prints for a value, without the newline at the end. */
export function manifestOutput(value: Plain): string {
  return outputAt(value, '\n');
}

/** `line` begins a line of the value's own depth. */
function manifestAt(value: Plain, layout: JsonLayout, line: string): string {
  if (typeof value === 'string') return escapeStringJsonStrictly(value);
  if (typeof value === 'number') return shortestText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  const inner = line + layout.indent;
  const first = inner;
  const next = `,${inner}`;
  if (isPlainArray(value)) {
    if (value.length === 0) return `[${layout.newline}${line}]`;
    let text = '[';
    for (const [index, element] of value.entries()) {
      text += (index === 0 ? first : next) + manifestAt(element, layout, inner);
    }
    return `${text}${line}]`;
  }
  const keys = sortedKeys(value);
  if (keys.length === 0) return `{${layout.newline}${line}}`;
  let text = '{';
  for (const [index, key] of keys.entries()) {
    text += (index === 0 ? first : next) + escapeStringJsonStrictly(key) + layout.separator;
    text += manifestAt(value[key] as Plain, layout, inner);
  }
  return `${text}${line}}`;
}

function outputAt(value: Plain, line: string): string {
  if (typeof value === 'string') return escapeStringJson(value);
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  const inner = `${line}   `;
  const next = `,${inner}`;
  if (isPlainArray(value)) {
    if (value.length === 0) return '[ ]';
    let text = '[';
    for (const [index, element] of value.entries()) text += (index === 0 ? inner : next) + outputAt(element, inner);
    return `${text}${line}]`;
  }
  const keys = sortedKeys(value);
  if (keys.length === 0) return '{ }';
  let text = '{';
  for (const [index, key] of keys.entries()) {
    text += `${index === 0 ? inner : next}${escapeStringJson(key)}: ${outputAt(value[key] as Plain, inner)}`;
  }
  return `${text}${line}}`;
}
