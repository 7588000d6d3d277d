import { budget, spendText } from '../runtime/budget.js';
import { toText } from '../runtime/manifest.js';
import { textOf } from '../runtime/operators.js';
import { fieldNamed, shapeOf } from '../runtime/read-object.js';
import { elementAt, ObjectValue, typeName, type Value } from '../runtime/value.js';
import { applyFormat, type FormatArguments } from '../text/apply-format.js';
import { type Format, parseFormat } from '../text/format.js';

/** Formats that are kept: most stand in programs, and come again and again. */
const FORMATS_KEPT = 1000;

const formats = new Map<string, Format>();

/** std.format, and `%` of a text. */
export function format(text: Value, values: Value): string {
  const result = applyFormat(parsed(textOf(text)), formatArguments(values), toText, budget.limits.text);
  spendText(result.length);
  return result;
}

function parsed(text: string): Format {
  const known = formats.get(text);
  if (known !== undefined) return known;
  const made = parseFormat(text);
  if (formats.size >= FORMATS_KEPT) formats.clear();
  formats.set(text, made);
  return made;
}

function formatArguments(values: Value): FormatArguments<Value> {
  if (Array.isArray(values)) {
    return {
      kind: 'array',
      count: values.length,
      at: (index) => elementAt(values, index),
      get: () => undefined,
      typeOf: typeName,
    };
  }
  const get = (name: string): Value | undefined => {
    if (!(values instanceof ObjectValue) || shapeOf(values).find(name) === undefined) return undefined;
    return fieldNamed(values, name);
  };
  return {
    kind: values instanceof ObjectValue ? 'object' : 'single',
    count: 1,
    at: () => values,
    get,
    typeOf: typeName,
  };
}
