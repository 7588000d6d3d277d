import { canonicalJson, equalJson, isJsonObject, type Json } from '#model/json.js';
import { formats } from './format.js';
import type { Pass } from './pass.js';
import { compilePattern, type Pattern } from './pattern.js';
import { hasValueValidations, type Schema, type SchemaType, valueValidations } from './schema.js';

/** Looks at one value and records in the pass what is wrong with it. */
export type Check = (value: Json, pass: Pass) => void;

/** Whether `value` has the JSON type that a schema names. `1.0` is an integer, as for the API server. */
export function hasType(value: Json, type: SchemaType): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/**
 * The value validations of a schema itself: sizes, ranges, patterns, formats, enums and the `allOf` family; not types,
 * properties and items. Each check passes over values of another type. Patterns were checked with the
 * structure of the schema.
 */
export function compileChecks(schema: Schema): readonly Check[] {
  const checks = [...stringChecks(schema), ...numberChecks(schema), ...sizeChecks(schema)];
  if (schema.enum !== undefined) checks.push(enumCheck(schema.enum));
  if (schema.required !== undefined && schema.required.length > 0) checks.push(requiredCheck(schema.required));
  return [...checks, ...combinedChecks(schema)];
}

function stringChecks(schema: Schema): Check[] {
  const { minLength, maxLength, pattern: source, format: formatName } = schema;
  const checks: Check[] = [];
  const onText = (check: (text: string, pass: Pass) => void): void => {
    checks.push((value, pass) => typeof value === 'string' && check(value, pass));
  };
  if (minLength !== undefined) {
    onText((text, pass) => {
      if (text.length < 2 * minLength && codePoints(text) < minLength)
        pass.refuse({ message: 'the text is too short', remedy: `Use at least ${minLength} characters.`, value: text });
    });
  }
  if (maxLength !== undefined) {
    onText((text, pass) => {
      if (text.length > maxLength && codePoints(text) > maxLength)
        pass.refuse({ message: 'the text is too long', remedy: `Use at most ${maxLength} characters.`, value: text });
    });
  }
  if (source !== undefined) {
    // Compiled when it is first needed: a start must not wait for the patterns of kinds that nobody asks for.
    let pattern: Pattern | undefined;
    onText((text, pass) => {
      pattern ??= compilePattern(source);
      if (!pattern.matches(text))
        pass.refuse({ message: 'the text does not match its pattern', remedy: `Match ${source}`, value: text });
    });
  }
  const format = formats.get(formatName ?? '');
  if (format !== undefined) {
    onText((text, pass) => {
      if (!format.matches(text))
        pass.refuse({ message: `the text is no ${formatName}`, remedy: `Use ${format.expected}.`, value: text });
    });
  }
  return checks;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

const INTEGER_RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-2147483648, 2147483647],
  int64: [-(2 ** 63), 2 ** 63],
};

function numberChecks(schema: Schema): Check[] {
  const { minimum, maximum, multipleOf, exclusiveMinimum = false, exclusiveMaximum = false } = schema;
  const checks: Check[] = [];
  const unless = (holds: (number: number) => boolean, message: string, remedy: string): void => {
    checks.push((value, pass) => {
      if (typeof value === 'number' && !holds(value)) pass.refuse({ message, remedy, value });
    });
  };
  if (minimum !== undefined) {
    const remedy = exclusiveMinimum ? `Use a number greater than ${minimum}.` : `Use a number of at least ${minimum}.`;
    unless((number) => (exclusiveMinimum ? number > minimum : number >= minimum), 'the number is too small', remedy);
  }
  if (maximum !== undefined) {
    const remedy = exclusiveMaximum ? `Use a number less than ${maximum}.` : `Use a number of at most ${maximum}.`;
    unless((number) => (exclusiveMaximum ? number < maximum : number <= maximum), 'the number is too large', remedy);
  }
  if (multipleOf !== undefined)
    unless((number) => isWhole(number / multipleOf), 'the number is no multiple', `Use a multiple of ${multipleOf}.`);
  const range = INTEGER_RANGES[schema.format ?? ''];
  if (range !== undefined && schema.type !== 'string') {
    unless(
      (number) => number >= range[0] && number <= range[1],
      `the number is no ${schema.format}`,
      `Use a number from ${range[0]} to ${range[1]}.`,
    );
  }
  return checks;
}

function isWhole(number: number): boolean {
  return Math.abs(number - Math.round(number)) <= 1e-9 * Math.max(1, Math.abs(number));
}

function sizeChecks(schema: Schema): Check[] {
  const { minItems, maxItems, minProperties, maxProperties } = schema;
  const checks: Check[] = [];
  const limit = (
    size: (value: Json) => number | undefined,
    what: string,
    bounds: readonly [number | undefined, number | undefined],
  ): void => {
    const [least = 0, most = Number.POSITIVE_INFINITY] = bounds;
    if (least === 0 && most === Number.POSITIVE_INFINITY) return;
    checks.push((value, pass) => {
      const count = size(value);
      if (count !== undefined && count < least)
        pass.refuse({ message: `there are too few ${what} (${count})`, remedy: `Give at least ${least}.` });
      if (count !== undefined && count > most)
        pass.refuse({ message: `there are too many ${what} (${count})`, remedy: `Give at most ${most}.` });
    });
  };
  limit((value) => (Array.isArray(value) ? value.length : undefined), 'items', [minItems, maxItems]);
  limit((value) => (isJsonObject(value) ? Object.keys(value).length : undefined), 'fields', [
    minProperties,
    maxProperties,
  ]);
  return checks;
}

