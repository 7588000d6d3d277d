import { fail } from '../failure.js';
import { claimText, spend, spendText } from '../runtime/budget.js';
import { index } from '../runtime/indexing.js';
import { toText } from '../runtime/manifest.js';
import { numberOf, textOf } from '../runtime/operators.js';
import { elementAt, force, type Lazy, Thunk, typeName, type Value } from '../runtime/value.js';
import { characterOf, codePointOf } from '../text/characters.js';
import {
  escapeStringBash,
  escapeStringDollars,
  escapeStringJson,
  escapeStringPython,
  escapeStringXml,
} from '../text/escape.js';
import { parseHexadecimal, parseInteger, parseOctal } from '../text/parse-number.js';
import type { Plain } from '../text/plain.js';
import { split, splitLimit, splitLimitR } from '../text/split.js';
import {
  asciiLower,
  asciiUpper,
  equalsIgnoreCase,
  findSubstr,
  lstripChars,
  resolvePath,
  rstripChars,
  stringChars,
  stripChars,
  strReplace,
  substr,
  trim,
} from '../text/strings.js';
import { type Builtin, type Builtins, builtin, type Returns } from './builtin.js';
import { format } from './format.js';
import { length } from './values.js';

/** A function of one text. */
function ofText(name: string, code: (text: string) => Value, returns: Returns = 'string'): Builtin {
  return builtin(name, (text: Value) => code(counted(text)), returns);
}

/** A function of two texts. */
function ofTexts(names: string, code: (first: string, second: string) => Value, returns: Returns = 'string'): Builtin {
  return builtin(names, (first: Value, second: Value) => code(counted(first), textOf(second)), returns);
}

/** A function of any value, taken as a text. */
function ofAny(code: (text: string) => string, parameter = 'str_'): Builtin {
  const claimed = (text: string): string => {
    claimText(text.length);
    return text;
  };
  return builtin(parameter, (value: Value) => claimed(code(toText(value))), 'string');
}

/** A text, whose characters count as steps, a few at a time: they are handled faster than anything else. */
function counted(value: Value): string {
  const text = textOf(value);
  spendText(text.length);
  return text;
}

function stripping(code: (text: string, characters: string | readonly Plain[]) => string): Builtin {
  return builtin(
    'str chars',
    (text: Value, characters: Value) => {
      if (text === '') return text;
      if (typeof characters === 'string') return code(counted(text), characters);
      if (!Array.isArray(characters)) fail(`the characters are a text or an array, not ${typeName(characters)}`);
      const elements = characters.map((_, at) => elementAt(characters, at));
      return code(
        counted(text),
        elements.filter((element) => typeof element === 'string'),
      );
    },
    'string',
  );
}

function replace(text: string, from: string, to: string): string {
  const times = from === '' || to.length <= from.length ? 0 : text.split(from).length - 1;
  claimText(text.length + times * (to.length - from.length));
  return strReplace(text, from, to);
}

/** What is longer is no part of a text, and need not be a text itself; nor does what is as long, but then it is not equal. */
function isPart(text: Value, part: Value, from: (difference: number) => number): boolean {
  const difference = length(text) - length(part);
  return difference >= 0 && substr(counted(text), from(difference), length(part)) === part;
}

/** As many elements as there are of something; that an object has none shows when one is looked at. */
function elementsIn(value: Value): Lazy[] {
  const count = length(value);
  spend(count);
  return Array.from({ length: count }, (_, at) => new Thunk(() => index(value, at)));
}

/** A text, also one whose characters are the elements of an array. */
function joined(value: Value): string {
  if (typeof value === 'string') return counted(value);
  const characters = elementsIn(value).map((element) => textOf(force(element)));
  for (const character of characters) codePointOf(character);
  return characters.join('');
}

/** Functions about texts. */
export const TEXTS: Builtins = {
  char: builtin('n', (number: Value) => characterOf(numberOf(number)), 'string'),
  codepoint: ofText('str', codePointOf, 'number'),
  stringChars: builtin(
    'str',
    (value: Value) => (typeof value === 'string' ? stringChars(counted(value)) : elementsIn(value)),
    'array',
  ),
  substr: builtin(
    'str from len',
    (text: Value, from: Value, length: Value) => substr(counted(text), numberOf(from), numberOf(length)),
    'string',
  ),
  startsWith: builtin('a b', (text: Value, start: Value) => isPart(text, start, () => 0), 'boolean'),
  endsWith: builtin('a b', (text: Value, end: Value) => isPart(text, end, (difference) => difference), 'boolean'),
  findSubstr: builtin('pat str', (pattern: Value, text: Value) => findSubstr(textOf(pattern), counted(text)), 'array'),
  split: ofTexts('str c', split, 'array'),
  splitLimit: builtin(
    'str c maxsplits',
    (text: Value, separator: Value, limit: Value) => splitLimit(counted(text), textOf(separator), numberOf(limit)),
    'array',
  ),
  splitLimitR: builtin(
    'str c maxsplits',
    (text: Value, separator: Value, limit: Value) => splitLimitR(counted(text), textOf(separator), numberOf(limit)),
    'array',
  ),
  strReplace: builtin(
    'str from to',
    (text: Value, from: Value, to: Value) => replace(counted(text), textOf(from), textOf(to)),
    'string',
  ),
  asciiUpper: builtin('str', (value: Value) => asciiUpper(joined(value)), 'string'),
  asciiLower: builtin('str', (value: Value) => asciiLower(joined(value)), 'string'),
  equalsIgnoreCase: ofTexts('str1 str2', equalsIgnoreCase, 'boolean'),
  isEmpty: ofText('str', (text) => text === '', 'boolean'),
  trim: ofText('str', trim),
  stripChars: stripping(stripChars),
  lstripChars: stripping(lstripChars),
  rstripChars: stripping(rstripChars),
  resolvePath: ofTexts('f r', resolvePath),
  parseInt: ofText('str', parseInteger, 'number'),
  parseOctal: ofText('str', parseOctal, 'number'),
  parseHex: ofText('str', parseHexadecimal, 'number'),
  format: builtin('str vals', format, 'string'),
  escapeStringJson: ofAny(escapeStringJson),
  escapeStringPython: ofAny(escapeStringPython, 'str'),
  escapeStringBash: ofAny(escapeStringBash),
  escapeStringDollars: ofAny(escapeStringDollars),
  escapeStringXML: ofAny(escapeStringXml),
};
