import { fail } from '../failure.js';
import { sortedKeys } from './code-points.js';
import { escapeStringPython } from './escape.js';
import { numberText } from './number-text.js';
import { isPlainArray, isPlainObject, type Plain, typeName } from './plain.js';

/** std.manifestPython. */
export function manifestPython(value: Plain): string {
  if (typeof value === 'string') return escapeStringPython(value);
  if (typeof value === 'number') return numberText(value);
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isPlainArray(value)) return `[${value.map(manifestPython).join(', ')}]`;
  const fields = sortedKeys(value).map((key) => `${escapeStringPython(key)}: ${manifestPython(value[key] as Plain)}`);
  return `{${fields.join(', ')}}`;
}

/** std.manifestPythonVars. */
export function manifestPythonVars(value: Plain): string {
  if (!isPlainObject(value)) return fail(`Unexpected type ${typeName(value)}, expected object`);
  return sortedKeys(value)
    .map((key) => `${key} = ${manifestPython(value[key] as Plain)}\n`)
    .join('');
}
