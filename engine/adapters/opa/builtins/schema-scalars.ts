import { compareNumbers, decimalOf, numberText, type RegoNumber } from '../rego-number.js';
import { bigFloatText } from './big-float.js';
import { BuiltinError } from './builtin.js';
import { codePoints } from './format-state.js';
import { comparableText, JsonNumberError, type JsonTree } from './json-tree.js';
import { matchesPattern } from './regex.js';
import { matchesFormat } from './schema-formats.js';
import type { Schema } from './schema-model.js';
import { fieldOf, mismatch, type Visit } from './schema-result.js';

function isMultiple(value: RegoNumber, divisor: RegoNumber): boolean {
  const [first, second] = [decimalOf(numberText(value)), decimalOf(numberText(divisor))];
  if (first === undefined || second === undefined) throw new BuiltinError('a number is out of any range');
  const exponent = Math.min(first.exponent, second.exponent);
  const [over, under] = [first, second].map(({ digits, exponent: own }) => digits * 10n ** BigInt(own - exponent));
  return over! % under! === 0n;
}

/** The bounds of a number, and what it must be a multiple of. */
export function checkNumber(schema: Schema, value: RegoNumber, visit: Visit): void {
  const { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum } = schema;
  visit.spend(numberText(value).length);
  if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    mismatch(visit, 'multiple_of', `Must be a multiple of ${bigFloatText(multipleOf)}`);
  if (maximum !== undefined && compareNumbers(value, maximum) > 0)
    mismatch(visit, 'number_lte', `Must be less than or equal to ${bigFloatText(maximum)}`);
  if (exclusiveMaximum !== undefined && compareNumbers(value, exclusiveMaximum) >= 0)
    mismatch(visit, 'number_lt', `Must be less than ${bigFloatText(exclusiveMaximum)}`);
  if (minimum !== undefined && compareNumbers(value, minimum) < 0)
    mismatch(visit, 'number_gte', `Must be greater than or equal to ${bigFloatText(minimum)}`);
  if (exclusiveMinimum !== undefined && compareNumbers(value, exclusiveMinimum) <= 0)
    mismatch(visit, 'number_gt', `Must be greater than ${bigFloatText(exclusiveMinimum)}`);
  visit.result.score += 1;
}

/** The length of a text, and its pattern. */
export function checkText(schema: Schema, text: string, visit: Visit): void {
  const { minLength, maxLength, pattern } = schema;
  visit.spend(text.length);
  const length = codePoints(text);
  if (minLength !== undefined && length < minLength)
    mismatch(visit, 'string_gte', `String length must be greater than or equal to ${minLength}`);
  if (maxLength !== undefined && length > maxLength)
    mismatch(visit, 'string_lte', `String length must be less than or equal to ${maxLength}`);
  if (pattern !== undefined && !matchesPattern(pattern.compiled, text, visit.spend))
    mismatch(visit, 'pattern', `Does not match pattern '${pattern.text}'`);
  visit.result.score += 1;
}

/** A text that equal values have in common. Throws BuiltinError. */
export function comparable(value: JsonTree, spend: (steps: number) => void): string {
  try {
    return comparableText(value, spend);
  } catch (cause) {
    if (!(cause instanceof JsonNumberError)) throw cause;
    throw new BuiltinError('a number is out of the range of doubles', { cause });
  }
}

/** What can be demanded of a value of any type: to be a certain one, and, of texts only, to have a format. */
export function checkValue(schema: Schema, value: JsonTree, visit: Visit): void {
  const { constant, enumeration, format } = schema;
  const field = fieldOf(visit.place);
  if (constant !== undefined && comparable(value, visit.spend) !== constant)
    mismatch(visit, 'const', `${field} does not match: ${constant}`);
  if (enumeration !== undefined && !enumeration.has(comparable(value, visit.spend)))
    mismatch(visit, 'enum', `${field} must be one of the following: ${[...enumeration].join(', ')}`);
  if (format !== undefined && typeof value === 'string' && !matchesFormat(format, value, visit.spend))
    mismatch(visit, 'format', `Does not match format '${format}'`);
  visit.result.score += 1;
}
