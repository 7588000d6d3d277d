import { decodeBase64 } from '../base64.js';
import { isGoFloat } from '../go-float.js';
import { decodeUtf8 } from '../utf8.js';
import { isTimestamp } from './timestamp.js';
import { failYaml } from './yaml-failure.js';

/** An integer of at most 64 bits; the reference keeps those beyond the signed ones apart. */
export interface YamlInteger {
  readonly integer: bigint;
}

/** What a scalar means; infinite numbers and NaN are possible. */
export type ScalarValue = null | boolean | number | string | YamlInteger;

const STANDARD = 'tag:yaml.org,2002:';
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const SIGNED = 2n ** 63n;
const UNSIGNED = 2n ** 64n;

const WORDS: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);

/** What a plain scalar, or one with a tag, means. Tags that are not known say nothing. */
export function scalarValue(tag: string, text: string): ScalarValue {
  if (tag === '') return plainValue(text);
  const name = tag.startsWith(STANDARD) ? tag.slice(STANDARD.length) : '';
  switch (name) {
    case 'binary':
      return binaryValue(text);
    case 'timestamp':
      return isTimestamp(text) ? text : failTag(text, name);
    case 'bool':
    case 'int':
    case 'float':
    case 'null':
      return taggedValue(text, name);
    default:
      return text;
  }
}

function taggedValue(text: string, name: 'bool' | 'int' | 'float' | 'null'): ScalarValue {
  const value = plainValue(text);
  if (isInteger(value)) {
    if (name === 'int') return value;
    return name === 'float' && value.integer < SIGNED ? Number(value.integer) : failTag(text, name);
  }
  const kinds = { boolean: 'bool', number: 'float', object: 'null', string: 'str' } as const;
  return kinds[typeof value as keyof typeof kinds] === name ? value : failTag(text, name);
}

/** Whether it is an integer that is kept apart from other numbers. */
export function isInteger(value: unknown): value is YamlInteger {
  return typeof value === 'object' && value !== null && 'integer' in value;
}

function plainValue(text: string): ScalarValue {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (text.startsWith('.')) return isGoFloat(text) ? Number(text.replaceAll('_', '')) : text;
  return /^[-+0-9]/.test(text) ? numericValue(text) : text;
}

function numericValue(text: string): ScalarValue {
  const plain = text.replaceAll('_', '');
  const match = INTEGER.exec(plain);
  const integer = match === null ? undefined : integerValue(match[1] ?? '', match[2] ?? '');
  if (integer !== undefined) return { integer };
  if (FLOAT.test(plain) && Number.isFinite(Number(plain))) return Number(plain);
  // The reference reads what follows this prefix with a sign of its own.
  const signed = /^0b([-+])([01]+)$/.exec(plain);
  const odd = signed === null ? undefined : integerValue(signed[1] ?? '', `0b${signed[2]}`);
  return odd === undefined ? text : { integer: odd };
}

/** Undefined when it has more than 64 bits. Without a sign all of them may count. */
function integerValue(sign: string, digits: string): bigint | undefined {
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = sign === '-' ? -magnitude : magnitude;
  const limit = sign === '' ? UNSIGNED : SIGNED;
  return value >= -SIGNED && value < limit ? value : undefined;
}

function binaryValue(text: string): string {
  const bytes = decodeBase64(text);
  return bytes === undefined ? failYaml('!!binary value contains invalid base64 data') : decodeUtf8(bytes);
}

function failTag(text: string, name: string): never {
  return failYaml(`cannot decode \`${text}\` as a !!${name}`);
}