/** Whether a value is one of `allowed`; null is not, unless it is listed, even where the schema is nullable. */
export function enumCheck(allowed: readonly Json[]): Check {
  const scalars = new Set<Json>(allowed);
  const remedy = `Use one of ${allowed.map((value) => canonicalJson(value)).join(', ')}.`;
  return (value, pass) => {
    if (scalars.has(value) || (typeof value === 'object' && allowed.some((one) => equalJson(one, value)))) return;
    pass.refuse({ message: 'the value is not one of those allowed', remedy, value });
  };
}

function requiredCheck(required: readonly string[]): Check {
  return (value, pass) => {
    if (!isJsonObject(value)) return;
    for (const name of required) {
      if (!Object.hasOwn(value, name))
        pass.refuseAt(name, {
          message: 'a required field is not there',
          remedy: `Give ${JSON.stringify(name)} a value.`,
        });
    }
  };
}

function combinedChecks(schema: Schema): Check[] {
  if (!hasValueValidations(schema)) return [];
  const branches = (keyword: string): Check[] =>
    [...valueValidations(schema)]
      .filter(([path]) => path[0] === keyword)
      .map(([, child]) => compileValueValidation(child));
  const passing = (list: readonly Check[], value: Json, pass: Pass): Pass[] =>
    list.map((check) => {
      const attempt = pass.attempt();
      check(value, attempt);
      return attempt;
    });
  const checks = branches('allOf');
  const [anyOf, oneOf, not] = [branches('anyOf'), branches('oneOf'), branches('not')];
  if (anyOf.length > 0) {
    checks.push((value, pass) => {
      const attempts = passing(anyOf, value, pass);
      if (attempts.every(({ faults }) => faults.length > 0))
        pass.refuse({ message: 'the value satisfies none of the alternatives (anyOf)', remedy: remedyOf(attempts) });
    });
  }
  if (oneOf.length > 0) {
    checks.push((value, pass) => {
      const attempts = passing(oneOf, value, pass);
      const count = attempts.filter(({ faults }) => faults.length === 0).length;
      if (count === 0)
        pass.refuse({ message: 'the value satisfies none of the alternatives (oneOf)', remedy: remedyOf(attempts) });
      if (count > 1)
        pass.refuse({
          message: `the value satisfies ${count} alternatives of which only one may hold (oneOf)`,
          remedy: 'Satisfy exactly one of them.',
        });
    });
  }
  if (not.length > 0) {
    checks.push((value, pass) => {
      const held = passing(not, value, pass).some(({ faults }) => faults.length === 0);
      if (held)
        pass.refuse({ message: 'the value is what the schema excludes (not)', remedy: 'Choose another value.', value });
    });
  }
  return checks;
}

/** What each alternative wanted, in one sentence. */
function remedyOf(attempts: readonly Pass[]): string {
  const wants = attempts.map(({ faults }) =>
    faults.map(({ location, remedy }) => `${location.path ?? ''}: ${remedy ?? ''}`).join(' '),
  );
  return `Satisfy one of: ${wants.map((want, index) => `(${index + 1}) ${want}`).join(' ')}`;
}

/** A branch of `allOf` and the like: checks only what is there; it neither prunes nor gives defaults. */
export function compileValueValidation(schema: Schema): Check {
  const checks = compileChecks(schema);
  const { type, items } = schema;
  const properties = Object.entries(schema.properties ?? {}).map(
    ([name, child]) => [name, compileValueValidation(child)] as const,
  );
  const additional =
    typeof schema.additionalProperties === 'object' ? compileValueValidation(schema.additionalProperties) : undefined;
  const item = items === undefined ? undefined : compileValueValidation(items);
  const known = new Set(properties.map(([name]) => name));
  return (value, pass) => {
    if (type !== undefined && !hasType(value, type))
      return pass.refuse({ message: 'the value has another type', remedy: `Use ${type}.`, value });
    for (const check of checks) check(value, pass);
    const visit = (key: string | number, child: Json, check: Check): void => {
      pass.path.push(key);
      if (child !== null) check(child, pass);
      pass.path.pop();
    };
    if (Array.isArray(value) && item !== undefined)
      for (const [index, child] of value.entries()) visit(index, child, item);
    if (!isJsonObject(value)) return;
    for (const [name, check] of properties) if (Object.hasOwn(value, name)) visit(name, value[name] ?? null, check);
    if (additional !== undefined)
      for (const [name, child] of Object.entries(value)) if (!known.has(name)) visit(name, child, additional);
  };
}
