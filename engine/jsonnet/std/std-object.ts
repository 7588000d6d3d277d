import { noCode } from '../runtime/make-object.js';
import { laidOver } from '../runtime/read-object.js';
import { HIDDEN, Shape, type Visibility } from '../runtime/shape.js';
import { ObjectValue, type Value } from '../runtime/value.js';
import { BUILTINS } from './builtins.js';

const MEMBERS: { readonly [name: string]: Value } = {
  ...Object.fromEntries(Object.entries(BUILTINS).map(([name, { value }]) => [name, value])),
  pi: Math.PI,
};

const LIBRARY = new ObjectValue(
  hiddenShape(Object.keys(MEMBERS), Object.values(MEMBERS)),
  noCode,
  undefined,
  undefined,
);
const THIS_FILE = hiddenShape(['thisFile']);

function hiddenShape(names: readonly string[], constants?: readonly Value[]): Shape {
  const visibilities = names.map((): Visibility => HIDDEN);
  return new Shape({ names, visibilities, ...(constants === undefined ? {} : { constants }) });
}

/** The names that `std` has. */
export const STD_NAMES: ReadonlySet<string> = new Set([...Object.keys(MEMBERS), 'thisFile']);

/** What `std` is in a file of this path. */
export function stdObject(path: string): ObjectValue {
  return laidOver(LIBRARY, new ObjectValue(THIS_FILE, () => path, undefined, undefined));
}
