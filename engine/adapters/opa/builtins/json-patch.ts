import { integerOf, numberOf } from '../rego-number.js';
import { compareValues, isRegoArray, isRegoNumber, RegoObject, RegoSet, type RegoValue } from '../rego-value.js';
import { arrayAt, BuiltinError, type Builtins } from './builtin.js';

type Path = readonly RegoValue[];

function pathOf(value: RegoValue | undefined, attribute: string): Path {
  if (value === undefined) throw new BuiltinError(`missing required attribute '${attribute}'`);
  if (isRegoArray(value)) return value;
  if (typeof value !== 'string') throw new BuiltinError('a path must be a string or an array of path segments');
  if (value === '') return [];
  const segments = value.replace(/^\/+/, '').split('/');
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function indexOf(key: RegoValue, length: number): number {
  if (key === '-') return length;
  const number = typeof key === 'string' && /^-?\d+$/.test(key) ? numberOf(key) : key;
  const index = isRegoNumber(number) ? integerOf(number) : undefined;
  if (index === undefined) throw new BuiltinError('invalid index');
  if (typeof key === 'string' && key !== '0' && key.startsWith('0')) {
    throw new BuiltinError('leading zeros are not allowed in JSON paths');
  }
  if (index < 0n || index > BigInt(length)) throw new BuiltinError('array index out of bounds');
  return Number(index);
}

function childOf(parent: RegoValue, key: RegoValue): RegoValue {
  let child: RegoValue | undefined;
  if (parent instanceof RegoObject) child = parent.get(key);
  else if (parent instanceof RegoSet) child = parent.has(key) ? key : undefined;
  else if (isRegoArray(parent)) child = parent[indexOf(key, parent.length)];
  if (child === undefined) throw new BuiltinError('path does not exist');
  return child;
}

/** A copy of `parent` with `child` in place of what stood at `key`. */
function withChild(parent: RegoValue, key: RegoValue, child: RegoValue): RegoValue {
  if (parent instanceof RegoObject) return parent.with(key, child);
  if (isRegoArray(parent)) return parent.with(indexOf(key, parent.length), child);
  return inserted(removed(parent, key), child, child);
}

function inserted(parent: RegoValue, key: RegoValue, value: RegoValue): RegoValue {
  if (parent instanceof RegoObject) return parent.with(key, value);
  if (isRegoArray(parent)) return parent.toSpliced(indexOf(key, parent.length), 0, value);
  if (!(parent instanceof RegoSet)) throw new BuiltinError('expected composite type');
  if (compareValues(key, value) !== 0) throw new BuiltinError('set key does not equal value to be inserted');
  return RegoSet.of([...parent.items, value]);
}

function removed(parent: RegoValue, key: RegoValue): RegoValue {
  childOf(parent, key);
  if (parent instanceof RegoObject) return parent.with(key, undefined);
  if (isRegoArray(parent)) return parent.toSpliced(indexOf(key, parent.length), 1);
  return RegoSet.of((parent as RegoSet).items.filter((item) => compareValues(item, key) !== 0));
}

/** A copy of `root` in which the parent of `path` is what `change` makes of it. */
function changed(root: RegoValue, path: Path, change: (parent: RegoValue, key: RegoValue) => RegoValue): RegoValue {
  const [key, ...rest] = path;
  if (rest.length === 0) return change(root, key!);
  return withChild(root, key!, changed(childOf(root, key!), rest, change));
}

function add(root: RegoValue | undefined, path: Path, value: RegoValue): RegoValue {
  if (path.length === 0) return value;
  if (root === undefined) throw new BuiltinError('the document was removed');
  return changed(root, path, (parent, key) => inserted(parent, key, value));
}

function remove(root: RegoValue | undefined, path: Path): RegoValue | undefined {
  if (root === undefined) throw new BuiltinError('the document was removed');
  return path.length === 0 ? undefined : changed(root, path, removed);
}

function find(root: RegoValue | undefined, path: Path): RegoValue {
  if (root === undefined) throw new BuiltinError('the document was removed');
  return path.reduce(childOf, root);
}

function required(value: RegoValue | undefined): RegoValue {
  if (value === undefined) throw new BuiltinError("missing required attribute 'value'");
  return value;
}

function applied(root: RegoValue | undefined, operation: RegoValue): RegoValue | undefined {
  if (!(operation instanceof RegoObject)) throw new BuiltinError('must be an array of JSON-Patch objects');
  const path = pathOf(operation.get('path'), 'path');
  const value = operation.get('value');
  switch (operation.get('op')) {
    case 'add':
      return add(root, path, required(value));
    case 'remove':
      return remove(root, path);
    case 'replace':
      return add(remove(root, path), path, required(value));
    case 'move': {
      const from = pathOf(operation.get('from'), 'from');
      return add(remove(root, from), path, find(root, from));
    }
    case 'copy':
      return add(root, path, find(root, pathOf(operation.get('from'), 'from')));
    case 'test':
      if (compareValues(find(root, path), required(value)) !== 0) throw new BuiltinError('the tested value is another');
      return root;
    default:
      throw new BuiltinError("attribute 'op' is missing or not one of JSON Patch");
  }
}

/** RFC 6902 with OPA's extensions: paths may be arrays, and sets can be patched. @see v1/topdown/json.go of OPA 1.22 */
export const jsonPatchBuiltins: Builtins = {
  'json.patch': (operands) => {
    let root: RegoValue | undefined = operands[0]!;
    for (const operation of arrayAt(operands, 1)) root = applied(root, operation);
    if (root === undefined) throw new BuiltinError('the document was removed');
    return root;
  },
};
