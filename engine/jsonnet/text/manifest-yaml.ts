import { fail } from '../failure.js';
import { sortedKeys } from './code-points.js';
import { escapeStringJson } from './escape.js';
import { shortestText } from './number-text.js';
import { isPlainArray, isPlainObject, type Plain, type PlainObject, typeName } from './plain.js';
import { isBareKey } from './yaml-key.js';

/** The options of std.manifestYamlDoc. */
export interface YamlLayout {
  readonly indentArrayInObject: boolean;
  readonly quoteKeys: boolean;
}

/** std.manifestYamlDoc. */
export function manifestYamlDoc(value: Plain, layout: YamlLayout): string {
  return manifestAt(value, layout, '\n');
}

/** std.manifestYamlStream. */
export function manifestYamlStream(value: Plain, layout: YamlLayout, documentEnd: boolean): string {
  if (!isPlainArray(value)) return fail(`manifestYamlStream only takes arrays, got ${typeName(value)}`);
  const documents = value.map((element) => manifestYamlDoc(element, layout));
  return `---\n${documents.join('\n---\n')}${documentEnd ? '\n...\n' : '\n'}`;
}

/** `line` begins a line of the value's own depth. */
function manifestAt(value: Plain, layout: YamlLayout, line: string): string {
  if (typeof value === 'string') return stringText(value, line);
  if (typeof value === 'number') return shortestText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  return isPlainArray(value) ? arrayText(value, layout, line) : objectText(value, layout, line);
}

function stringText(text: string, line: string): string {
  if (text === '') return '""';
  if (!text.endsWith('\n')) return escapeStringJson(text);
  return `|${line}  ${text.slice(0, -1).replaceAll('\n', () => `${line}  `)}`;
}

function arrayText(elements: readonly Plain[], layout: YamlLayout, line: string): string {
  if (elements.length === 0) return '[]';
  const inner = `${line}  `;
  let text = '';
  for (const [index, element] of elements.entries()) {
    if (index > 0) text += line;
    text += isPlainArray(element) && element.length > 0 ? `-${inner}` : '- ';
    text += manifestAt(element, layout, typeof element === 'object' && element !== null ? inner : line);
  }
  return text;
}

function objectText(object: PlainObject, layout: YamlLayout, line: string): string {
  const keys = sortedKeys(object);
  if (keys.length === 0) return '{}';
  let text = '';
  for (const [index, key] of keys.entries()) {
    const value = object[key] as Plain;
    if (index > 0) text += line;
    text += `${layout.quoteKeys || !isBareKey(key) ? escapeStringJson(key) : key}:`;
    const inner = lineOf(value, layout, line);
    text += inner === undefined ? ` ${manifestAt(value, layout, line)}` : inner + manifestAt(value, layout, inner);
  }
  return text;
}

/** What begins the lines of a field's value when it does not follow on the line of its key. */
function lineOf(value: Plain, layout: YamlLayout, line: string): string | undefined {
  if (isPlainArray(value)) {
    if (value.length === 0) return undefined;
    return layout.indentArrayInObject ? `${line}  ` : line;
  }
  return isPlainObject(value) && Object.keys(value).length > 0 ? `${line}  ` : undefined;
}
