import { applyFormat } from '#jsonnet/text/apply-format.js';
import { parseFormat } from '#jsonnet/text/format.js';
import { isPlainArray, isPlainObject, type Plain, typeName } from '#jsonnet/text/plain.js';
import { toText } from '#jsonnet/text/to-text.js';

/** std.format of plain values. */
export function formatPlain(text: string, values: Plain, budget = 100_000): string {
  const list = isPlainArray(values) ? values : [values];
  const fields = isPlainObject(values) ? values : {};
  const format = {
    kind: kindOf(values),
    count: list.length,
    at: (index: number) => list[index] as Plain,
    get: (key: string) => (Object.hasOwn(fields, key) ? fields[key] : undefined),
    typeOf: typeName,
  };
  return applyFormat<Plain>(parseFormat(text), format, toText, budget);
}

function kindOf(values: Plain): 'array' | 'object' | 'single' {
  if (isPlainArray(values)) return 'array';
  return isPlainObject(values) ? 'object' : 'single';
}
