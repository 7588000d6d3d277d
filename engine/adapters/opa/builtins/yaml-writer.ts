import { numberText, type RegoNumber } from '../rego-number.js';
import { isRegoArray, isRegoNumber, RegoObject, RegoSet, type RegoValue } from '../rego-value.js';
import { BuiltinError } from './builtin.js';
import { jsonText, marshal, wellFormed } from './encoding.js';
import { shortestFloat } from './format-float.js';
import { compareKeys } from './yaml-order.js';
import { isDateLike, isYamlInteger } from './yaml-plain.js';
import { isSimpleKey, writeText } from './yaml-scalar.js';

type Spend = (steps: number) => void;

const [STEPS_PER_VALUE, STEPS_PER_DATE] = [10, 400];
/** For sorting. */
const STEPS_PER_CHARACTER_OF_KEY = 10;
const CHARACTERS_PER_STEP = 16;
const SPACES_PER_LEVEL = 2;
/** Characters that a key may have in JSON for go-yaml to take it for one, and those of an escape there. */
const [LONGEST_KEY, LONGEST_ESCAPE] = [1024, 6];
/** What YAML takes in no text, not even in quotes. */
const REFUSED = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/;
/** A "next line" is a line break to YAML, which folds it. JSON does not escape it. */
const NEXT_LINE = '\u0085';
const LINE_ENDS: ReadonlySet<string> = new Set(['\n', '\u2028', '\u2029']);
const DOCUMENT_MARK = /\u0085(?:---|\.\.\.)[ \u0085]/;

/**
 * A value as OPA makes YAML of it, which goes through JSON that is then read as YAML.
 * @see v1/topdown/encoding.go and internal/yaml of OPA 1.22
 */
export function writeYaml(value: RegoValue, spend: Spend): string {
  const text = new Writer(spend).node(value, -SPACES_PER_LEVEL, false).slice(1);
  return ended(text);
}

/** The text that YAML reads where JSON has a text. Throws BuiltinError. */
function readBack(text: string): string {
  const whole = wellFormed(text);
  if (REFUSED.test(whole) || DOCUMENT_MARK.test(whole)) throw new BuiltinError('a text holds what YAML cannot');
  if (!whole.includes(NEXT_LINE)) return whole;
  return whole.replace(/[ \u0085]+/g, (run) => {
    const breaks = run.split(NEXT_LINE).length - 1;
    return breaks === 0 ? run : '\n'.repeat(breaks - 1) || ' ';
  });
}

/** Integers of 64 bits stay what they are, other numbers become doubles; what is beyond those is text. */
function writeNumber(value: RegoNumber): string {
  const text = numberText(value);
  const integer = /^(-?)(\d{1,20})$/.exec(text);
  if (integer !== null && isYamlInteger(integer[1]!, BigInt(integer[2]!))) return BigInt(text).toString();
  const double = Number(text);
  return Number.isFinite(double) ? shortestFloat(double) : text;
}

/** What it takes to find out how a text must be written. */
function stepsOf(text: string): number {
  return text.length + (isDateLike(text) ? STEPS_PER_DATE : 0);
}

/** Ends the line, unless that is done: only a block of lines ends with what ends its last one. */
function ended(text: string): string {
  return LINE_ENDS.has(text.at(-1) ?? '') ? text : `${text}\n`;
}

class Writer {
  readonly #spend: Spend;

  constructor(spend: Spend) {
    this.#spend = spend;
  }

  /** What follows an indicator in a collection that is indented by `indent`. A collection may have to begin a line. */
  node(value: RegoValue, indent: number, beginsLine: boolean): string {
    this.#spend(STEPS_PER_VALUE);
    const inner = indent + SPACES_PER_LEVEL;
    const start = beginsLine ? `\n${' '.repeat(inner)}` : ' ';
    if (isRegoArray(value)) return this.#list(value, inner, start);
    if (value instanceof RegoSet) return this.#list(value.items, inner, start);
    if (value instanceof RegoObject) return this.#map(value, inner, start);
    return ` ${this.#scalar(value, Math.max(inner, SPACES_PER_LEVEL))}`;
  }

  #list(items: readonly RegoValue[], indent: number, start: string): string {
    if (items.length === 0) return ' []';
    const lines = items.map((item) => `-${this.node(item, indent, false)}`);
    return start + this.#joined(lines, indent);
  }

  #map(value: RegoObject, indent: number, start: string): string {
    const fields = new Map(
      value.entries.map(([key, item]) => [typeof key === 'string' ? key : marshal(key, undefined), item]),
    );
    if (fields.size === 0) return ' {}';
    const entries = [...fields].map(([key, item]): [string, RegoValue] => [this.#key(key), item]);
    entries.sort(([left], [right]) => compareKeys(left, right));
    const lines = entries.flatMap(([key, item]) => this.#entry(key, item, indent));
    return start + this.#joined(lines, indent);
  }

  /** Each level copies what is in it and adds to the indentation, both of which is paid for. */
  #joined(lines: readonly string[], indent: number): string {
    this.#spend(lines.reduce((characters, line) => characters + line.length + indent, 0) / CHARACTERS_PER_STEP);
    const last = lines.length - 1;
    return lines.map((line, index) => (index < last ? ended(line) : line)).join(' '.repeat(indent));
  }

  #entry(key: string, item: RegoValue, indent: number): readonly string[] {
    const isSimple = isSimpleKey(key);
    const text = writeText(key, indent + SPACES_PER_LEVEL, !isSimple);
    if (isSimple) return [`${text}:${this.node(item, indent, true)}`];
    return [`? ${text}`, `:${this.node(item, indent, false)}`];
  }

  #key(key: string): string {
    this.#spend(key.length * STEPS_PER_CHARACTER_OF_KEY + stepsOf(key));
    const isTooLong = key.length * LONGEST_ESCAPE > LONGEST_KEY && [...jsonText(key)].length > LONGEST_KEY;
    if (isTooLong || key.includes(NEXT_LINE)) throw new BuiltinError('a key is too long for YAML, or is on two lines');
    return readBack(key);
  }

  #scalar(value: null | boolean | RegoNumber | string, indent: number): string {
    if (isRegoNumber(value)) return writeNumber(value);
    if (typeof value !== 'string') return String(value);
    this.#spend(stepsOf(value));
    return writeText(readBack(value), indent, true);
  }
}
