import type { RegoValue } from '../rego-value.js';
import { BuiltinError, type Builtins, integerAt, textAt, textsAt } from './builtin.js';
import { sprintf } from './format.js';
import { codePoints } from './format-state.js';

function affixes(operands: readonly RegoValue[], position: number): readonly string[] {
  const value = operands[position];
  return typeof value === 'string' ? [value] : textsAt(operands, position);
}

function indexesOf(text: string, search: string): number[] {
  if (search === '') throw new BuiltinError('empty search character');
  const [points, wanted] = [[...text], [...search]];
  const last = points.length - wanted.length;
  const indexes: number[] = [];
  for (let start = 0; start <= last; start += 1) {
    if (wanted.every((point, offset) => points[start + offset] === point)) indexes.push(start);
  }
  return indexes;
}

function indexOf(text: string, search: string): number {
  if (search === '') throw new BuiltinError('empty search character');
  const index = text.indexOf(search);
  return index === -1 ? -1 : codePoints(text.slice(0, index));
}

function splitText(text: string, separator: string): string[] {
  return separator === '' ? [...text] : text.split(separator);
}

/** Go's `strings.SplitN`: at most `limit` parts, the last of which is the rest. */
function splitLimited(text: string, separator: string, limit: number): string[] {
  const parts = splitText(text, separator);
  if (limit === 0) return [];
  return parts.length <= limit ? parts : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

/** @see v1/topdown/strings.go of OPA 1.22 */
export const stringBuiltins: Builtins = {
  concat: (operands) => textsAt(operands, 1).join(textAt(operands, 0)),
  indexof: (operands) => indexOf(textAt(operands, 0), textAt(operands, 1)),
  sprintf,
  'strings.any_prefix_match': (operands) => {
    const prefixes = affixes(operands, 1);
    return affixes(operands, 0).some((text) => prefixes.some((prefix) => text.startsWith(prefix)));
  },
  'strings.any_suffix_match': (operands) => {
    const suffixes = affixes(operands, 1);
    return affixes(operands, 0).some((text) => suffixes.some((suffix) => text.endsWith(suffix)));
  },
  'strings.count': (operands) => {
    const [text, search] = [textAt(operands, 0), textAt(operands, 1)];
    return search === '' ? codePoints(text) + 1 : text.split(search).length - 1;
  },
  'strings.split_n': (operands) => {
    const [text, separator] = [textAt(operands, 0), textAt(operands, 1)];
    const count = Number(integerAt(operands, 2));
    const parts = count < 0 ? splitText(text, separator) : splitLimited(text, separator, count + 1);
    return count < 0 ? parts.slice(Math.max(parts.length + count, 0)) : parts.slice(0, count);
  },
  indexof_n: (operands) => indexesOf(textAt(operands, 0), textAt(operands, 1)),
};
