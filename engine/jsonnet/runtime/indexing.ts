import { fail } from '../failure.js';
import { codePointLength, hasSurrogates, sliceCodePoints } from '../text/code-points.js';
import { spend } from './budget.js';
import { add, mistyped, numberOf, textOf } from './operators.js';
import { fieldNamed, superField, superHas } from './read-object.js';
import { elementAt, type Lazy, ObjectValue, typeName, type Value } from './value.js';

/** `target.name` */
export function field(target: Value, name: string): Value {
  if (target instanceof ObjectValue) return fieldNamed(target, name);
  if (Array.isArray(target) || typeof target === 'string') return mistyped(name, 'number');
  return fail(`a value of type ${typeName(target)} has no fields: ${name} was asked for`);
}

/** `target[at]` */
export function index(target: Value, at: Value): Value {
  if (target instanceof ObjectValue) return fieldNamed(target, textOf(at));
  if (Array.isArray(target)) return element(target, numberOf(at));
  if (typeof target === 'string') return character(target, numberOf(at));
  return fail(`a value of type ${typeName(target)} has neither elements nor fields`);
}

function element(array: Lazy[], at: number): Value {
  const whole = Math.trunc(at);
  if (whole >= 0 && whole < array.length) return elementAt(array, whole);
  return outside(whole, array.length);
}

function character(text: string, at: number): string {
  const whole = Math.trunc(at);
  if (!hasSurrogates(text)) return text[whole] ?? outside(whole, text.length);
  const length = codePointLength(text);
  return whole >= 0 && whole < length ? sliceCodePoints(text, whole, whole + 1) : outside(whole, length);
}

function outside(at: number, length: number): never {
  return fail(`there is no element ${at}: there are ${length}, counted from 0`);
}

/** `super[at]` */
export function superIndex(self: ObjectValue, layer: number, at: Value): Value {
  return superField(self, layer, textOf(at));
}

/** `name in super` */
export function inSuper(self: ObjectValue, layer: number, name: Value): boolean {
  return superHas(self, layer, textOf(name));
}

/** What a field written with `+:` is: added to the field that it overrides, if there is one. */
export function addedToSuper(self: ObjectValue, layer: number, name: string, value: Value): Value {
  return superHas(self, layer, name) ? add(superField(self, layer, name), value) : value;
}

/** `target[from:to:step]`: what is null is left out; a negative number counts from the end. */
export function slice(target: Value, from: Value, to: Value, step: Value): Value {
  if (!Array.isArray(target) && typeof target !== 'string') {
    return fail(`only arrays and texts can be sliced, not a value of type ${typeName(target)}`);
  }
  const length = typeof target === 'string' ? codePointLength(target) : target.length;
  const start = from === null ? 0 : numberOf(from);
  const end = to === null ? length : numberOf(to);
  const stride = step === null ? 1 : numberOf(step);
  if (stride <= 0) fail(`the step of a slice is greater than 0, not ${stride}`);
  const first = start < 0 ? Math.max(0, length + start) : start;
  const last = Math.min(length, end < 0 ? length + end : end);
  return typeof target === 'string' ? sliceText(target, first, last, stride) : sliceArray(target, first, last, stride);
}

function sliceText(text: string, first: number, last: number, step: number): string {
  if (step === 1 && Number.isInteger(first)) return first < last ? sliceCodePoints(text, first, Math.ceil(last)) : '';
  spend(text.length);
  const characters = [...text];
  let result = '';
  for (let at = first; at < last; at += step) result += characters[Math.trunc(at)] ?? '';
  return result;
}

function sliceArray(array: Lazy[], first: number, last: number, step: number): Lazy[] {
  if (step === 1 && Number.isInteger(first)) {
    spend(Math.max(0, last - first));
    return array.slice(first, Math.max(first, Math.ceil(last)));
  }
  const result: Lazy[] = [];
  for (let at = first; at < last; at += step) {
    spend(1);
    result.push(array[Math.trunc(at)] as Lazy);
  }
  return result;
}
