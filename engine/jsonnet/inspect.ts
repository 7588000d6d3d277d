import { Failure } from './failure.js';
import { budget } from './runtime/budget.js';
import { toPlain } from './runtime/manifest.js';
import { fieldNamed, shapeOf } from './runtime/read-object.js';
import { HIDDEN } from './runtime/shape.js';
import { FunctionValue, ObjectValue, typeName, type Value } from './runtime/value.js';
import { isIdentifier } from './syntax/token.js';
import { sortedKeys } from './text/code-points.js';
import { manifestOutput } from './text/manifest-json.js';

/**
 * A value for people: a function by its parameters, all else as the jsonnet command prints it. Of the object itself
 * also the hidden fields are told, by name and type. Throws a Failure where the value has one.
 */
export function inspect(value: Value): string {
  if (value instanceof FunctionValue) return signatureOf(value);
  const text = manifestOutput(toPlain(value));
  const hidden = value instanceof ObjectValue ? hiddenFields(value) : [];
  if (hidden.length === 0) return text;
  const shown = text === '{ }' ? [] : [text.slice('{\n   '.length, -'\n}'.length)];
  return `{\n   ${[...shown, ...hidden].join(',\n   ')}\n}`;
}

function hiddenFields(object: ObjectValue): readonly string[] {
  const { names, visibilities } = shapeOf(object);
  const hidden = names.filter((_, field) => visibilities[field] === HIDDEN);
  return sortedKeys(Object.fromEntries(hidden.map((name) => [name, null]))).map((name) => {
    const label = isIdentifier(name) ? name : JSON.stringify(name);
    return `${label}:: ${kindOf(object, name)}`;
  });
}

function kindOf(object: ObjectValue, name: string): string {
  const { depth } = budget;
  try {
    const value = fieldNamed(object, name);
    return value instanceof FunctionValue ? signatureOf(value) : typeName(value);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Nobody asked for this field: whoever does is told why it fails.
    budget.depth = depth;
    return 'error';
  }
}

function signatureOf({ signature: { parameters, optional } }: FunctionValue): string {
  return `function(${parameters.map((name, at) => (optional[at] === true ? `${name}=…` : name)).join(', ')})`;
}
