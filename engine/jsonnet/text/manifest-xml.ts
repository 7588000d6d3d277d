import { fail } from '../failure.js';
import { sortedKeys } from './code-points.js';
import { isPlainArray, isPlainObject, type Plain, typeName } from './plain.js';
import { toText } from './to-text.js';

/** std.manifestXmlJsonml. Nothing is escaped: neither text nor attributes. */
export function manifestXmlJsonml(value: Plain): string {
  if (!isPlainArray(value)) return fail(`Expected a JSONML value (an array), got ${typeName(value)}`);
  return nodeText(value);
}

function nodeText(node: Plain): string {
  if (typeof node === 'string') return node;
  if (!isPlainArray(node)) return fail(`Unexpected type ${typeName(node)}, expected array`);
  if (node.length === 0) return fail('Index 0 out of bounds, not within [0, 0)');
  const [first, second] = node;
  const tag = joined(first as Plain);
  const hasAttributes = second !== undefined && isPlainObject(second);
  const attributes = hasAttributes ? sortedKeys(second).map((key) => ` ${key}="${toText(second[key] as Plain)}"`) : [];
  const children = node.slice(hasAttributes ? 2 : 1).map(nodeText);
  return `<${tag}${attributes.join('')}>${children.join('')}</${tag}>`;
}

/** std.deepJoin. */
function joined(value: Plain): string {
  if (typeof value === 'string') return value;
  return isPlainArray(value) ? value.map(joined).join('') : fail(`Expected string or array, got ${typeName(value)}`);
}
