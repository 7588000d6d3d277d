import { isUtf8 } from 'node:buffer';
import { numberText } from '../rego-number.js';
import { compareByCodePoint, isRegoArray, isRegoNumber, RegoObject, RegoSet, type RegoValue } from '../rego-value.js';
import { BuiltinError, type Builtins, objectAt, textAt } from './builtin.js';

const ESCAPED_IN_JSON = /[<>&\u2028\u2029]/g;

/** Halves of surrogate pairs are no text in Go. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd');
}

/** The text of bytes in UTF-8. A byte that belongs to no character becomes the replacement character, each for itself. */
export function textOfBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const characters: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = [1, 2, 3, 4].map((width) => at + width).find((to) => isUtf8(bytes.subarray(at, to))) ?? at;
    characters.push(end === at ? '\ufffd' : bytes.toString('utf8', at, end));
    at = Math.max(end, at + 1);
  }
  return characters.join('');
}

/** A string as Go's encoding/json writes it, which also escapes what HTML would read. */
export function jsonText(text: string): string {
  return JSON.stringify(wellFormed(text)).replace(
    ESCAPED_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

interface Layout {
  readonly indent: string;
  readonly prefix: string;
}

/** A value as Go's `json.Marshal` writes what OPA makes of it; with a layout, as `json.MarshalIndent`. */
export function marshal(value: RegoValue, layout: Layout | undefined, depth = 0): string {
  if (typeof value === 'string') return jsonText(value);
  if (isRegoNumber(value)) return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isRegoArray(value))
    return block(
      '[]',
      value.map((item) => marshal(item, layout, depth + 1)),
      layout,
      depth,
    );
  if (value instanceof RegoSet) return marshal(value.items, layout, depth);
  const entries = value.entries.map(([key, item]): [string, string] => [
    typeof key === 'string' ? key : marshal(key, undefined),
    marshal(item, layout, depth + 1),
  ]);
  entries.sort((left, right) => compareByCodePoint(left[0], right[0]));
  const colon = layout === undefined ? ':' : ': ';
  return block(
    '{}',
    entries.map(([key, item]) => jsonText(key) + colon + item),
    layout,
    depth,
  );
}

function block(brackets: string, items: readonly string[], layout: Layout | undefined, depth: number): string {
  if (layout === undefined || items.length === 0) return brackets[0] + items.join(',') + brackets[1];
  const line = (level: number) => `\n${layout.prefix}${layout.indent.repeat(level)}`;
  return brackets[0] + items.map((item) => line(depth + 1) + item).join(',') + line(depth) + brackets[1];
}

function layoutOf(options: RegoObject): Layout | undefined {
  const known = { prefix: '', indent: '\t', pretty: undefined as boolean | undefined };
  for (const [key, value] of options.entries) {
    if (key === 'pretty' && typeof value === 'boolean') known.pretty = value;
    else if ((key === 'prefix' || key === 'indent') && typeof value === 'string') known[key] = value;
    else throw new BuiltinError('an option is not one of prefix, indent and pretty, or not of its type');
  }
  const isPretty = known.pretty ?? options.entries.length > 0;
  return isPretty ? { prefix: known.prefix, indent: known.indent } : undefined;
}

/** Go's `url.QueryEscape`. */
function escapeQuery(text: string): string {
  return encodeURIComponent(wellFormed(text))
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** Go's `url.QueryUnescape`; bytes that are no UTF-8 become the replacement character. */
function unescapeQuery(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw new BuiltinError('invalid URL escape');
  const bytes = Buffer.from(text.replaceAll('+', ' '), 'utf8').toString('latin1');
  return textOfBytes(
    Buffer.from(
      bytes.replace(/%([0-9a-fA-F]{2})/g, (_, pair: string) => String.fromCharCode(parseInt(pair, 16))),
      'latin1',
    ),
  );
}

function queryOf(fields: RegoObject): string {
  const pairs = fields.entries.flatMap(([key, value]) => {
    const name = typeof key === 'string' ? key : marshal(key, undefined);
    const items = value instanceof RegoSet ? value.items : value;
    const values = typeof items === 'string' ? [items] : items;
    if (!isRegoArray(values) || values.some((item) => typeof item !== 'string')) {
      throw new BuiltinError('values must be string, array[string], or set[string]');
    }
    return values.map((item): [string, string] => [name, item as string]);
  });
  pairs.sort((left, right) => compareByCodePoint(left[0], right[0]));
  return pairs.map(([name, value]) => `${escapeQuery(name)}=${escapeQuery(value)}`).join('&');
}

function fieldsOf(query: string): RegoObject {
  const fields = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair.includes(';')) throw new BuiltinError('invalid semicolon separator in query');
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = unescapeQuery(equals === -1 ? pair : pair.slice(0, equals));
    const values = fields.get(name) ?? [];
    values.push(unescapeQuery(equals === -1 ? '' : pair.slice(equals + 1)));
    fields.set(name, values);
  }
  return RegoObject.of([...fields]);
}

/** @see v1/topdown/encoding.go of OPA 1.22 */
export const encodingBuiltins: Builtins = {
  'json.marshal': (operands) => marshal(operands[0]!, undefined),
  'json.marshal_with_options': (operands) => {
    const layout = layoutOf(objectAt(operands, 1));
    return (layout?.prefix ?? '') + marshal(operands[0]!, layout);
  },
  'base64url.encode_no_pad': (operands) => Buffer.from(textAt(operands, 0)).toString('base64url'),
  'hex.encode': (operands) => Buffer.from(textAt(operands, 0)).toString('hex'),
  'hex.decode': (operands) => {
    const text = textAt(operands, 0);
    if (!/^([0-9a-fA-F]{2})*$/.test(text)) throw new BuiltinError('invalid hexadecimal text');
    return textOfBytes(Buffer.from(text, 'hex'));
  },
  'urlquery.encode': (operands) => escapeQuery(textAt(operands, 0)),
  'urlquery.decode': (operands) => unescapeQuery(textAt(operands, 0)),
  'urlquery.encode_object': (operands) => queryOf(objectAt(operands, 0)),
  'urlquery.decode_object': (operands) => fieldsOf(textAt(operands, 0)),
};
