import { fail } from './failure.js';
import { enter, spend } from './runtime/budget.js';
import { call, call0, call1, call2, callStrict, finish, tailCall } from './runtime/calls.js';
import { addedToSuper, field, index, inSuper, slice, superIndex } from './runtime/indexing.js';
import { computedObject, noCode, object, objectOf } from './runtime/make-object.js';
import { toText } from './runtime/manifest.js';
import {
  add,
  arrayOf,
  bitAnd,
  bitOr,
  bitXor,
  booleanOf,
  compare,
  complement,
  contains,
  divide,
  equals,
  finite,
  multiply,
  negate,
  numberOf,
  shiftLeft,
  shiftRight,
  subtract,
} from './runtime/operators.js';
import { copied, traced } from './runtime/origins.js';
import { fieldNamed } from './runtime/read-object.js';
import { FunctionValue, force, Thunk, type Value } from './runtime/value.js';
import { modulo } from './std/values.js';

/** `error message` */
function raise(message: Value): never {
  return fail(toText(message));
}

/** Everything that compiled code may use, by name, besides what is particular to its file. It can reach nothing else. */
export const CODE_RUNTIME = {
  add,
  addedToSuper,
  arrayOf,
  bitAnd,
  bitOr,
  bitXor,
  booleanOf,
  call,
  call0,
  call1,
  call2,
  callStrict,
  compare,
  complement,
  computedObject,
  contains,
  copied,
  divide,
  enter,
  equals,
  field,
  fieldNamed,
  finish,
  finite,
  force,
  FunctionValue,
  inSuper,
  index,
  modulo,
  multiply,
  negate,
  noCode,
  numberOf,
  object,
  objectOf,
  raise,
  shiftLeft,
  shiftRight,
  slice,
  spend,
  subtract,
  superIndex,
  tailCall,
  Thunk,
  traced,
};
