import { doubleOf, numberOf, numberText, type RegoNumber } from '../rego-number.js';
import { compareByCodePoint, isRegoArray, isRegoNumber, RegoSet, type RegoValue } from '../rego-value.js';
import { jsonText, marshal, wellFormed } from './encoding.js';

type Spend = (steps: number) => void;

/** JSON with exact numbers. The fields of an object are in the order of their names. */
export type JsonTree = null | boolean | string | RegoNumber | readonly JsonTree[] | JsonFields;

/** The fields of an object of JSON. */
export type JsonFields = Map<string, JsonTree>;

const STEPS_PER_VALUE = 4;
const CHARACTERS_PER_STEP = 8;
/** Strings and numbers of a text that is known to be JSON. */
const LITERAL = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** Whether a tree is an array. */
export function isList(tree: JsonTree): tree is readonly JsonTree[] {
  return Array.isArray(tree);
}

/** Whether a tree is a number. */
export function isNumber(tree: JsonTree): tree is RegoNumber {
  return !(tree instanceof Map) && !isList(tree) && isRegoNumber(tree);
}

function fieldsOf(entries: readonly (readonly [string, JsonTree])[]): JsonFields {
  return new Map([...entries].sort(([left], [right]) => compareByCodePoint(left, right)));
}

/** A value as JSON: sets become arrays, keys that are no text their JSON. */
export function treeOf(value: RegoValue, spend: Spend): JsonTree {
  spend(STEPS_PER_VALUE);
  if (typeof value === 'string') return wellFormed(value);
  if (value === null || typeof value === 'boolean' || isRegoNumber(value)) return value;
  if (isRegoArray(value)) return value.map((item) => treeOf(item, spend));
  if (value instanceof RegoSet) return value.items.map((item) => treeOf(item, spend));
  return fieldsOf(
    value.entries.map(([key, item]) => [
      typeof key === 'string' ? wellFormed(key) : marshal(key, undefined),
      treeOf(item, spend),
    ]),
  );
}

/** What a text holds; undefined where it is not JSON. */
export function parseTree(text: string, spend: Spend): JsonTree | undefined {
  spend(text.length);
  try {
    JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
  // JSON.parse takes numbers as doubles: they are read as texts, and all texts are told apart by their first letter.
  const marked = text.replace(LITERAL, (literal) =>
    literal.startsWith('"') ? `"s${literal.slice(1)}` : `"n${literal}"`,
  );
  return unmarked(JSON.parse(marked), spend);
}

function unmarked(value: unknown, spend: Spend): JsonTree {
  spend(STEPS_PER_VALUE);
  if (typeof value === 'string') return value.startsWith('n') ? numberOf(value.slice(1)) : wellFormed(value.slice(1));
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => unmarked(item, spend));
  const entries = Object.entries(value as object);
  return fieldsOf(entries.map(([key, item]) => [wellFormed(key.slice(1)), unmarked(item, spend)]));
}

/** A number that a double cannot hold. */
export class JsonNumberError extends Error {}

function doubleText(value: RegoNumber): string {
  const double = doubleOf(value);
  if (!Number.isFinite(double))
    throw new JsonNumberError(`json: cannot unmarshal number ${numberText(value)} into Go value of type float64`);
  return Object.is(double, -0) ? '-0' : String(double);
}

/** The JSON of a tree with its numbers as doubles, so that equal trees have equal texts. Throws JsonNumberError. */
export function comparableText(tree: JsonTree, spend: Spend): string {
  spend(STEPS_PER_VALUE);
  if (isNumber(tree)) return doubleText(tree);
  if (isList(tree)) return `[${tree.map((item) => comparableText(item, spend)).join(',')}]`;
  if (tree instanceof Map)
    return `{${[...tree].map(([key, item]) => `${jsonText(key)}:${comparableText(item, spend)}`).join(',')}}`;
  if (typeof tree !== 'string') return String(tree);
  spend(tree.length / CHARACTERS_PER_STEP);
  return jsonText(tree);
}
