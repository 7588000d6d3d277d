import { spend } from '../runtime/budget.js';
import { call2 } from '../runtime/calls.js';
import { objectOf as makeObject } from '../runtime/make-object.js';
import { booleanOf, functionOf, objectOf, textOf } from '../runtime/operators.js';
import { fieldAt, fieldNamed, shapeOf, withoutField } from '../runtime/read-object.js';
import { elementAt, force, type Lazy, ObjectValue, Thunk, type Value } from '../runtime/value.js';
import { type Builtins, builtin } from './builtin.js';

/** The fields of an object by number, in the order of their names. */
function fieldsOf(object: ObjectValue, includeHidden: boolean): readonly number[] {
  const shape = shapeOf(object);
  spend(shape.names.length);
  return includeHidden ? shape.sorted(true) : shape.visible;
}

function names(value: Value, includeHidden: boolean): string[] {
  const object = objectOf(value);
  const shape = shapeOf(object);
  return fieldsOf(object, includeHidden).map((field) => shape.names[field] as string);
}

function values(value: Value, includeHidden: boolean): Lazy[] {
  const object = objectOf(value);
  return fieldsOf(object, includeHidden).map((field) => new Thunk(() => fieldAt(object, field)));
}

function pairs(value: Value, includeHidden: boolean): Lazy[] {
  const object = objectOf(value);
  return names(value, includeHidden).map((name) =>
    makeObject(undefined, (add) => {
      add('key', () => name);
      add('value', () => fieldNamed(object, name));
    }),
  );
}

function has(object: Value, name: Value, includeHidden: boolean): boolean {
  const shape = shapeOf(objectOf(object));
  const field = shape.find(textOf(name));
  return field !== undefined && (includeHidden || !shape.isHidden(field));
}

function get(object: Value, name: Value, otherwise: Lazy = null, includeHidden: Value = true): Value {
  return has(object, name, booleanOf(includeHidden))
    ? fieldNamed(object as ObjectValue, name as string)
    : force(otherwise);
}

function mapWithKey(code: Value, value: Value): ObjectValue {
  functionOf(code);
  const object = objectOf(value);
  return makeObject(undefined, (add) => {
    for (const name of names(object, false)) {
      add(name, () => call2(code, name, new Thunk(() => fieldNamed(object, name))));
    }
  });
}

/** RFC 7396: what is null in the patch is removed, objects are merged, all else replaces. */
function mergePatch(lazy: Lazy, patch: Value): Value {
  if (!(patch instanceof ObjectValue)) return patch;
  const target = force(lazy);
  const base = target instanceof ObjectValue ? target : undefined;
  const removed = new Set(names(patch, false).filter((name) => fieldNamed(patch, name) === null));
  const before = base === undefined ? [] : names(base, false);
  const added = names(patch, false).filter((name) => base === undefined || !has(base, name, false));
  return makeObject(undefined, (add) => {
    for (const name of [...before, ...added]) {
      if (!removed.has(name)) add(name, () => patched(base, patch, name));
    }
  });
}

function patched(base: ObjectValue | undefined, patch: ObjectValue, name: string): Value {
  if (!has(patch, name, false)) return fieldNamed(base as ObjectValue, name);
  const before = base !== undefined && has(base, name, false) ? fieldNamed(base, name) : null;
  return mergePatch(before, fieldNamed(patch, name));
}

/** The value without anything in it that is null, an empty array or an empty object, and what becomes empty by that. */
function prune(value: Value): Value {
  spend(1);
  if (Array.isArray(value)) return value.map((_, index) => prune(elementAt(value, index))).filter(hasContent);
  if (!(value instanceof ObjectValue)) return value;
  const kept = names(value, false)
    .map((name) => ({ name, value: prune(fieldNamed(value, name)) }))
    .filter((field) => hasContent(field.value));
  return makeObject(undefined, (add) => {
    for (const field of kept) add(field.name, () => field.value);
  });
}

function hasContent(value: Value): boolean {
  if (value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  return !(value instanceof ObjectValue) || shapeOf(value).visible.length > 0;
}

/** Functions about objects. */
export const OBJECTS: Builtins = {
  objectFieldsEx: builtin('obj hidden', (object: Value, hidden: Value) => names(object, booleanOf(hidden)), 'array'),
  objectFields: builtin('o', (object: Value) => names(object, false), 'array'),
  objectFieldsAll: builtin('o', (object: Value) => names(object, true), 'array'),
  objectHasEx: builtin(
    'obj fname hidden',
    (object: Value, name: Value, hidden: Value) => has(object, name, booleanOf(hidden)),
    'boolean',
  ),
  objectHas: builtin('o f', (object: Value, name: Value) => has(object, name, false), 'boolean'),
  objectHasAll: builtin('o f', (object: Value, name: Value) => has(object, name, true), 'boolean'),
  objectValues: builtin('o', (object: Value) => values(object, false), 'array'),
  objectValuesAll: builtin('o', (object: Value) => values(object, true), 'array'),
  objectKeysValues: builtin('o', (object: Value) => pairs(object, false), 'array'),
  objectKeysValuesAll: builtin('o', (object: Value) => pairs(object, true), 'array'),
  objectRemoveKey: builtin(
    'obj key',
    (object: Value, name: Value) => withoutField(objectOf(object), textOf(name)),
    'object',
  ),
  get: builtin('o f ~default? inc_hidden?', get),
  mapWithKey: builtin('func obj', mapWithKey, 'object'),
  mergePatch: builtin('~target patch', mergePatch),
  prune: builtin('a', prune),
};
