import { RE2JS } from 're2js';
import { keepRecent } from '#model/keep-recent.js';
import { type BuiltinContext, BuiltinError, type Builtins, integerAt, textAt } from './builtin.js';
import { haveCommonText } from './glob-intersection.js';

/** One match: start and end of each group, -1 where a group took no part. */
type Match = readonly (readonly [number, number])[];

/** Patterns that are kept compiled, and the longest program that is: each may come to hold 8 MB while it matches. */
const CACHE_SIZE = 64;
const LONGEST_KEPT = 2000;
const cache = new Map<string, RE2JS>();

function compile(pattern: string): RE2JS {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  try {
    const compiled = RE2JS.compile(pattern);
    if (compiled.programSize() <= LONGEST_KEPT) keepRecent(cache, pattern, compiled, CACHE_SIZE);
    return compiled;
  } catch (cause) {
    throw new BuiltinError('the pattern is not a regular expression', { cause });
  }
}

const STEPS_PER_INSTRUCTION = 10;
/** Characters that one instruction passes within a step. */
const CHARACTERS_PER_STEP = 8;

/**
 * Compiles a pattern for a text. Compiling is paid for once in an evaluation, whether it happens or not; matching takes
 * the instructions of the program for each character.
 */
function compileFor({ spend, isFirst }: BuiltinContext, pattern: string, text: string): RE2JS {
  if (isFirst(pattern)) compilePattern(pattern, spend);
  const compiled = compile(pattern);
  spend((compiled.programSize() * text.length) / CHARACTERS_PER_STEP);
  return compiled;
}

/** Compiles a pattern, and takes the steps for that, whether it happens or not. Throws BuiltinError. */
export function compilePattern(pattern: string, spend: (steps: number) => void): RE2JS {
  spend(pattern.length * STEPS_PER_INSTRUCTION);
  const compiled = compile(pattern);
  spend(compiled.programSize() * STEPS_PER_INSTRUCTION);
  return compiled;
}

/** Whether a pattern matches somewhere in a text. */
export function matchesPattern(compiled: RE2JS, text: string, spend: (steps: number) => void): boolean {
  spend((compiled.programSize() * text.length) / CHARACTERS_PER_STEP);
  return compiled.test(text);
}

/** Go's rule for successive matches: no empty match right after another match. */
function matchesOf(expression: RE2JS, text: string, limit: number): Match[] {
  const matcher = expression.matcher(text);
  const matches: Match[] = [];
  let [position, previousEnd] = [0, -1];
  while (position <= text.length && (limit < 0 || matches.length < limit) && matcher.find(position)) {
    const [start, end] = [matcher.start(0), matcher.end(0)];
    const isAccepted = end !== position || start !== previousEnd;
    position = end === position ? position + widthAt(text, position) : end;
    previousEnd = end;
    if (!isAccepted) continue;
    const groups: [number, number][] = [];
    for (let group = 0; group <= matcher.groupCount(); group += 1)
      groups.push([matcher.start(group), matcher.end(group)]);
    matches.push(groups);
  }
  return matches;
}

function widthAt(text: string, position: number): number {
  return (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}

function groupText(text: string, group: readonly [number, number] | undefined): string {
  return group === undefined || group[0] < 0 ? '' : text.slice(group[0], group[1]);
}

const REFERENCE = /\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;

/** Go's `Regexp.Expand`: `$1`, `$name`, `${name}` and `$$`; a group that is not there is empty. */
function expand(template: string, expression: RE2JS, text: string, match: Match): string {
  const names = expression.namedGroups() as Record<string, number>;
  return template.replace(REFERENCE, (_all, dollar?: string, bare?: string, braced?: string) => {
    if (dollar !== undefined) return '$';
    const name = bare ?? braced ?? '';
    const isNumber = /^(0|[1-9]\d*)$/.test(name);
    if (!isNumber && !Object.hasOwn(names, name)) return '';
    return groupText(text, match[isNumber ? Number(name) : names[name]!]);
  });
}

function replaceAll(text: string, expression: RE2JS, template: string): string {
  let [result, end] = ['', 0];
  for (const match of matchesOf(expression, text, -1)) {
    const [from, to] = match[0]!;
    result += text.slice(end, from) + expand(template, expression, text, match);
    end = to;
  }
  return result + text.slice(end);
}

function split(text: string, expression: RE2JS): string[] {
  if (expression.pattern() !== '' && text === '') return [''];
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const [whole] of matchesOf(expression, text, -1)) {
    end = whole![0];
    if (whole![1] !== 0) parts.push(text.slice(begin, end));
    begin = whole![1];
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
}

/** @see v1/topdown/regex_template.go of OPA 1.22 */
function templatePattern(template: string, open: string, close: string): string {
  let [pattern, level, start, end] = ['^', 0, 0, 0];
  for (const [index, character] of [...template].entries()) {
    if (character === open) {
      level += 1;
      if (level === 1) start = index;
    } else if (character === close) {
      level -= 1;
      if (level < 0) break;
      if (level > 0) continue;
      const part = template.slice(start + 1, index);
      compile(`^${part}$`);
      pattern += `${RE2JS.quote(template.slice(end, start))}(${part})`;
      end = index + 1;
    }
  }
  if (level !== 0) throw new BuiltinError('unbalanced braces');
  return `${pattern}${RE2JS.quote(template.slice(end))}$`;
}

function delimiterAt(operands: Parameters<typeof textAt>[0], position: number): string {
  const delimiter = textAt(operands, position);
  if (Buffer.byteLength(delimiter) !== 1) throw new BuiltinError('a delimiter has to be exactly one character long');
  return delimiter;
}

/** Regular expressions are RE2's, through re2js. @see v1/topdown/regex.go of OPA 1.22 */
export const regexBuiltins: Builtins = {
  'regex.match': (operands, context) => {
    const [pattern, text] = [textAt(operands, 0), textAt(operands, 1)];
    return compileFor(context, pattern, text).test(text);
  },
  'regex.find_n': (operands, context) => {
    const [pattern, text] = [textAt(operands, 0), textAt(operands, 1)];
    const limit = Number(integerAt(operands, 2));
    return matchesOf(compileFor(context, pattern, text), text, limit).map((match) => groupText(text, match[0]));
  },
  'regex.replace': (operands, context) => {
    const [text, pattern, template] = [textAt(operands, 0), textAt(operands, 1), textAt(operands, 2)];
    context.spend((template.length * text.length) / CHARACTERS_PER_STEP);
    return replaceAll(text, compileFor(context, pattern, text), template);
  },
  'regex.split': (operands, context) => {
    const [pattern, text] = [textAt(operands, 0), textAt(operands, 1)];
    return split(text, compileFor(context, pattern, text));
  },
  'regex.globs_match': (operands, { spend }) => haveCommonText(textAt(operands, 0), textAt(operands, 1), spend),
  'regex.template_match': (operands, context) => {
    const [template, text] = [textAt(operands, 0), textAt(operands, 1)];
    context.spend(template.length * STEPS_PER_INSTRUCTION);
    const pattern = templatePattern(template, delimiterAt(operands, 2), delimiterAt(operands, 3));
    return compileFor(context, pattern, text).matcher(text).find();
  },
};
