import { exceed, fail } from '../failure.js';
import { numberText } from '../text/number-text.js';
import type { Plain } from '../text/plain.js';
import { toText as plainToText } from '../text/to-text.js';
import { budget, claimText, enter, leave } from './budget.js';
import { checkAsserts, fieldAt, shapeOf } from './read-object.js';
import { elementAt, FunctionValue, ObjectValue, type Value } from './value.js';

/**
 * A value as plain data: every element and every field that is shown, evaluated. Fields are in no certain order. Who
 * only writes fields, one after another, never asks whether the asserts of an object without fields hold.
 */
export function toPlain(value: Value, asksEmpty = true): Plain {
  if (typeof value === 'string') return count(value, value.length + 2);
  if (typeof value !== 'object' || value === null) return count(value, 4);
  if (value instanceof FunctionValue) return fail('a function is no data: it can be called, not written');
  enter();
  const plain = value instanceof ObjectValue ? objectToPlain(value, asksEmpty) : arrayToPlain(value, asksEmpty);
  leave();
  return plain;
}

function arrayToPlain(array: Value[] | ReturnType<typeof elementAt>, asksEmpty: boolean): Plain {
  const elements = array as Value[];
  const plain: Plain[] = new Array(elements.length);
  for (let index = 0; index < elements.length; index += 1) {
    plain[index] = toPlain(elementAt(elements, index), asksEmpty);
  }
  return count(plain, plain.length + 1);
}

function objectToPlain(object: ObjectValue, asksEmpty: boolean): Plain {
  const shape = shapeOf(object);
  if (!object.isChecked && (asksEmpty || shape.visible.length > 0)) checkAsserts(object);
  const plain: { [name: string]: Plain } = {};
  for (const field of shape.visible) {
    const name = shape.names[field] as string;
    budget.writing = shape.origins?.[field] ?? budget.writing;
    const value = toPlain(fieldAt(object, field), asksEmpty);
    if (name === '__proto__')
      Object.defineProperty(plain, name, { value, enumerable: true, configurable: true, writable: true });
    else plain[name] = value;
    count(null, name.length + 4);
  }
  return count(plain, 2);
}

function count<P extends Plain>(plain: P, size: number): P {
  budget.output += size;
  if (budget.output > budget.limits.output)
    exceed('OutputTooLarge', `the result is larger than ${budget.limits.output} characters`);
  return plain;
}

/** What `std.toString` says: a text as it is, anything else as JSON on one line. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  const text = plainToText(inside(value));
  claimText(text.length);
  return text;
}

/** Plain data that stays inside the evaluation: it is no part of the result, so it has a bound of its own. */
export function inside(value: Value, asksEmpty = true): Plain {
  const { output } = budget;
  const plain = toPlain(value, asksEmpty);
  budget.output = output;
  return plain;
}
