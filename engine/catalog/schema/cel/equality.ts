import { canonicalJson } from '#model/json.js';
import { StructuralObject } from './structural-object.js';

/**
 * A text that two values of an expression share exactly when CEL holds them equal: numbers by value whatever their type,
 * lists and maps deeply. It makes comparing many with many linear.
 */
export function identityOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isInteger(value)) return String(BigInt(value));
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof StructuralObject) return canonicalJson(value.source);
  if (Array.isArray(value)) return `[${value.map(identityOf).join(',')}]`;
  if (value instanceof Map) {
    return `{${[...value]
      .map(([key, item]) => `${identityOf(key)}:${identityOf(item)}`)
      .sort()
      .join(',')}}`;
  }
  return `${value.constructor.name}(${String(value.valueOf())})`;
}

/** CEL's equality of two values that an expression holds. */
export function equalValues(left: unknown, right: unknown): boolean {
  return left === right || identityOf(left) === identityOf(right);
}
