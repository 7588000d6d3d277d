import { fail } from '../failure.js';
import { sortedKeys } from './code-points.js';
import { escapeStringJson } from './escape.js';
import { numberText } from './number-text.js';
import { isPlainArray, isPlainObject, type Plain, type PlainObject, typeName } from './plain.js';

type Path = readonly (string | number)[];

/** A table of the document: where it is, and what its lines begin with. */
interface Table {
  readonly indent: string;
  /** The names in its header. */
  readonly names: readonly string[];
  /** Names and indexes, for messages. */
  readonly path: Path;
  readonly margin: string;
}

/** std.manifestToml. */
export function manifestToml(value: Plain): string {
  return manifestTomlEx(value, '  ');
}

/** std.manifestTomlEx. */
export function manifestTomlEx(value: Plain, indent: string): string {
  if (!isPlainObject(value)) return fail(`TOML body must be an object. Got ${typeName(value)}`);
  return bodyText(value, { indent, names: [], path: [], margin: '' });
}

/** The fields of a table that are values, then those that are tables. */
function bodyText(object: PlainObject, table: Table): string {
  const lines: string[] = [];
  const sections: string[] = [''];
  for (const key of sortedKeys(object)) {
    const value = object[key] as Plain;
    const child: Table = { ...table, names: [...table.names, key], path: [...table.path, key] };
    if (isPlainObject(value)) sections.push(tableText(value, child, `[${headerOf(child)}]`));
    else if (isTableArray(value)) sections.push(tableArrayText(value, child));
    else lines.push(...`${keyText(key)} = ${valueText(value, child, false)}`.split('\n'));
  }
  const margin = lines.length > 0 ? table.margin : '';
  return margin + lines.join(`\n${table.margin}`) + sections.join('\n\n');
}

function tableText(object: PlainObject, table: Table, header: string): string {
  const start = table.margin + header + (Object.keys(object).length > 0 ? '\n' : '');
  return start + bodyText(object, { ...table, margin: table.margin + table.indent });
}

function tableArrayText(elements: readonly PlainObject[], table: Table): string {
  const header = `[[${headerOf(table)}]]`;
  return elements
    .map((element, index) => tableText(element, { ...table, path: [...table.path, index] }, header))
    .join('\n\n');
}

function headerOf({ names }: Table): string {
  return names.map(keyText).join('.');
}

function isTableArray(value: Plain): value is readonly PlainObject[] {
  return isPlainArray(value) && value.length > 0 && value.every(isPlainObject);
}

function valueText(value: Plain, { indent, path }: { indent: string; path: Path }, isInline: boolean): string {
  if (typeof value === 'string') return escapeStringJson(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return String(value);
  if (value === null) return fail(`Tried to manifest "null" at [${path.join(' ')}]`);
  const inner = (element: Plain, step: string | number): string =>
    valueText(element, { indent, path: [...path, step] }, true);
  if (!isPlainArray(value)) {
    const fields = sortedKeys(value).map((key) => `${keyText(key)} = ${inner(value[key] as Plain, key)}`);
    return `{ ${fields.join(', ')} }`;
  }
  if (value.length === 0) return '[]';
  const [separator, margin] = isInline ? [' ', ''] : ['\n', indent];
  const elements = value.map((element, index) => margin + inner(element, index));
  return `[${separator}${elements.join(`,${separator}`)}${separator}]`;
}

function keyText(key: string): string {
  if (key === '') return "''";
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : escapeStringJson(key);
}
